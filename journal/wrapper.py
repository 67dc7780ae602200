"""``knobwise run``: a program run as it is, and recorded.

The run is on disk before the program starts, so a wrapper that is killed leaves a run that reads
as interrupted. The program gets its stdin, its terminal, its signals and its exit code as without
a wrapper; it is told of the run by KNOBWISE_RUN, KNOBWISE_JOURNAL and KNOBWISE_METRICS.
"""

from __future__ import annotations

import os
import shlex
import shutil
import signal
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from journal import provenance
from journal.discovery import VARIABLE as JOURNAL_VARIABLE
from journal.discovery import is_folder
from journal.errors import JournalError, UsageError, WriteFailed
from journal.flags import cut_short, flag_parameters, overridden, withheld
from journal.ids import uuid7
from journal.joining import METRICS_VARIABLE, RUN_VARIABLE
from journal.journal import Journal
from journal.packing import Json
from journal.provenance_python import PythonFacts, interpreter_of
from journal.recording import Recording
from journal.redaction import redact
from journal.runs import fold
from journal.screen import say
from journal.store import read_run
from journal.values import Scalar
from journal.wrapper_reports import PREFIX, FileReports, PrintedReports
from journal.wrapper_signals import ENDING, Relay
from journal.wrapper_streams import Streams

_POLL_SECONDS = 0.4


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What ``knobwise run`` was asked for."""

    command: tuple[str, ...]
    params: Mapping[str, Scalar]
    takes_flags: bool = True
    seed: int | None = None
    tags: tuple[str, ...] = ()
    note: str | None = None
    variables: tuple[str, ...] = ()
    prefix: str = PREFIX
    strict: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class End:
    """How the program ended: its exit code, or the signal that ended it; what it used."""

    exit_code: int
    signal: int | None
    peak_memory_bytes: int
    cpu_seconds: float


class CommandRun(Recording):
    """The wrapper's recording: it takes signals and tells warnings in its own way."""

    request: Request
    _handles_signals = False

    def _warn(self, message: str, error: Exception | None = None, then: str = "") -> None:
        """Tell what is not recorded, on stderr as commands do."""
        why = error.in_shell() if isinstance(error, JournalError) else error
        say(f"knobwise: {message}" + ("" if why is None else f": {why}") + then)

    def _provenance(self) -> Mapping[str, Json]:
        told = provenance.of_wrapped(self.request.command, self.request.variables)
        prefix = self.request.prefix
        plain = prefix.encode("utf-8", "ignore").decode() == prefix
        return {**told, "run": {"prefix": prefix}} if prefix != PREFIX and plain else told


def perform(request: Request, book: Journal) -> End:
    """Run the command, record it, and say how it ended. Raises UsageError, WriteFailed (strict)."""
    program = _program(request.command[0])
    flags, seed = flag_parameters(request.command) if request.takes_flags else ({}, None)
    if hidden := withheld(request.command):
        say(f"knobwise: {', '.join(hidden)}: this looks like a credential, and is not recorded")
    for name in overridden(request.command) if request.takes_flags else ():
        if name not in request.params and name not in hidden:
            say(f"knobwise: {name} is given more than once, the last is recorded; or say --param")
    told = {listed.partition(".")[0] for listed in request.params} | {*request.params, *hidden}
    for name in cut_short(request.command) if request.takes_flags else ():
        if name not in told:
            say(f"knobwise: {name}: of several words the first is recorded; or say --param")
    recording = CommandRun(
        book, params={**flags, **request.params}, tags=request.tags, note=request.note,
        seed=seed if request.seed is None else request.seed, run=uuid7(), strict=request.strict,
    )  # fmt: skip
    recording.request = request
    with tempfile.TemporaryDirectory(prefix="knobwise-", ignore_cleanup_errors=True) as folder:
        file = FileReports(recording, str(Path(folder, "metrics.jsonl")))
        with Relay() as relay:
            recording.start()
            child = _Child(request, recording, file, relay)
            try:
                child.start(program, _variables(recording.id, book, file.path))
            except OSError as failed:
                recording.finish("failed", error=f"{program}: {failed.strerror}", exit_code=126)
                raise UsageError(
                    f"it cannot be run: {failed.strerror}", word=request.command[0]
                ) from None
            end = child.follow()
            child.finish(end)
    return end


def status_of(end: End, asked_to_end: int | None) -> str:
    """finished, failed (a crash, an exit code), killed (a signal, whatever the program made of it).

    A program that was asked to end did not do what it would have done, even if it says 0: it was
    killed. Only a hang-up may be survived.
    """
    if end.signal is not None:
        by_others = {*ENDING, signal.SIGKILL}
        return "killed" if end.signal in by_others or asked_to_end else "failed"
    if asked_to_end is not None and not (end.exit_code == 0 and asked_to_end == signal.SIGHUP):
        return "killed"
    return "failed" if end.exit_code else "finished"


