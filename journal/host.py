"""Which kernel this is: who may share a segment.

``flock`` is right exactly within one kernel. So a segment belongs to one kernel, told by the boot
id: two machines with one name, or one machine before and after a reboot, never share a segment.
Containers on one kernel have one boot id, and a lock between them holds.
"""

from __future__ import annotations

import os
import sys
import time

_BOOT_ID = "/proc/sys/kernel/random/boot_id"


def host_name() -> str:
    """The machine's name without its domain."""
    return os.uname().nodename.split(".", 1)[0] if hasattr(os, "uname") else "host"


def boot_id() -> str:
    """What tells this kernel's run from every other; empty where the system does not say."""
    if sys.platform == "darwin":
        return _darwin_boot_id()
    try:
        fd = os.open(_BOOT_ID, os.O_RDONLY)
    except OSError:
        return ""
    try:
        return os.read(fd, 64).decode("ascii", "replace").strip()
    finally:
        os.close(fd)


def booted_at() -> float | None:
    """When this kernel started, in seconds after 1970; None where the system does not say."""
    # Both go on while the machine sleeps: the first on Linux, the second on macOS.
    clock = getattr(time, "CLOCK_BOOTTIME", None) or getattr(time, "CLOCK_MONOTONIC_RAW", None)
    return None if clock is None else time.time() - time.clock_gettime(clock)


def _darwin_boot_id() -> str:
    import ctypes

    libc = ctypes.CDLL(None)
    buffer = ctypes.create_string_buffer(64)
    size = ctypes.c_size_t(64)
    failed = libc.sysctlbyname(b"kern.bootsessionuuid", buffer, ctypes.byref(size), None, 0)
    return "" if failed else buffer.value.decode("ascii", "replace").lower()
