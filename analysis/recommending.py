"""Where to leave a parameter: its good settings, and what the best of them costs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

import numpy as np
from scipy.stats import fisher_exact

from analysis.estimates import setting
from analysis.findings_coverage import empty_stretches
from analysis.results import Recommendation, Scalar
from analysis.study import Study

MOST_GOOD_AT_AN_EDGE = 0.5
"""An end of the range is worth passing only if at most this part of the settings is as good."""
NEAR_END = 0.1
"""Runs that reach so close to an end of the range have searched it."""
SAFER = 0.05
"""Chance that a level at which no fewer runs fail is preferred to one as good: it costs nothing."""
WORSE = 0.9
"""Share of the draws that must find a setting worse for another range to be recommended."""
N_OTHERS = 128
"""Settings of the others that are looked at anew where some of them are held."""


def recommendation(
    study: Study,
    index: int,
    *,
    margin: float,
    fixed: Mapping[int, float] | None = None,
    idle: bool = False,
) -> Recommendation:
    """The settings whose expected best lies within the margin of the best one's, next to it.

    fixed: codes of other parameters that will be held, by column; what is good may hang on them.
    idle: it does nothing that counts, nor does anything hang on it. A number is then recommended in
    the middle of its good range, if that is not surely worse: chance puts the best of settings that
    are alike at an end as often as not, and what lies beyond an end was never run.

    Of several such ranges, or levels, the one that the best setting of all parameters together lies
    in: the best values of two parameters may not be of one setting. None lies beyond what was run,
    however wide a range was declared, nor in a gap of it, nor where all runs did badly. The cost is
    the mean distance from what each plausible function thinks best.
    """
    tried, seen = _tried(study, index), study.seen[index]
    drawn = np.where(tried, np.minimum(study.risks[index].expected_best[1:], seen), -np.inf)
    expected = np.minimum(_expected(study, index, fixed or {}), seen)
    expected = np.where(tried, expected, -np.inf)
    parameter = study.frame.space.parameters[index]
    # Of held parameters no draws are taken: what the mean function says of them is all there is.
    best = _of_one_setting(
        study, index, margin, rows=np.vstack([expected, expected if fixed else drawn])
    )
    good = expected >= expected[best] - margin
    values = [setting(study, index, position=position) for position in range(len(expected))]
    if not parameter.numeric:
        best = _safest(study, index, best=best, good=good)
        numbered = [place for place, value in enumerate(values) if value is not None]  # None: last
        return Recommendation(
            value=values[best],
            low=None,
            high=None,
            values=tuple(value for value, kept in zip(values, good, strict=True) if kept),
            cost=_cost(drawn, best),
            at_edge=edge(good[numbered], best) if parameter.kind == "ordinal" else None,
        )
    codes = study.codes[index]
    numbers = np.flatnonzero(codes >= 0)  # the special value beside them stands last
    nearest = best if best in numbers else int(np.argmax(expected[numbers]))
    above = expected - (expected[best] - margin)
    ends = _ends(codes[numbers], above[numbers], nearest) if good[nearest] else ()
    low, high = [_number(parameter.decode(end)) for end in ends] or [None, None]
    if idle and ends and best == nearest:
        best = _in_the_middle(codes, ends, drawn=drawn, best=best)
    beside = tuple(values[place] for place in np.flatnonzero(good & (codes < 0)))
    return Recommendation(
        value=values[best],
        low=low,
        high=high,
        values=beside,
        cost=_cost(drawn, best),
        at_edge=edge(good[numbers], best, codes=codes[numbers]) if not beside else None,
    )


def _cost(drawn: np.ndarray, best: int) -> float:
    """What a setting is expected to cost beside the best of each draw (n_draws, n_settings)."""
    return float(np.mean(drawn.max(axis=1) - drawn[:, best]))


def _in_the_middle(
    codes: np.ndarray, ends: tuple[float, ...], *, drawn: np.ndarray, best: int
) -> int:
    """The place of the setting in the middle between the ends, where the best is not surely better.

    codes: (n_settings,), numbers in order; drawn: (n_draws, n_settings) their expected best.
    """
    place = int(np.argmin(np.abs(codes - np.mean(ends))))
    surely = np.quantile(drawn[:, best] - drawn[:, place], 1 - WORSE) > 0
    return best if surely else place


def _tried(study: Study, index: int) -> np.ndarray:
    """(n_settings,) bool: which settings of a parameter lie within those that were run.

    An end of the range that chance alone would leave empty (`NEAR_END`) was searched; a stretch
    within it that chance would not (`findings_coverage`) was not.
    """
    codes, run = study.codes[index], study.frame.configuration_codes[:, index]
    run = run[run >= 0]
    if not len(run) or not study.frame.space.parameters[index].numeric:
        return np.ones(len(codes), dtype=bool)
    low = run.min() - 1e-9 if run.min() > NEAR_END else 0.0
    high = run.max() + 1e-9 if run.max() < 1 - NEAR_END else 1.0
    inside = (low <= codes) & (codes <= high)
    for (start, end), _ in empty_stretches(study.frame, index):
        inside &= (codes <= start + 1e-9) | (codes >= end - 1e-9)
    return np.asarray(inside | (codes < 0) | ~inside.any())


def _ends(codes: np.ndarray, above: np.ndarray, best: int) -> tuple[float, float]:
    """Between which codes around the best one is `above` not below 0? Straight lines between."""
    first, last = _around(above >= 0, best)

    def crossed(good: int, bad: int) -> float:
        if not 0 <= bad < len(codes):
            return float(codes[good])
        part = above[good] / (above[good] - above[bad])
        return float(codes[good] + part * (codes[bad] - codes[good]))

    return crossed(first, first - 1), crossed(last, last + 1)


def _expected(study: Study, index: int, fixed: Mapping[int, float]) -> np.ndarray:
    """(n_settings,) expected best of the others, those that are held left out of them."""
    if not fixed:
        return np.asarray(study.risks[index].expected_best[0])
    held = study.others[:N_OTHERS].copy()
    for column, code in fixed.items():
        held[:, column] = code
    means = study.choice.for_risks.along(index, codes=study.codes[index], others=held)
    return np.asarray(study.quality.expected_best(means[None])[0])


def _of_one_setting(study: Study, index: int, margin: float, *, rows: np.ndarray) -> int:
    """The best of the good settings next to where the best setting of all parameters lies.

    Unless that is worse than the parameter's own best by more than the margin, as surely as a
    verdict is claimed; then that one. rows: (1 + n_draws, n_settings), the estimate first.
    """
    codes, expected, drawn = study.codes[index], rows[0], rows[1:]
    own, there = int(np.argmax(expected)), study.optimum[index]
    if np.isnan(there):
        return own
    kind = ((codes < 0) == (there < 0)) & np.isfinite(expected)
    near = np.where(kind, np.abs(codes - there), np.inf)
    place = int(np.argmin(near))
    loss = drawn[:, own] - drawn[:, place]
    if np.quantile(loss, 1 - WORSE) > margin:
        return own
    if not study.frame.space.parameters[index].numeric or codes[place] < 0:
        return place
    numbers = expected[codes >= 0]
    low, high = _around(numbers >= numbers[place] - margin, place)
    return low + int(np.argmax(numbers[low : high + 1]))


def _safest(study: Study, index: int, *, best: int, good: np.ndarray) -> int:
    """Of the good levels the one at which the fewest runs fail, if that is no chance.

    By Fisher's exact test of the best level against it, one-sided.
    """
    parameter, failed = study.frame.space.parameters[index], study.frame.failed
    if failed is None or parameter.name not in failed.space.names:
        return best
    axis = failed.space[parameter.name]
    codes = failed.codes[:, failed.space.index(parameter.name)]

    def ends(place: int) -> list[int]:
        at = codes == axis.encode([parameter.levels[place]])[0]
        return [int(failed.failed[at].sum()), int((~failed.failed[at]).sum())]

    def rate(place: int) -> float:
        fails, works = ends(place)
        return (fails + 1) / (fails + works + 2)

    safest = min(np.flatnonzero(good).tolist(), key=lambda place: (rate(place), place != best))
    p = fisher_exact([ends(best), ends(safest)], alternative="greater").pvalue
    return safest if p < SAFER else best


def _around(good: np.ndarray, best: int) -> tuple[int, int]:
    """The first and the last of the good settings side by side around the best one."""
    bad = np.flatnonzero(~good)
    left, right = bad[bad < best], bad[bad > best]
    return int(left.max(initial=-1)) + 1, int(right.min(initial=len(good))) - 1


def edge(
    good: np.ndarray, best: int, *, codes: np.ndarray | None = None
) -> Literal["low", "high"] | None:
    """The end that the best setting lies at, where most of what was searched is worse than it.

    good: in order along the range, which settings lie within the margin of the best one; best: its
    place; codes: where they lie, evenly if nothing is said. Where more than half of the range is
    good, it holds the optimum as far as the margin can tell.
    """
    last = len(good) - 1
    if last < 2 or best not in (0, last):
        return None
    widths = np.ones(len(good)) if codes is None else np.gradient(codes)
    if widths @ good / widths.sum() > MOST_GOOD_AT_AN_EDGE:
        return None
    return "low" if best == 0 else "high"


def _number(value: Scalar) -> float | None:
    return None if value is None or isinstance(value, str) else float(value)
