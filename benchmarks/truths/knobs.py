"""Functions shaped like tuning problems: cliffs, categories, conditions, None, uneven noise."""

from __future__ import annotations

from functools import partial

import numpy as np

from benchmarks.truths.axes import Axis
from benchmarks.truths.exact import Block, Columns
from benchmarks.truths.truth import Truth


def _unit(names: str, *, breaks: tuple[float, ...] = ()) -> tuple[Axis, ...]:
    return tuple(Axis(name=name, breaks=breaks) for name in names.split())


def xor() -> Truth:
    """Two parameters that matter only together, a weak third, three inert."""
    axes = _unit("a b", breaks=(0.5,)) + _unit("c d e f")
    blocks: tuple[Block, ...] = (
        (("a", "b"), lambda k: np.where((k["a"] > 0.5) ^ (k["b"] > 0.5), 1.0, 0.0)),
        (("c",), lambda k: 0.3 * (k["c"] - 0.5)),
    )
    return Truth(name="xor", axes=axes, blocks=blocks, noise_share=0.02)


def rare_cliff() -> Truth:
    """A gentle slope, and a fall by 3 in the corner lr > 0.8, depth > 0.7 (6 % of the space)."""
    axes = (
        Axis(name="depth", breaks=(0.7,)),
        Axis(name="lr", breaks=(0.8,)),
        *_unit("decay width"),
        Axis(name="seedlike"),
    )
    blocks: tuple[Block, ...] = (
        (("depth", "lr"), lambda k: -3.0 * ((k["lr"] > 0.8) & (k["depth"] > 0.7))),
        (("lr",), lambda k: 0.8 * k["lr"]),
        (("width",), lambda k: 0.3 * np.sqrt(k["width"])),
    )
    return Truth(name="rare_cliff", axes=axes, blocks=blocks, noise_share=0.05, order=64)


def linear() -> Truth:
    """A plane with three interactions, eight parameters, two of them inert."""
    names = tuple("abcdefgh")
    weights = (4.0, 2.0, 1.0, 0.5, 0.25, 1.0)
    pairs = (("a", "b", 3.0), ("c", "d", 2.0), ("a", "f", 1.0))
    blocks: list[Block] = [
        ((name,), partial(_product, names=(name,), weight=weight))
        for name, weight in zip(names, weights, strict=False)
    ]
    blocks += [((p, q), partial(_product, names=(p, q), weight=w)) for p, q, w in pairs]
    axes = tuple(Axis(name=name) for name in names)
    return Truth(name="linear", axes=axes, blocks=tuple(blocks), noise_share=0.1)


def _product(k: Columns, *, names: tuple[str, ...], weight: float) -> np.ndarray:
    return np.asarray(weight * np.prod([k[name] - 0.5 for name in names], axis=0))


def three_of_ten() -> Truth:
    """Three active of ten, 30 % of a single run's variance noise; first order .45, .31, .17."""
    axes = tuple(Axis(name=f"x{i}") for i in range(10))
    blocks: tuple[Block, ...] = (
        (("x2",), lambda k: np.sqrt(0.45 * 2) * np.sin(2 * np.pi * k["x2"])),
        (("x5",), lambda k: np.sqrt(0.31 * 12) * (k["x5"] - 0.5)),
        (("x8",), lambda k: np.sqrt(0.17 * 180) * (k["x8"] - 0.5) ** 2),
        (
            ("x2", "x5"),
            lambda k: np.sqrt(0.07 * 144) * (k["x2"] - 0.5) * (k["x5"] - 0.5),
        ),
    )
    return Truth(name="three_of_ten", axes=axes, blocks=blocks, noise_share=0.3)


