"""From runs to a frame: which runs count, what their parameters are, and what was left out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TypeVar

import numpy as np
import pandas as pd

from analysis.code_versions import version_codes
from analysis.conditions import blank_inactive
from analysis.declaration import Declaration
from analysis.errors import InputError, require_kind
from analysis.frame import Direction, Frame, block_codes
from analysis.inference import Inference, infer
from analysis.intake_notes import intake_notes
from analysis.repeats import all_but_first, made_once, naming
from analysis.results import Exclusion, Finding, Scalar
from analysis.runs import FailedRuns, Runs
from analysis.sentences import english, said
from analysis.sentinels import sentinel_values
from analysis.space import Condition, Space, encode, factorize, group_rows, missing
from analysis.stopped import thinned_out
from analysis.text_numbers import without_text
from analysis.usable import require_direction
from journal.identity import is_seed

Item = TypeVar("Item")

NO_RESULT = ("nan", "infinite", "sentinel")
"""Why runs that ended have no result: they are left out as these, and failures too."""


def assemble(
    runs: Runs,
    *,
    metric: str,
    direction: Direction,
    declarations: Mapping[str, Declaration],
    unit: str | None,
) -> Frame:
    """The frame of the usable runs; the others are counted in it, each with its reason.

    A run is used if it finished with a finite value of the metric that stands for a result
    (`analysis.sentinels`), and is no exact repetition of another (same parameters, block, seed and
    result): that is one run recorded twice, and would feign a smaller noise. So would runs of one
    seed, which count once, by their mean (`analysis.repeats`).
    """
    require_direction(direction, metric)
    if unit is not None:
        require_kind(unit, str, what="a unit", hint='such as "s"')
    runs, read = without_text(runs, declarations)
    sentinels = sentinel_values(runs.objective[_finished(runs)])
    reasons = _reasons(runs, sentinels)
    runs, used, inference, columns, found = _used(runs, reasons, declarations)
    space = Space(inference.studied)
    values = _rows(columns, space, len(used))
    seeds, seed_name = _seeds(_pick(runs.seeds, used), inference, columns)
    return Frame(
        space=space,
        metric=metric,
        direction=direction,
        codes=encode(space, values),
        objective=runs.objective[used],
        order=_filled(runs.order)[used],
        run_ids=_pick(runs.run_ids, used),
        values=values,
        seeds=seeds,
        seed_name=seed_name,
        seconds=runs.seconds[used],
        blocks=_blocks(runs, used, inference),
        block_parameters=inference.blocks,
        constants=inference.constants,
        nuisance=inference.nuisance,
        failed=_failed(runs, reasons, declarations),
        excluded=_exclusions(reasons, metric),
        thinned_out=thinned_out(_filled(runs.order), reasons),
        notes=(
            *read,
            *found,
            *intake_notes(runs, reasons, metric=metric, sentinels=sentinels, inference=inference),
        ),
        other_metrics={name: column[used] for name, column in runs.other_metrics.items()},
        context=_pick(runs.context, used) if runs.context else (),
        unit=unit,
        source=runs.source,
        digest=runs.digest,
    )


def _finished(runs: Runs) -> np.ndarray:
    ended = np.array([outcome == "finished" for outcome in runs.outcomes], dtype=bool)
    return np.asarray(ended & runs.has_metric)


def _pick(values: Sequence[Item], rows: np.ndarray) -> tuple[Item, ...]:
    return tuple(map(values.__getitem__, rows.tolist()))


def _reasons(runs: Runs, sentinels: tuple[float, ...]) -> list[str | None]:
    """Per run: None if it is used, else why it is not."""
    values = runs.objective
    reasons = np.full(runs.n_runs, None, dtype=object)
    reasons[np.isin(values, sentinels)] = "sentinel"
    reasons[np.isinf(values)] = "infinite"
    reasons[np.isnan(values)] = "nan"
    reasons[~runs.has_metric] = "missing"
    ended = np.array(runs.outcomes, dtype=object)
    unfinished = ended != "finished"
    reasons[unfinished] = ended[unfinished]
    return list(reasons)


def _used(
    runs: Runs, reasons: list[str | None], said: Mapping[str, Declaration]
) -> tuple[Runs, np.ndarray, Inference, dict[str, list[Scalar]], list[Finding]]:
    """The rows that count, and what their parameters are; marks repetitions in `reasons`.

    And the runs, with the mean of a setting's runs with one seed as their result; what another
    version of the code does to these.
    """
    used = np.flatnonzero([reason is None for reason in reasons])
    inference, columns = _infer_used(runs, used, said)
    every = _seen(runs, said) if len(used) < runs.n_runs and _open(inference, columns) else {}
    if every:
        inference, columns = _infer_used(runs, used, said, every)
    copies = _repeated(runs, used, columns, inference)
    for row in used[copies]:
        reasons[row] = "duplicate"
    if copies.any():
        used = used[~copies]
        inference, columns = _infer_used(runs, used, said, every)
    once = made_once(runs, used, columns=columns, inference=inference)
    for row, other in zip(used[once.again], once.other[once.again], strict=True):
        reasons[row] = "other_version" if other else "same_seed"
    if once.again.any():
        used = used[~once.again]
        inference, columns = _infer_used(runs, used, said, every)
    return once.runs, used, inference, columns, once.found


def _open(inference: Inference, columns: Mapping[str, Sequence[Scalar]]) -> bool:
    """Whether some parameter does not exist everywhere, and these runs do not say where."""
    told = (*inference.studied, *inference.constants)
    return any(p.condition is None and missing(columns[p.name]).any() for p in told)


def _seen(runs: Runs, said: Mapping[str, Declaration]) -> dict[str, Condition]:
    """Conditions that all runs show, whatever became of them: of those used too few may tell."""
    try:
        every, _ = _infer_used(runs, np.arange(runs.n_runs), said)
    except InputError:  # runs that do not count contradict what was declared: they tell nothing
        return {}
    return {
        p.name: p.condition for p in (*every.studied, *every.constants) if p.condition is not None
    }


def _infer_used(
    runs: Runs,
    used: np.ndarray,
    said: Mapping[str, Declaration],
    elsewhere: Mapping[str, Condition] | None = None,
) -> tuple[Inference, dict[str, list[Scalar]]]:
    columns = {name: list(_pick(column, used)) for name, column in runs.columns.items()}
    columns = blank_inactive(
        columns, {name: d.condition for name, d in said.items() if d.condition and name in columns}
    )
    order = _filled(runs.order)[used]
    return infer(columns, declarations=said, elsewhere=elsewhere, order=order), columns


def _repeated(
    runs: Runs, used: np.ndarray, columns: Mapping[str, list[Scalar]], inference: Inference
) -> np.ndarray:
    """(n_used,) bool: repeats an earlier used run in every parameter, block, seed and digit.

    And in every other metric, in which a run that was made again differs where this one is coarse
    or does not change; and in the version of the code: another one that changes no digit is no
    second record.

    Without a seed, equal results may be chance (accuracy has few values), so nothing is dropped. A
    nuisance that is a number stands for one; a text that names runs says nothing of it.
    """
    if len(used) == 0:
        return np.zeros(0, dtype=bool)
    texts = naming(inference, columns)
    parts = [inference.codes[name] for name in columns if name not in texts]
    parts += [block_codes(runs.blocks.iloc[used]), *version_codes(runs, used)]
    seeds = _pick(runs.seeds, used)
    results = (runs.objective, *runs.other_metrics.values())
    parts += [factorize(seeds)[0], *(np.unique(y[used], return_inverse=True)[1] for y in results)]
    repeated = all_but_first(group_rows(parts, len(used)))
    numbered = any(p.name not in texts for p in inference.nuisance)
    known = np.array([seed is not None or numbered for seed in seeds], dtype=bool)
    return np.asarray(repeated & known)


def _seeds(
    recorded: Sequence[Scalar], inference: Inference, columns: Mapping[str, Sequence[Scalar]]
) -> tuple[tuple[Scalar, ...], str]:
    """The seed of each run, and the parameter that sets it; "" where none does.

    A parameter that is named as one (`random_state`) and has a value in every run sets it, unless
    other seeds are recorded.
    """
    for name in (p.name for p in (*inference.nuisance, *inference.constants) if is_seed(p.name)):
        set_to = tuple(map(_whole, columns[name]))
        both = zip(recorded, set_to, strict=True)
        if all(other is not None and own in (None, other) for own, other in both):
            return set_to, name
    return tuple(map(_whole, recorded)), ""


def _whole(seed: Scalar) -> Scalar:
    """A whole number as such: a column of seeds with a gap is one of floats."""
    return int(seed) if isinstance(seed, float) and seed.is_integer() else seed


def _rows(
    columns: Mapping[str, list[Scalar]], space: Space, n_rows: int
) -> tuple[tuple[Scalar, ...], ...]:
    """Raw values in space order, None where a condition says that the parameter does not exist."""
    conditions = {p.name: p.condition for p in space.parameters if p.condition is not None}
    blanked = blank_inactive(columns, conditions)
    if not len(space):
        return ((),) * n_rows
    return tuple(zip(*(blanked[name] for name in space.names), strict=True))


def _blocks(runs: Runs, used: np.ndarray, inference: Inference) -> pd.DataFrame:
    """Block columns of the used runs: those given, and parameters declared blocks."""
    blocks = runs.blocks.iloc[used].reset_index(drop=True)
    for name in inference.blocks:
        blocks[name] = pd.Series(_pick(runs.columns[name], used), dtype=object)
    return blocks


def _failed(
    runs: Runs, reasons: list[str | None], said: Mapping[str, Declaration]
) -> FailedRuns | None:
    """Used and failed runs together, in a space of their own: where runs fail may lie outside."""
    if not {"failed", *NO_RESULT} & set(reasons):
        return None
    rows = [row for row, why in enumerate(reasons) if why in (None, "failed", *NO_RESULT)]
    failed = np.array([reasons[row] is not None for row in rows], dtype=bool)
    chosen = np.array(rows, dtype=np.intp)
    try:
        inference, columns = _infer_used(runs, chosen, said)
    except InputError:  # one that failed lies where nothing was declared to be: that may be why
        axes = {name: replace(d, scale=None, domain=None, levels=()) for name, d in said.items()}
        inference, columns = _infer_used(runs, chosen, axes)
    space = Space(inference.studied)
    values = _rows(columns, space, len(rows))
    ended = Counter(
        repr(float(value))
        for value, why in zip(runs.objective.tolist(), reasons, strict=True)
        if why in NO_RESULT
    )
    return FailedRuns(
        metric=runs.metric,
        value=float(ended.most_common(1)[0][0]) if ended else None,
        space=space,
        codes=encode(space, values),
        failed=failed,
        values=values,
        reported=sum(why == "failed" for why in reasons),
    )


def _exclusions(reasons: list[str | None], metric: str) -> tuple[Exclusion, ...]:
    counts = Counter(why for why in reasons if why is not None and why != "failed")
    told = {why: said(f"excluded.{why}", metric=metric) for why in sorted(counts)}
    return tuple(
        Exclusion(reason=english(says), count=counts[why], failed=why in NO_RESULT, says=says)
        for why, says in told.items()
    )


def _filled(order: np.ndarray) -> np.ndarray:
    """Times, with the earliest one where none is known."""
    known = order[np.isfinite(order)]
    return np.where(np.isfinite(order), order, known.min() if len(known) else 0.0)
