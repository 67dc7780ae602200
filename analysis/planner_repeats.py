"""Second seeds of the best configurations: the margin is made of the noise there.

own: run id -> what the block parameters were set to in it. A second seed is run in the same block:
in another one it would be no repetition, where parameters act differently between them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from analysis.frame import Frame
from analysis.noise import replicate_df
from analysis.planner_runs import planned_run
from analysis.results import PlannedRun, Report
from analysis.results_runs import Setting
from analysis.sentences import said

NEAR_BEST = 0.25
NEAR_BEST_DF = 8
SECOND_SEED = said("plan.second_seed")


def second_seeds(
    frame: Frame, report: Report, *, n: int, own: Mapping[str, Setting]
) -> list[PlannedRun]:
    """Repeats of the best configurations while the noise near the best is poorly known.

    None where all results are equal: none is best.
    """
    if np.ptp(frame.objective) == 0:
        return []
    order = best_first(frame, report)
    top = order[: max(2, round(NEAR_BEST * len(order)))]
    missing = NEAR_BEST_DF - int(replicate_df(frame)[top].sum())
    return repeats(frame, report, n=min(max(missing, 0), n // 4), already=(), own=own)


def repeats(
    frame: Frame,
    report: Report,
    *,
    n: int,
    already: Sequence[PlannedRun],
    own: Mapping[str, Setting],
) -> list[PlannedRun]:
    """N repeats, one for each of the best configurations in turn."""
    seeds = _last_seeds(frame)
    order = best_first(frame, report)[: max(2, round(NEAR_BEST * frame.n_configurations))]
    runs = []
    for turn in range(n + len(already)):
        configuration = int(order[turn % len(order)])
        seeds[configuration] += 1
        row, seed = frame.first_rows[configuration], seeds[configuration]
        codes, values = frame.codes[row], frame.values[row]
        run = planned_run(frame, codes, values=values, seed=seed, reason=SECOND_SEED)
        runs.append(in_block(run, own.get(frame.run_ids[row], ())))
    return [run for run in runs if run not in already][:n]


def _last_seeds(frame: Frame) -> dict[int, int]:
    """By configuration the largest number that is a seed of it, 0 at least."""
    last: dict[int, int] = {}
    for configuration, seed in zip(frame.configuration.tolist(), frame.seeds, strict=True):
        number = seed if isinstance(seed, int) and not isinstance(seed, bool) else 0
        last[configuration] = max(last.get(configuration, 0), number)
    return last


def best_first(frame: Frame, report: Report) -> np.ndarray:
    """Configurations, those the report calls best first, then by their mean."""
    rank = {run.run_id: place for place, run in enumerate(report.best)}
    ids = [frame.run_ids[row] for row in frame.first_rows]
    place = np.array([rank.get(run_id, len(rank)) for run_id in ids])
    return np.lexsort((-frame.sign * frame.means, place))


def in_block(run: PlannedRun, block: Setting) -> PlannedRun:
    """The run with what the block parameters are set to."""
    return replace(run, parameters=tuple(sorted((*run.parameters, *block))))