def mixed() -> Truth:
    """A log learning rate, log decay, log integer width, categories, a boolean, ordered levels."""
    axes = (
        Axis(name="lr", low=1e-5, high=1e-1, log=True),
        Axis(name="decay", low=1e-8, high=1e-2, log=True, breaks=(2 / 3,)),
        Axis(name="width", kind="integer", low=16, high=1024, log=True),
        Axis(name="activation", kind="categorical", levels=("tanh", "relu", "gelu", "swish")),
        Axis(name="bias", kind="boolean", levels=(False, True)),
        Axis(name="depth", kind="ordinal", levels=(1, 2, 3, 4)),
        Axis(name="dropout", low=0.0, high=0.5),
    )
    shift = {"tanh": -0.1, "relu": 0.03, "gelu": 0.06, "swish": 0.01}
    blocks: tuple[Block, ...] = (
        (("lr",), lambda k: -0.08 * (np.log10(k["lr"]) + 2.7) ** 2),
        (("depth", "lr"), lambda k: -0.06 * (k["depth"] - 2.5) * (np.log10(k["lr"]) + 3)),
        (("activation",), lambda k: _lookup(k["activation"], shift)),
        (
            ("activation", "lr"),
            lambda k: 0.08 * (k["activation"] == "tanh") * (np.log10(k["lr"]) + 3),
        ),
        (("width",), lambda k: 0.04 * np.log2(k["width"] / 16)),
        (("decay",), lambda k: -0.01 * np.abs(np.log10(k["decay"]) + 4)),
    )
    return Truth(name="mixed", axes=axes, blocks=blocks, noise_share=0.1, order=32)


def _lookup(values: np.ndarray, table: dict[str, float]) -> np.ndarray:
    return np.asarray(sum(number * (values == name) for name, number in table.items()))


def two_algorithms() -> Truth:
    """SGD with momentum or Adam with beta2, a shared learning rate that suits them differently."""
    axes = (
        Axis(name="algorithm", kind="categorical", levels=("sgd", "adam")),
        Axis(name="lr", low=1e-4, high=1.0, log=True),
        Axis(name="momentum", low=0.0, high=0.99, parent="algorithm", active=("sgd",)),
        Axis(name="beta2", low=0.9, high=0.999, parent="algorithm", active=("adam",)),
        Axis(name="decay", low=1e-6, high=1e-2, log=True),
    )

    def speed(k: Columns) -> np.ndarray:
        best = np.where(k["algorithm"] == "sgd", -1.0, -2.5)
        return np.asarray(-0.3 * (np.log10(k["lr"]) - best) ** 2)

    def inertia(k: Columns) -> np.ndarray:
        held = np.where(k["algorithm"] == "sgd", k["momentum"], 0.0)
        return np.asarray(1.5 * held**2 - 0.6 * held * (np.log10(k["lr"]) + 2))

    def memory(k: Columns) -> np.ndarray:
        return np.asarray(np.where(k["algorithm"] == "adam", 4.0 * (k["beta2"] - 0.95), 0.0))

    blocks: tuple[Block, ...] = (
        (("algorithm", "lr"), speed),
        (("algorithm", "lr", "momentum"), lambda k: _where_active(inertia(k), k, "sgd")),
        (("algorithm", "beta2"), lambda k: _where_active(memory(k), k, "adam")),
        (("decay",), lambda k: 0.02 * np.log10(k["decay"])),
    )
    return Truth(name="two_algorithms", axes=axes, blocks=blocks, noise_share=0.1)


def _where_active(values: np.ndarray, k: Columns, algorithm: str) -> np.ndarray:
    return np.where(k["algorithm"] == algorithm, values, 0.0)


def none_valued() -> Truth:
    """Clipping is None in 30 % of configurations, which costs as much as clipping too hard."""
    axes = (
        Axis(name="clip", low=0.1, high=10.0, log=True, none_share=0.3),
        Axis(name="lr", low=1e-4, high=1e-1, log=True),
        Axis(name="warmup", low=0.0, high=0.2),
        Axis(name="layers", kind="ordinal", levels=(2, 4, 6, 8)),
    )

    def clip(k: Columns) -> np.ndarray:
        numbers = np.where(np.isnan(k["clip"]), 1.0, k["clip"])
        rate = np.log10(k["lr"]) + 2.5
        cost = np.where(np.isnan(k["clip"]), 0.5 + 0.8 * rate, 0.5 * np.log10(numbers) ** 2)
        return np.asarray(cost)

    blocks: tuple[Block, ...] = (
        (("clip", "lr"), clip),
        (("lr",), lambda k: 0.6 * (np.log10(k["lr"]) + 2.8) ** 2),
        (("layers",), lambda k: -0.05 * k["layers"]),
    )
    return Truth(
        name="none_valued", axes=axes, blocks=blocks, direction="minimize", noise_share=0.1
    )


