"""Where did every run do badly, whatever else it had? Nothing good was ever seen there.

A surrogate may still expect good results at such settings, with values of the others that nobody
ran with them: a learning rate at which one optimizer diverges is no better known of the other. What
is expected there is no evidence that the parameter may be left there.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from scipy.stats import hypergeom

from analysis.frame import Frame
from analysis.narrowing import without
from analysis.remembered import once_per_frame
from analysis.results import Finding, Scalar
from analysis.sentences import finding
from analysis.space import NONE, Parameter, numbers_of

CHANCE = 0.1
"""Chance that lot would put so many configurations among so few of the worst, over all ends and
levels of all parameters (Bonferroni). A false one costs a claim and makes none."""
FEWEST = 4
MOST = 0.5
"""From so many configurations on, and up to this part of them, an end or a level is looked at."""
GROWTH = 1.4
"""An end is looked at again once it holds so many times the configurations: few questions."""
OUTSIDE = 1e-6
"""How far beyond its end a code lies whose number is outside the range that gave results."""


@dataclass(frozen=True)
class BadEnd:
    """One end of a range, or a level, at which no configuration did well.

    low, high: codes, both included; n: configurations, those that failed among them, of which there
    are `failed`; best: the best result there, oriented so that high is good (minus infinity where
    all failed).
    """

    low: float
    high: float
    n: int
    failed: int
    best: float


@once_per_frame
def bad_ends(frame: Frame) -> list[list[BadEnd]]:
    """Of each parameter the ends and levels at which all runs did worse than lot gives.

    n configurations are all among the r worst of N with probability r! (N-n)! / (r-n)! N!, if
    nothing tells them apart; a failed one is worse than any result.
    """
    lost = _lost(frame)
    known = [_with_failed(frame, index, lost=lost) for index in range(len(frame.space))]
    parts = [
        _parts(parameter, codes)
        for parameter, (codes, _) in zip(frame.space.parameters, known, strict=True)
    ]
    asked = sum(map(len, parts))
    every = []
    for (codes, better), ends in zip(known, parts, strict=True):
        found = []
        for low, high in ends:
            inside = (low <= codes) & (codes <= high)
            if _chance(better, inside) * asked < CHANCE:
                there = better[inside]
                failed = int(np.isneginf(there).sum())
                found.append(BadEnd(low, high, len(there), failed, float(there.max())))
        every.append(found)
    return every


def only_expected(
    frame: Frame, index: int, *, codes: np.ndarray, expected: np.ndarray, margin: float
) -> list[Finding]:
    """Says at which ends more is expected, by the margin, than any run there has shown.

    codes, expected: (n_settings,) settings of the parameter and the best that is expected at each,
    oriented so that high is good.
    """
    parameter = frame.space.parameters[index]
    told: dict[float | str, tuple[str, BadEnd]] = {}
    for end in bad_ends(frame)[index]:
        inside = (end.low <= codes) & (codes <= end.high)
        if inside.any() and expected[inside].max() > max(end.best, _worst(frame)) + margin:
            side = "above" if end.low > -np.inf else "below"
            side = "at" if end.low == end.high else side
            key = end.low if side == "at" else side
            if key not in told or told[key][1].n < end.n:
                told[key] = side, end
    return [_said(parameter, *_alone(parameter, side, end, codes)) for side, end in told.values()]


def _alone(parameter: Parameter, side: str, end: BadEnd, codes: np.ndarray) -> tuple[str, BadEnd]:
    """The first or the last of ordered levels is one level, if no other lies at that end."""
    level, *others = np.unique(codes[(end.low <= codes) & (codes <= end.high)]).tolist()
    if parameter.numeric or others:
        return side, end
    return "at", replace(end, low=level, high=level)


def _said(parameter: Parameter, side: str, end: BadEnd) -> Finding:
    code, operator = {
        "above": (end.low, ">="), "below": (end.high, "<="), "at": (end.low, "="),
    }[side]  # fmt: skip
    name, value = parameter.name, parameter.typed(parameter.decode(code))
    where = without(parameter, operator, value=value)
    return finding(
        f"bad_end.{side}", name, name=name, value=value, n=end.n, failed=end.failed, where=where
    )


def _worst(frame: Frame) -> float:
    return float((frame.sign * frame.means).min())


def most_seen(frame: Frame, index: int, *, codes: np.ndarray) -> np.ndarray:
    """(n_settings,) the best that was seen at such an end, oriented so that high is good.

    codes: (n_settings,) of the parameter; infinity where a setting lies at none.
    """
    most, worst = np.full(len(codes), np.inf), _worst(frame)
    for end in bad_ends(frame)[index]:
        inside = (end.low <= codes) & (codes <= end.high)
        most[inside] = np.minimum(most[inside], max(end.best, worst))
    return most


def _parts(parameter: Parameter, codes: np.ndarray) -> list[tuple[float, float]]:
    """Ends of an ordered parameter, the smallest first, each so many times the last; or levels.

    As the lowest and the highest code, both included.
    """
    most = MOST * len(codes)
    if not parameter.ordered or (not parameter.numeric and None in parameter.levels):
        found, counts = np.unique(codes, return_counts=True)
        return [
            (code, code)
            for code, n in zip(found.tolist(), counts, strict=True)
            if FEWEST <= n <= most
        ]
    parts = []
    for side in (1.0, -1.0):
        ordered, least = np.sort(side * codes), float(FEWEST)
        while least <= most:
            end = ordered[int(np.ceil(least)) - 1]
            n = int((ordered <= end).sum())
            if n > most:
                break
            parts.append((-np.inf, float(end)) if side > 0 else (float(-end), np.inf))
            least = max(n + 1.0, n * GROWTH)
    return parts


def _chance(better: np.ndarray, inside: np.ndarray) -> float:
    n, worst = int(inside.sum()), int((better <= better[inside].max()).sum())
    return float(hypergeom.pmf(n, len(better), worst, n))


def _lost(frame: Frame) -> set[tuple[Scalar, ...]]:
    """Settings, in the space of `frame.failed`, of which every run failed."""
    if frame.failed is None:
        return set()
    ends = list(zip(frame.failed.values, frame.failed.failed, strict=True))
    return {row for row, gone in ends if gone} - {row for row, gone in ends if not gone}


def _with_failed(
    frame: Frame, index: int, *, lost: set[tuple[Scalar, ...]]
) -> tuple[np.ndarray, np.ndarray]:
    """(n,) codes of all configurations that have one, and how good each is; -inf if it failed."""
    codes, better = frame.configuration_codes[:, index], frame.sign * frame.means
    parameter, failed = frame.space.parameters[index], frame.failed
    known = codes >= 0 if parameter.numeric else ~np.isnan(codes)
    codes, better = codes[known], better[known]
    if failed is None or parameter.name not in failed.space.names:
        return codes, better
    place = failed.space.index(parameter.name)
    values = [row[place] for row in lost if row[place] is not None]
    more = _beyond(parameter, values)
    more = more[(more != NONE) & ~np.isnan(more)]
    return np.append(codes, more), np.append(better, np.full(len(more), -np.inf))


def _beyond(parameter: Parameter, values: list[Scalar]) -> np.ndarray:
    """(n,) codes; of a number outside the range that gave results, outside it as well."""
    codes = np.asarray(parameter.encode(values), dtype=float)
    if parameter.numeric and parameter.domain is not None:
        numbers, (low, high) = numbers_of(values), parameter.domain
        codes[(numbers > high) & (codes != NONE)] = 1 + OUTSIDE
        codes[(numbers < low) & (codes != NONE)] = -OUTSIDE
    return codes
