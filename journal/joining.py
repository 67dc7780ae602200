"""A program under ``knobwise run`` reports to the wrapper's run instead of beginning another.

The wrapper names its run in KNOBWISE_RUN and its journal in KNOBWISE_JOURNAL. The first run that a
process begins in that journal joins: it takes the name out of the environment, so that further
runs of the process, and of the processes it starts, are runs of their own. Parameters are merged;
where the wrapper (from a flag) and the program name the same one, the program knows better and
its value holds.
"""

from __future__ import annotations

import os

from journal.discovery import find, is_folder
from journal.errors import ValueRefused
from journal.ids import is_uuid

RUN_VARIABLE = "KNOBWISE_RUN"
"""Names the run that a wrapped program reports to."""
METRICS_VARIABLE = "KNOBWISE_METRICS"
"""Names the file to which a wrapped program may write its metrics, one JSON object per line."""


def wrapped_run() -> str | None:
    """The run of the wrapper around this process. Raises ValueRefused for a name that is none."""
    told = os.environ.get(RUN_VARIABLE, "").strip().lower()
    if not told:
        return None
    if not is_uuid(told):
        hint = "knobwise run and knobwise start give a run's id"
        raise ValueRefused(f"{RUN_VARIABLE} is {told!r}, no run's id", hint=hint)
    return told


def reports_to(address: str) -> str | None:
    """The wrapper's run, where this is its journal: it may not be on disk yet, if that refuses.

    A name that a shell has put into KNOBWISE_RUN by itself is no wrapper's.
    """
    if METRICS_VARIABLE not in os.environ or not _same(address, find()):
        return None
    return wrapped_run()


def join(address: str) -> str | None:
    """The run to join, which is taken: another call gets None."""
    run = wrapped_run()
    if run is None or not _same(address, find()):
        return None
    del os.environ[RUN_VARIABLE]
    return run


def stand_back(run: str) -> None:
    """Let another call join this run: whoever took it does not begin."""
    os.environ[RUN_VARIABLE] = run


def _same(one: str, other: str) -> bool:
    if is_folder(one) and is_folder(other):
        return os.path.realpath(one) == os.path.realpath(other)
    return one == other