def pure_noise(parameters: int = 5) -> Truth:
    """So many parameters, none of which does anything; noise of one."""
    axes = _unit(" ".join(f"x{index:02}" for index in range(parameters)))
    return Truth(name="pure_noise", axes=axes, blocks=((("x00",), lambda k: 0.0 * k["x00"]),))


def heteroscedastic() -> Truth:
    """Noise 20 times larger among the bad runs (lr in the worst third) than among the good."""
    axes = (
        Axis(name="lr", low=1e-4, high=1.0, log=True),
        Axis(name="width", low=32, high=512, log=True),
        *_unit("dropout decay momentum"),
    )
    blocks: tuple[Block, ...] = (
        (("lr",), lambda k: 0.9 - 0.25 / (1 + np.exp(-6 * (np.log10(k["lr"]) + 1.3)))),
        (("width",), lambda k: 0.02 * (np.log2(k["width"]) - 5)),
        (("dropout", "lr"), lambda k: -0.05 * k["dropout"] * (np.log10(k["lr"]) + 4) / 4),
        (("momentum",), lambda k: 0.03 * k["momentum"] ** 2),
    )

    def noise(k: Columns, _: np.ndarray) -> np.ndarray:
        return np.where(np.log10(k["lr"]) > -4 / 3, 0.06, 0.003)

    return Truth(name="heteroscedastic", axes=axes, blocks=blocks, noise=noise, order=48)


def steps() -> Truth:
    """Stairs and a plateau: what trees are made for."""
    axes = (
        Axis(name="batch", breaks=(0.25, 0.5, 0.75)),
        Axis(name="lr", breaks=(0.3, 0.6)),
        Axis(name="rho", breaks=(0.9,)),
        *_unit("x y z"),
    )
    blocks: tuple[Block, ...] = (
        (("lr",), lambda k: np.where(k["lr"] < 0.3, 0.0, np.where(k["lr"] < 0.6, 1.0, 0.7))),
        (
            ("batch", "lr"),
            lambda k: np.where(k["lr"] > 0.6, -0.25 * np.floor(4 * k["batch"]), 0.0),
        ),
        (("rho",), lambda k: np.where(k["rho"] > 0.9, -0.6, 0.0)),
    )
    return Truth(name="steps", axes=axes, blocks=blocks, noise_share=0.05)


def plateau() -> Truth:
    """A flat optimum in lr and decay with steep walls; minimized."""
    axes = (
        Axis(name="lr", low=1e-6, high=1.0, log=True, breaks=(1 / 3, 2 / 3)),
        Axis(name="decay", low=1e-6, high=1.0, log=True, breaks=(2 / 3,)),
        *_unit("a b c"),
    )

    def walls(k: Columns) -> np.ndarray:
        lr = np.log10(k["lr"]) / 6 + 1
        low, high = np.maximum(1 / 3 - lr, 0), np.maximum(lr - 2 / 3, 0)
        return np.asarray(9 * low**2 + 6 * high)

    blocks: tuple[Block, ...] = (
        (("lr",), walls),
        (("decay",), lambda k: 2 * np.maximum(np.log10(k["decay"]) / 6 + 1 / 3, 0)),
        (("a", "b"), lambda k: 0.2 * (k["a"] - k["b"]) ** 2),
    )
    return Truth(name="plateau", axes=axes, blocks=blocks, direction="minimize", noise_share=0.1)
