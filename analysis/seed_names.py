"""A seed that is a parameter of the program: known by its name, and told by it."""

from __future__ import annotations

from collections.abc import Sequence

from analysis.results import Scalar

SEEDS = frozenset({"seed", "random_seed", "random_state", "rng_seed"})


def last(name: str) -> str:
    """The last part of a dotted name, in small letters."""
    return name.rpartition(".")[2].lower()


def is_seed(name: str) -> bool:
    """Whether a parameter's name says that it is the seed."""
    return last(name) in SEEDS


def with_seed(
    named: Sequence[tuple[str, Scalar]], seed: Scalar, *, called: str
) -> dict[str, Scalar]:
    """The settings and the seed, unless one of them sets it: the parameter that is called so."""
    told = dict(named)
    return told if called in told else {**told, "seed": seed}
