"""Did an optimizer lead the runs: settings that moved, or crowded where results are good."""

from __future__ import annotations

import numpy as np
from scipy.stats import chi2_contingency, ks_2samp, spearmanr

from analysis.evenness import MIN_ROWS, effective_share, log_weights, uneven, usable
from analysis.findings_parts import ALPHA, thinned, valued
from analysis.frame import Frame
from analysis.results import Finding
from analysis.scale import uniform_distance
from analysis.sentences import finding

CROWDED = 0.5
"""Untempered weights worth fewer than this share of the configurations are a warning."""
STEP_BY_STEP = 0.8
"""Share of the settings that change one thing, from which somebody chose them one by one."""
MANY = 4
"""With fewer parameters chance alone makes many settings alike but for one."""
LOOKED_AT = 500
"""First settings that are compared, each with all before it."""
SPAN = 4
"""From so many times the lowest value on, settings spread evenly in log can be told to be so."""


def crowded(frame: Frame) -> list[Finding]:
    """Did the settings drift to the good region while the runs went on, or crowd in a corner?

    Runs that went through an even design in some order crowd nowhere.
    """
    crowd = [parameter.name for _, parameter in uneven(frame)]
    if frame.n_configurations < MIN_ROWS or not crowd:
        return []
    travelled = set(moved(frame)) if improved(frame) else set()
    if travelled and (travelled := travelled - _spread_later(frame)):
        names = sorted({*travelled, *crowd})
        share = effective_share(log_weights(frame))
        return [finding("crowded.later", *names, names=tuple(names), share=share)]
    even_in_log = _log_like(frame)  # another finding says so
    unexplained = [name for name in crowd if name not in even_in_log]
    share = effective_share(log_weights(frame, without=even_in_log))
    if share < CROWDED and unexplained:
        return [finding("crowded.uneven", *unexplained, names=tuple(unexplained), share=share)]
    return []


def _spread_later(frame: Frame) -> set[str]:
    """Parameters spread unevenly in the first third of the runs and evenly in the last.

    As where a switch came into use: whatever results did meanwhile, that is no crowding.
    """
    ranked = np.argsort(frame.order, kind="stable")
    thirds = ranked[: len(ranked) // 3], ranked[len(ranked) - len(ranked) // 3 :]
    first, last = ({p.name for _, p in uneven(frame.take(np.sort(rows)))} for rows in thirds)
    return first - last


def scales(frame: Frame) -> list[Finding]:
    """Parameters read as linear that were run evenly in log."""
    return [finding("scale", name, level="note", name=name) for name in _log_like(frame)]


def _log_like(frame: Frame) -> list[str]:
    codes = thinned(frame)
    names = []
    for j, parameter in enumerate(frame.space.parameters):
        if parameter.scale != "linear" or parameter.declared or parameter.domain is None:
            continue
        low, high = parameter.domain
        column = codes[valued(codes[:, j]), j]
        if low <= 0 or high < SPAN * low or len(column) < MIN_ROWS:
            continue
        logs = np.log(low + column * (high - low))
        even = uniform_distance(logs) < 2.0 / np.sqrt(len(logs))
        if even and uniform_distance(column) > 1.8 / np.sqrt(len(logs)):
            names.append(parameter.name)
    return names


def led(frame: Frame) -> bool:
    """Did an optimizer choose the settings: do results improve, and values move or crowd?

    Numbers crowd: levels at unequal odds may well be drawn by lot, while the code improves.
    """
    crowd = any(parameter.numeric for _, parameter in uneven(frame))
    return improved(frame) and (crowd or bool(moved(frame)))


def step_by_step(frame: Frame) -> bool:
    """Did nearly every setting change one parameter of an earlier one, as people do?

    And two of the one before at most: by lot few levels make many alike, but not in turn. A grid
    does so too, whose levels are all run with all others'.
    """
    codes, order = frame.configuration_codes, _order_of_configurations(frame)
    if len(codes) < MIN_ROWS or len(frame.space) < MANY or np.ptp(order) == 0:
        return False
    ranked = np.nan_to_num(codes[np.argsort(order, kind="stable")[:LOOKED_AT]], nan=-1.0)
    near = [bool(((row != ranked[:k]).sum(1) == 1).any()) for k, row in enumerate(ranked)]
    onward = (ranked[1:] != ranked[:-1]).sum(1) <= 2  # one goes back and another is changed
    return min(float(np.mean(near)), float(np.mean(onward))) >= STEP_BY_STEP


def improved(frame: Frame) -> bool:
    """Whether later configurations are better."""
    order, means = _order_of_configurations(frame), frame.sign * frame.means
    if len(order) < 3 or np.ptp(order) == 0 or np.ptp(means) == 0:
        return False
    trend = spearmanr(order, means)
    return bool(trend.statistic > 0 and trend.pvalue < 0.01)


def moved(frame: Frame) -> list[str]:
    """Parameters whose values in the last third of the runs differ from those in the first."""
    codes, order = frame.configuration_codes, _order_of_configurations(frame)
    if len(order) < MIN_ROWS or np.ptp(order) == 0:
        return []
    ranked = np.argsort(order, kind="stable")
    third = min(len(ranked) // 3, 2000)
    early, late = codes[ranked[:third]], codes[ranked[-third:]]
    found = []
    for j, parameter in enumerate(frame.space.parameters):
        first = early[usable(early[:, j], parameter), j]
        last = late[usable(late[:, j], parameter), j]
        if min(len(first), len(last)) < 5:
            continue
        if parameter.numeric:
            p = float(ks_2samp(first, last, method="asymp").pvalue)
        else:
            table = np.array(
                [np.bincount(x.astype(int), minlength=len(parameter.levels)) for x in (first, last)]
            )
            table = table[:, table.sum(0) > 0]
            p = float(chi2_contingency(table).pvalue) if table.shape[1] > 1 else 1.0
        if p * len(frame.space) < ALPHA:
            found.append(parameter.name)
    return found


def _order_of_configurations(frame: Frame) -> np.ndarray:
    """(n_configurations,) when each configuration was run first."""
    return np.asarray(frame.order[frame.first_rows])
