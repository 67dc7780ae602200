"""A large journal read by as many processes as there are processors.

Python parses one line at a time, and segments do not depend on each other: each process reads its
share of them and sends its portions back. A helper that cannot be started, or fails, costs only
time: its share is read here.
"""

from __future__ import annotations

import contextlib
import os
import pickle
import subprocess
import sys
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from journal.collector import paused
from journal.columns import Plain
from journal.folder import FolderStore, scan_files
from journal.portions import Portion
from journal.segments import Batch
from journal.store import Store

SHARE_BYTES = 64 << 20
"""A smaller share is read sooner than a helper starts."""
_JOINING = 0.18
"""What putting the portions together takes, as a share of reading all of them."""
_SERVE = "from journal import shares; shares.serve()"


def read_plainly(store: Store) -> tuple[Plain, list[Portion]]:
    """The store's plain runs. Raises NotPlain, BodyError: see ``journal.columns.Plain``."""
    if not isinstance(store, FolderStore):
        return _read(store.batches())
    first, *others = _shares(store.segments(), _processors())
    with contextlib.ExitStack() as stack:
        helpers = [(share, stack.enter_context(_helper(share))) for share in others]
        plain, portions = _read(scan_files(first))
        for share, helper in helpers:
            more, theirs = _received(helper) or _read(scan_files(share))
            plain.add(more)
            portions += theirs
    return plain, portions


def serve() -> None:
    """Be a helper: paths come in by stdin, portions go out by stdout."""
    share: list[Path] = pickle.load(sys.stdin.buffer)
    with paused():
        pickle.dump(_read(scan_files(share)), sys.stdout.buffer, pickle.HIGHEST_PROTOCOL)


def _read(batches: Iterable[Batch]) -> tuple[Plain, list[Portion]]:
    plain = Plain()
    return plain, [Portion(columns) for columns in plain.portions(batches)]


def _shares(segments: Sequence[Path], most: int) -> list[list[Path]]:
    """The segments in their order, cut into at most so many shares; the first has less to read."""
    sizes = [_size(path) for path in segments]
    whole = sum(sizes)
    wanted = max(1, min(most, whole // SHARE_BYTES))
    others = wanted - 1
    first = 1 / wanted - _JOINING * others / wanted  # so that all are done at one time
    shares: list[list[Path]] = [[] for _ in range(wanted)]
    before = 0
    for path, size in zip(segments, sizes, strict=True):
        place = (before + size / 2) / (whole or 1)
        share = 1 + int((place - first) / (1 - first) * others) if others and place > first else 0
        shares[min(share, others)].append(path)
        before += size
    return shares


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0  # reading it will say what is wrong


def _processors() -> int:
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


@contextlib.contextmanager
def _helper(share: list[Path]) -> Iterator[subprocess.Popen[bytes] | None]:
    """A process that reads the share; None where none can be started."""
    command = [sys.executable or "python", "-P", "-c", _SERVE]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    pipe, null = subprocess.PIPE, subprocess.DEVNULL
    try:
        process = subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=null, env=environment)
    except OSError:
        yield None
        return
    with process:
        try:
            assert process.stdin is not None
            with contextlib.suppress(OSError), process.stdin as mouth:
                pickle.dump(share, mouth)
            yield process
        finally:
            process.kill()


def _received(helper: subprocess.Popen[bytes] | None) -> tuple[Plain, list[Portion]] | None:
    """What the helper sent; None where it failed, or what it read was not plain."""
    if helper is None:
        return None
    assert helper.stdout is not None
    try:
        told: tuple[Plain, list[Portion]] = pickle.load(helper.stdout)
    except (EOFError, pickle.UnpicklingError, OSError):
        return None
    return told
