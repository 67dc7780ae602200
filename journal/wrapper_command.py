"""``knobwise run`` from its words to its exit status."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Sequence

from journal import values, wrapper
from journal.errors import UsageError
from journal.oneshot import open_to_write, read_parameters, read_tags
from journal.wrapper_reports import PREFIX

_DIED_OF = frozenset({signal.SIGINT, signal.SIGTERM, signal.SIGHUP})
"""Signals that the wrapper dies of when its program did: a shell's loop ends by them."""


def run_command(
    command: Sequence[str],
    *,
    param: Sequence[str] = (),
    tag: Sequence[str] = (),
    env: Sequence[str] = (),
    seed: str | None = None,
    note: str | None = None,
    prefix: str = PREFIX,
    journal: str | None = None,
    no_flags: bool = False,
    strict: bool = False,
) -> int:
    """Run the command, recorded; its exit code. Dies of the signal that its program died of."""
    if not hasattr(os, "posix_spawn"):
        raise UsageError("this system cannot run commands for you", hint="use knobwise log")
    request = wrapper.Request(
        command=tuple(command),
        params=values.parameters(read_parameters(param)),
        takes_flags=not no_flags,
        seed=values.seed(seed),
        tags=values.labels(read_tags(tag)),
        note=None if note is None else values.note(note),
        variables=tuple(env),
        prefix=prefix,
        strict=strict,
    )
    with open_to_write(journal) as book:
        end = wrapper.perform(request, book)
    if end.signal in _DIED_OF:
        sys.stdout.flush()
        signal.signal(end.signal, signal.SIG_DFL)
        os.kill(os.getpid(), end.signal)
    return end.exit_code
