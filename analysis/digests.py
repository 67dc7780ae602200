"""What was analysed, as a hash: the same runs have the same one wherever they were copied to."""

from __future__ import annotations

import hashlib
from contextlib import suppress

import numpy as np
import orjson

from analysis.runs import Runs


def digest_of(runs: Runs) -> str:
    """A hash of all that is read of a journal's runs, whatever order they stand in.

    Another step of the metric, or another block, is something else that is read.
    """
    order = np.argsort(np.array(runs.run_ids, dtype=str), kind="stable").tolist()
    told: dict[str, list[object]] = {
        "ids": [*runs.run_ids],
        "outcomes": [*runs.outcomes],
        "seeds": [*runs.seeds],
        "context": [*runs.context],
        **{f"parameter {name}": [*values] for name, values in runs.columns.items()},
        **{f"block {name}": runs.blocks[name].tolist() for name in runs.blocks},
    }
    numbers = {
        "objective": runs.objective,
        "measured": runs.has_metric,
        "order": runs.order,
        "seconds": runs.seconds,
        **{f"metric {name}": values for name, values in runs.other_metrics.items()},
        **{f"absent {name}": values for name, values in runs.absent.items()},
        **({"reached": runs.reached} if len(runs.reached) else {}),
    }
    digest = hashlib.sha256(runs.metric.encode())
    for name in sorted(told):
        values = told[name]
        digest.update(name.encode() + _written([values[row] for row in order] if values else []))
    for name in sorted(numbers):
        digest.update(name.encode() + numbers[name][order].astype("<f8").tobytes())
    return digest.hexdigest()


def _written(values: list[object]) -> bytes:
    line = b"null"
    with suppress(orjson.JSONEncodeError):  # an integer of more than 64 bits
        line = orjson.dumps(values, option=orjson.OPT_SORT_KEYS)
    if b"null" in line:  # JSON says it of NaN and the infinities, too
        line += repr([sorted(v.items()) if isinstance(v, dict) else v for v in values]).encode()
    return line