class _Child:
    """The program while it runs."""

    def __init__(
        self, request: Request, recording: Recording, file: FileReports, relay: Relay
    ) -> None:
        self._request = request
        self._recording = recording
        self._file = file
        self._relay = relay
        self._printed = {target: PrintedReports(recording, request.prefix) for target in (1, 2)}
        self._streams = Streams(self._heard)
        self._waiter = threading.Thread(target=self._wait, daemon=True)
        self._pid = 0
        self._end: End | None = None
        self._unwritten: WriteFailed | None = None
        self._facts = PythonFacts(None)

    def start(self, program: str, variables: Mapping[str, str]) -> None:
        """Start it. Raises OSError where it cannot be run."""
        out, err = self._streams.sinks
        self._pid = os.posix_spawn(
            program,
            self._request.command,
            variables,
            file_actions=[(os.POSIX_SPAWN_DUP2, out, 1), (os.POSIX_SPAWN_DUP2, err, 2)],
            setsigmask=self._relay.mask,
            setsigdef=[signal.SIGPIPE, signal.SIGXFSZ],
        )
        self._streams.begin()
        self._relay.begin(self._pid, self._streams.resize)
        self._facts = PythonFacts(interpreter_of(self._request.command))

    def follow(self) -> End:
        """Pass on what it says until it has ended, whatever cannot be written meanwhile."""
        self._waiter.start()
        poll = 0.0
        while self._end is None:
            if self._streams.ended:
                self._waiter.join(_POLL_SECONDS)
            else:
                self._streams.pump(_POLL_SECONDS)
            if time.monotonic() >= poll:
                with self._to_its_end():
                    self._file.poll()
                poll = time.monotonic() + _POLL_SECONDS
        self._streams.drain()
        self._streams.close()
        return self._end

    def finish(self, end: End) -> None:
        """Record how it ended. Raises WriteFailed (strict)."""
        misread: list[str] = []
        sources: list[FileReports | PrintedReports] = [self._file, *self._printed.values()]
        for reports in sources:
            with self._to_its_end():
                reports.close()
            misread += reports.misread
        if misread:
            more = f" (and {len(misread) - 1} more)" if len(misread) > 1 else ""
            cure = "" if "=" in misread[0] or misread[0][:1] == "{" else "; write name=value"
            self._recording._warn(f"not understood as a report: {misread[0]!r}{more}{cure}")
        asked = self._relay.asked_to_end
        status = status_of(end, asked)
        context: dict[str, Json] = {
            "peak_memory_bytes": end.peak_memory_bytes, "cpu_seconds": end.cpu_seconds,
        }  # fmt: skip
        facts = self._facts.facts()
        if "python" in facts:
            context |= {"python": facts["python"], "installed": facts.get("packages", {})}
        if status != "finished" and self._streams.tail:
            context["output_tail"] = redact(self._streams.tail)
        self._recording.finish(
            status, error=_error(end, asked), exit_code=end.exit_code, context=context
        )
        if self._unwritten is not None:
            raise self._unwritten
        heard = misread or any(reports.understood for reports in sources)
        if status == "finished" and not heard and _holds_nothing(self._recording):
            # No line of values, which a wrapper around this one would take for a report.
            self._recording._warn("no metric was reported; knobwise run --help says how")

    def _heard(self, target: int, data: bytes) -> None:
        with self._to_its_end():
            self._printed[target].feed(data)

    @contextmanager
    def _to_its_end(self) -> Iterator[None]:
        """What is under way is not stopped by what cannot be written: that is told at the end."""
        try:
            yield
        except WriteFailed as failed:
            self._unwritten = self._unwritten or failed

    def _wait(self) -> None:
        _, status, usage = os.wait4(self._pid, 0)
        self._relay.ended()
        unit = 1 if sys.platform == "darwin" else 1024
        code = os.waitstatus_to_exitcode(status)
        self._end = End(
            exit_code=code if code >= 0 else 128 - code, signal=-code if code < 0 else None,
            peak_memory_bytes=usage.ru_maxrss * unit,
            cpu_seconds=round(usage.ru_utime + usage.ru_stime, 3),
        )  # fmt: skip


def _holds_nothing(recording: Recording) -> bool:
    """Whether nothing was measured, nor by the program itself; no, where that cannot be read."""
    try:
        runs = fold(read_run(recording._book.store, recording.id)).runs
    except JournalError:
        return False
    return bool(runs) and not runs[0].metrics


def _error(end: End, asked: int | None) -> str | None:
    """Why it did not finish, in a word."""
    if end.signal is not None:
        known = end.signal in set(signal.Signals)  # of those in real time, the ends alone are
        return signal.Signals(end.signal).name if known else f"signal {end.signal}"
    if asked is not None:
        return f"{signal.Signals(asked).name}, exit code {end.exit_code}"
    return f"exit code {end.exit_code}" if end.exit_code else None


def _program(word: str) -> str:
    """The program's file. Raises UsageError where there is none."""
    found = shutil.which(word)
    if found is None:
        there = os.path.sep in word and Path(word).exists()
        if there:
            file = shlex.quote(word)
            hint = f"begin with what runs it, as python {file}; or chmod +x {file}"
            raise UsageError("it is not executable", word=word, hint=hint)
        hint = "knobwise run -- COMMAND with its arguments"
        raise UsageError("there is no such program", word=word, hint=hint)
    return found


def _variables(run: str, book: Journal, metrics: str) -> dict[str, str]:
    """The program's environment: the wrapper's, and where to report."""
    address = book.address
    return {
        **os.environ,
        RUN_VARIABLE: run,
        JOURNAL_VARIABLE: str(Path(address).resolve()) if is_folder(address) else address,
        METRICS_VARIABLE: metrics,
    }
