"""What is found while runs are read: no results, copies, names of runs, values not recorded."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import numpy as np

from analysis.inference import Inference
from analysis.results import Finding
from analysis.runs import Runs


def intake_notes(
    runs: Runs,
    reasons: Sequence[str | None],
    *,
    metric: str,
    sentinels: tuple[float, ...],
    inference: Inference,
) -> tuple[Finding, ...]:
    """Findings on the runs that were left out and the parameters set aside.

    reasons: per run, None if it is used, else why it is not (`analysis.assembly`).
    """
    found = [
        *_results(runs.n_runs, Counter(reasons), metric=metric, sentinels=sentinels),
        *_names(inference),
        *_absences(runs, reasons, inference),
    ]
    return tuple(found)


def _results(
    total: int, counts: Counter[str | None], *, metric: str, sentinels: tuple[float, ...]
) -> list[Finding]:
    shown = ", ".join(f"{value:g}" for value in sentinels)
    sentences = {
        "nan": (
            "nan_success",
            f"{counts['nan']} of {total} runs finished with {metric} = NaN and count as failed.",
            "log such runs with --status failed, so that the journal says what happened",
        ),
        "infinite": (
            "infinite",
            (
                f"{counts['infinite']} of {total} runs finished with an infinite {metric} and "
                "count as failed."
            ),
            "log such runs with --status failed, or analyse a metric that stays finite",
        ),
        "sentinel": (
            "sentinel",
            (
                f"{counts['sentinel']} of {total} runs hold {metric} = {shown}, which stands for "
                "no result; they count as failed."
            ),
            "log such runs with --status failed; if the value is real, log it in another unit",
        ),
        "duplicate": (
            "duplicates",
            (
                f"{counts['duplicate']} of {total} runs repeat another run's parameters, seed and "
                f"{metric} to all digits; each is counted once."
            ),
            "retract the copies: knobwise retract ID --reason 'recorded twice'",
        ),
    }
    return [
        Finding(level="warning", code=code, parameters=(), message=message, hint=hint)
        for reason, (code, message, hint) in sentences.items()
        if counts[reason]
    ]


def _names(inference: Inference) -> list[Finding]:
    """Text that names runs, and so was not taken for a setting."""
    return [
        Finding(
            level="warning",
            code="identifier",
            parameters=(parameter.name,),
            message=f"{parameter.name} is text that differs in nearly every run, so it is read as "
            "the run's name, not as a setting.",
            hint=f"if it is a setting: knobwise declare parameter {parameter.name} --role studied",
        )
        for parameter in inference.nuisance
        if not parameter.declared and any(isinstance(v, str) for v in parameter.levels)
    ]


def _absences(runs: Runs, reasons: Sequence[str | None], inference: Inference) -> list[Finding]:
    """Parameters that some used runs did not record, and no condition says why."""
    used = np.array([reason is None for reason in reasons], dtype=bool)
    found = []
    for parameter in inference.studied:
        if parameter.condition is not None or parameter.name not in runs.absent:
            continue
        count = int(runs.absent[parameter.name][used].sum())
        if count:
            found.append(
                Finding(
                    level="warning",
                    code="absent",
                    parameters=(parameter.name,),
                    message=f"{parameter.name} was not recorded in {count} of {int(used.sum())} "
                    "runs, and no other parameter tells when; no value counts as a value of "
                    "its own.",
                    hint=f"say what it was there: knobwise default {parameter.name}=VALUE",
                )
            )
    return found
