"""Which process this is, and whether another is still running."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from journal.host import boot_id, booted_at, host_name

if TYPE_CHECKING:
    from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Process:
    """A process among all processes of all machines: a pid alone is soon given to another."""

    host: str
    boot: str
    pid: int
    born: int


def this_process() -> Process:
    """The process that asks."""
    pid = os.getpid()
    return Process(host=host_name(), boot=boot_id(), pid=pid, born=_born(pid) or 0)


def process_of(pid: int) -> Process | None:
    """The process of this machine with this pid; None where there is none."""
    born = _born(pid)
    if born is None and not _answers(pid):
        return None
    return Process(host=host_name(), boot=boot_id(), pid=pid, born=born or 0)


def is_alive(process: Process, at: datetime) -> bool | None:
    """Is it still running? ``None`` where that cannot be known from here (another machine).

    ``at``: when it was seen. A process of another boot that was seen since this machine started is
    one of another machine, whatever that is called: names need not differ (images, containers).
    """
    if process.host != host_name():
        return None
    if process.boot != boot_id():
        booted = booted_at()
        return False if booted is None or at.timestamp() < booted else None
    born = _born(process.pid)
    return _answers(process.pid) if born is None else born == process.born


def _born(pid: int) -> int | None:
    """The process's start in clock ticks since boot; None where there is no such process."""
    try:
        status = Path(f"/proc/{pid}/stat").read_bytes()
    except OSError:
        return None
    fields = status[status.rindex(b")") + 2 :].split()
    return None if fields[0] in {b"Z", b"X"} else int(fields[19])


def _answers(pid: int) -> bool:
    """Is there such a process all the same, where no /proc says that there is none?"""
    if Path("/proc/self/stat").exists():
        return False
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True
