"""Lines out of bytes that come in pieces: of a segment, a pipe, a program's output."""

from __future__ import annotations

import sys


class LineBuffer:
    """Keeps what has not ended yet, and of that no more than a byte beyond ``longest``.

    So a line longer than that is seen to be, whatever its length, and costs no memory.
    """

    __slots__ = ("_begun", "_longest", "_size")

    def __init__(self, longest: int = sys.maxsize - 1) -> None:
        self._longest = longest
        self._begun: list[bytes] = []
        self._size = 0

    def take(self, data: bytes) -> list[bytes]:
        """The lines that these bytes complete, without their newlines."""
        lines = data.split(b"\n")
        last = lines.pop()
        if lines:
            self._keep(lines[0])
            lines[0] = self.rest()
        self._keep(last)
        return lines

    def rest(self) -> bytes:
        """The line that has not ended: it ends here."""
        begun = b"".join(self._begun)
        self._begun, self._size = [], 0
        return begun

    def _keep(self, piece: bytes) -> None:
        kept = piece[: self._longest + 1 - self._size]
        if kept:
            self._begun.append(kept)
            self._size += len(kept)
