"""What a wrapped program reports without knowing Knobwise: printed lines, and a file of lines.

    knobwise: accuracy=0.93                       a result
    knobwise: step=10 loss=0.21 grad_norm=1.5     values at a step
    {"step": 10, "loss": 0.21}                    the same, in the file named by KNOBWISE_METRICS

A line that has the prefix and is not understood, or says ``acc: 0.5``, is told once, at the end.
"""

from __future__ import annotations

import contextlib
import os
import re
from collections.abc import Mapping

from journal import values
from journal.bulk import object_of
from journal.entries import whole_step
from journal.errors import ValueRefused
from journal.line_buffer import LineBuffer
from journal.lines import LINE_BYTES
from journal.recording import Recording

PREFIX = "knobwise:"
_LONGEST = 64 << 10
"""A printed line longer than this is no report."""
_MEANT = re.compile(
    r"(\s*[A-Za-z_][\w./-]*(\s*:\s*|\s+)([-+]?(\d+(\.\d*)?|\.\d+)(e[-+]?\d+)?%?|nan|[-+]?inf)[,;]?)+",
    re.IGNORECASE,
)
"""``acc: 0.5`` or ``acc 0.5``: a report as others write them. Digits are read in one way only: a
line that is no report would be tried in as many ways as its numbers can be cut."""
_SPACED = re.compile(r"\s*=\s*")


class PrintedReports:
    """Finds reports among the lines of one output stream."""

    def __init__(self, recording: Recording, prefix: str) -> None:
        self.recording = recording
        self.prefix = prefix
        self._mark = prefix.encode("utf-8", "surrogateescape")
        self.understood = 0
        self.misread: list[str] = []
        self._buffer = LineBuffer(_LONGEST)

    def feed(self, data: bytes) -> None:
        """Take the next bytes of the stream."""
        for line in self._buffer.take(data.replace(b"\r", b"\n")):
            self._line(line)

    def close(self) -> None:
        """The stream has ended, perhaps without a newline."""
        self._line(self._buffer.rest())

    def _line(self, line: bytes) -> None:
        line = line.strip()
        if not line.startswith(self._mark) or len(line) >= _LONGEST:
            return
        told = line.decode("utf-8", "replace")
        if "=" not in told:
            if self.prefix and _MEANT.fullmatch(told, len(self.prefix)):
                self.misread.append(told[:200])
            return
        pairs = [_pair(word) for word in _SPACED.sub("=", told[len(self.prefix) :]).split()]
        try:
            found = dict(pair for pair in pairs if pair is not None)
            if None in pairs or not found:
                raise ValueRefused("not all of it is name=value")
            self.understood += report(self.recording, found)
        except ValueRefused:
            if self.prefix:
                self.misread.append(told[:200])


class FileReports:
    """Follows the file to which the program writes its metrics."""

    def __init__(self, recording: Recording, path: str) -> None:
        self.recording = recording
        self.path = path
        self.understood = 0
        self.misread: list[str] = []
        self._offset = 0
        self._buffer = LineBuffer(LINE_BYTES)

    def poll(self) -> None:
        """Take what was written since."""
        with contextlib.suppress(OSError):
            fd = os.open(self.path, os.O_RDONLY)
            try:
                while data := os.pread(fd, 1 << 20, self._offset):
                    self._offset += len(data)
                    for line in self._buffer.take(data):
                        self._line(line)
            finally:
                os.close(fd)

    def close(self) -> None:
        """The program has ended; its last line may lack the newline."""
        self.poll()
        self._line(self._buffer.rest())

    def _line(self, line: bytes) -> None:
        if not line.strip():
            return
        try:
            if len(line) > LINE_BYTES:
                raise ValueRefused("too long")
            told = object_of(line)
            nested = told.pop("metrics", {})
            more = nested if isinstance(nested, dict) else {}
            self.understood += report(self.recording, {**told, **more})
        except ValueRefused:
            self.misread.append(line[:200].decode("utf-8", "replace"))


def report(recording: Recording, told: Mapping[str, object]) -> int:
    """Log these at their ``step``; without one they are results: how many. Raises ValueRefused."""
    measured = values.metrics({name: value for name, value in told.items() if name != "step"})
    if "step" not in told:
        recording.result(measured)
        return len(measured)
    step = told["step"]
    recording.log(whole_step(values.read_scalar(step) if isinstance(step, str) else step), measured)
    return len(measured)


def _pair(word: str) -> tuple[str, str] | None:
    name, equals, value = word.rstrip(",;").partition("=")
    return (name, value) if equals and name and value else None
