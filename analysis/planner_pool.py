"""Settings that could be run next: spread over the space, and not yet run."""

from __future__ import annotations

import numpy as np

from analysis.frame import Frame
from analysis.results import Scalar
from analysis.slices import gate, needs, sobol_settings
from analysis.space import NONE, Parameter, Space

MOST_ROWS = 4000
"""Runs compared with at once, so that memory does not grow with the journal."""
STEPS = 5
"""Values at which a numeric parameter is compared."""


def random_settings(space: Space, n: int, *, rng: np.random.Generator) -> np.ndarray:
    """(n, d) codes spread evenly over the space, rounded to typed values, gated."""
    size = 1 << max(n - 1, 1).bit_length()  # Sobol sequences are even at powers of two
    return tidy(space, gate(space, sobol_settings(space, size, rng=rng)[:n]))


def tidy(space: Space, codes: np.ndarray) -> np.ndarray:
    """The same settings with numbers as one would type them, whole for integers, in the domain."""
    tidied = codes.copy()
    for index, parameter in enumerate(space.parameters):
        if parameter.numeric:
            column = codes[:, index]
            rows = np.isfinite(column) & (column != NONE)
            tidied[rows, index] = parameter.encode(
                [parameter.typed(parameter.decode(float(code))) for code in column[rows]]
            )
    return np.asarray(tidied)


def decoded(space: Space, row: np.ndarray) -> tuple[Scalar, ...]:
    """One setting's values as one would type them, in space order; None where inactive."""
    return tuple(
        parameter.typed(parameter.decode(float(code)))
        for parameter, code in zip(space.parameters, row, strict=True)
    )


def contrast_settings(
    space: Space, index: int, *, base: np.ndarray, rng: np.random.Generator
) -> np.ndarray:
    """(n_base, n_values, d): each base setting with the parameter moved over its axis.

    base: (n_base, d) ungated codes; a conditional parameter is compared where it exists.
    """
    values = axis_values(space.parameters[index], rng)
    moved = np.repeat(base[:, None, :], len(values), axis=1)
    moved[:, :, index] = values
    for column, active in needs(space, index).items():
        if not len(active):
            continue  # two conditions that contradict each other
        moved[:, :, column] = rng.choice(active, size=len(base))[:, None]
    flat = tidy(space, gate(space, moved.reshape(-1, len(space))))
    return flat.reshape(moved.shape)


def axis_values(parameter: Parameter, rng: np.random.Generator) -> np.ndarray:
    """Codes at which a parameter is compared: middles of equal parts, or up to six levels.

    Not the ends: they tell most of a straight line, and would crowd the runs at the edges.
    """
    if not parameter.numeric:
        n = len(parameter.levels)
        codes = np.arange(n, dtype=float)
        return codes if n <= STEPS + 1 else np.sort(rng.choice(codes, STEPS + 1, replace=False))
    steps = (np.arange(STEPS) + 0.5) / STEPS
    return np.append(steps, NONE) if parameter.none_share > 0 else steps


def distances(space: Space, a: np.ndarray, *, b: np.ndarray) -> np.ndarray:
    """(n_a, n_b) distance on the parameters' own scales, each parameter counting at most 1.

    Numbers and ordered levels by their difference, other levels by being different; no value is
    one away from any value. A conditional parameter counts where both settings have it.
    """
    squares = np.zeros((len(a), len(b)))
    for index, parameter in enumerate(space.parameters):
        left, right = a[:, index][:, None], b[:, index][None, :]
        if parameter.ordered:
            width = 1.0 if parameter.numeric else max(len(parameter.levels) - 1, 1)
            part = np.minimum(np.abs(left - right) / width, 1.0)
            part = np.where((left == NONE) != (right == NONE), 1.0, part)
        else:
            part = (left != right).astype(float)
        squares += np.where(np.isnan(left) | np.isnan(right), 0.0, part) ** 2
    return np.sqrt(squares)


def unseen(frame: Frame, codes: np.ndarray) -> np.ndarray:
    """(n,) bool: settings that were not run, the first of each if repeated."""
    first: dict[bytes, int] = {}
    for position, key in enumerate(_keys(codes)):
        first.setdefault(key, position)
    fresh = np.zeros(len(codes), dtype=bool)
    fresh[list(first.values())] = True
    return np.asarray(fresh & not_among(codes, frame.configuration_codes))


def not_among(codes: np.ndarray, others: np.ndarray) -> np.ndarray:
    """(n,) bool: settings that are none of the others."""
    known = set(_keys(others))
    return np.array([key not in known for key in _keys(codes)], dtype=bool)


def _keys(codes: np.ndarray) -> list[bytes]:
    """Of every setting what it shares with its like alone."""
    return [row.tobytes() for row in np.nan_to_num(np.round(codes, 9), nan=-2.0)]


def spread(space: Space, pool: np.ndarray, *, near: np.ndarray, n: int) -> list[int]:
    """Positions of n pool settings, each as far as possible from all runs and earlier picks.

    Greedy maximin (Johnson, Moore & Ylvisaker 1990); near: (m, d) settings already there.
    Conditional parameters are left out: a further axis would make the settings that have it look
    emptier than those that do not.
    """
    keep = [i for i, p in enumerate(space.parameters) if p.condition is None]
    space, pool, near = (
        Space(tuple(space.parameters[i] for i in keep)),
        pool[:, keep],
        near[:, keep],
    )
    gap = np.full(len(pool), np.inf)
    for start in range(0, len(near), MOST_ROWS):
        part = distances(space, pool, b=near[start : start + MOST_ROWS])
        gap = np.minimum(gap, part.min(axis=1))
    chosen: list[int] = []
    while len(chosen) < min(n, len(pool)):
        best = int(np.argmax(gap))
        chosen.append(best)
        gap = np.minimum(gap, distances(space, pool, b=pool[best : best + 1])[:, 0])
        gap[best] = -1.0
    return chosen
