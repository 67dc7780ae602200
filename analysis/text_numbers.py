"""Numbers that were recorded as text: `"0.0012"` among numbers is 0.0012, and that is said.

One such value in a column would make levels of all its numbers.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

from analysis.declaration import Declaration
from analysis.results import Finding, Scalar
from analysis.runs import Runs
from analysis.sentences import finding
from analysis.space import is_number

_NUMBER = re.compile(r"[-+]?(?:0|[1-9]\d*|(?=\.\d))(?:\.\d*)?(?:[eE][-+]?\d+)?", re.ASCII)
"""As JSON and YAML have them; 007 and 1.2.3 are names."""


def without_text(
    runs: Runs, declarations: Mapping[str, Declaration]
) -> tuple[Runs, tuple[Finding, ...]]:
    """The runs with numbers in place of such texts, and what is to be said of them.

    In a column of texts alone, all of them must read as different numbers; a text that was declared
    as a level stays one.
    """
    columns, notes = dict(runs.columns), []
    for name, values in runs.columns.items():
        if str not in set(map(type, values)):  # most columns, and there are many runs
            continue
        said = declarations.get(name, Declaration())
        words = {value for value in values if isinstance(value, str)}
        texts = {word for word in words if _is_number(word)}
        if not texts or texts & {*said.levels} or not _reads(values, texts, words):
            continue
        columns[name] = [_number(v) if v in texts and isinstance(v, str) else v for v in values]
        count = sum(isinstance(v, str) and v in texts for v in values)
        notes.append(
            finding(
                "spellings.text",
                name,
                level="note",
                name=name,
                n=count,
                runs=runs.n_runs,
                value=repr(min(texts)),
            )
        )
    return replace(runs, columns=columns), tuple(notes)


def _reads(values: Sequence[Scalar], texts: set[str], words: set[str]) -> bool:
    """Whether those texts are numbers: beside numbers they are; alone, all of them must be."""
    if any(is_number(value) for value in values):
        return True
    return words == texts and len({float(text) for text in texts}) == len(texts)


def _is_number(text: str) -> bool:
    """Whether it reads as one that is no larger than any float."""
    return bool(_NUMBER.fullmatch(text.strip())) and math.isfinite(float(text))


def _number(text: str) -> int | float:
    try:
        return int(text)
    except ValueError:
        return float(text)
