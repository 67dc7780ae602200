"""Which kernel and which process this is: who may share a segment, and who is still running.

``flock`` is right exactly within one kernel. So a segment belongs to one kernel, told by the boot
id: two machines with one name, or one machine before and after a reboot, never share a segment.
Containers on one kernel have one boot id, and a lock between them holds.
"""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass
from pathlib import Path

_BOOT_ID = Path("/proc/sys/kernel/random/boot_id")


@dataclass(frozen=True, slots=True, kw_only=True)
class Process:
    """A process among all processes of all machines: a pid alone is soon given to another."""

    host: str
    boot: str
    pid: int
    born: int


def host_name() -> str:
    """The machine's name without its domain."""
    return os.uname().nodename.split(".", 1)[0] if hasattr(os, "uname") else "host"


def boot_id() -> str:
    """What tells this kernel's run from every other; empty where the system does not say."""
    if sys.platform == "darwin":
        return _darwin_boot_id()
    try:
        return _BOOT_ID.read_text().strip()
    except OSError:
        return ""


def this_process() -> Process:
    """The process that asks."""
    pid = os.getpid()
    return Process(host=host_name(), boot=boot_id(), pid=pid, born=_born(pid) or 0)


def is_alive(process: Process) -> bool | None:
    """Is it still running? ``None`` where that cannot be known from here (another machine)."""
    if process.host != host_name():
        return None
    if process.boot != boot_id():
        return False
    born = _born(process.pid)
    if born is not None:
        return born == process.born
    if _BOOT_ID.exists():
        return False
    return _answers(process.pid)


def _born(pid: int) -> int | None:
    """The process's start in clock ticks since boot; None where there is no such process."""
    try:
        status = Path(f"/proc/{pid}/stat").read_bytes()
    except OSError:
        return None
    fields = status[status.rindex(b")") + 2 :].split()
    return None if fields[0] in {b"Z", b"X"} else int(fields[19])


def _answers(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True


def _darwin_boot_id() -> str:
    import ctypes

    libc = ctypes.CDLL(None)
    buffer = ctypes.create_string_buffer(64)
    size = ctypes.c_size_t(64)
    failed = libc.sysctlbyname(b"kern.bootsessionuuid", buffer, ctypes.byref(size), None, 0)
    return "" if failed else buffer.value.decode("ascii", "replace").lower()
