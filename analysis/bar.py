"""Progress of one question as a bar on stderr."""

from __future__ import annotations

import sys
import time
from typing import Self, TextIO


class Bar:
    """Progress on a terminal's stderr, nothing anywhere else; gone when the work is done."""

    WIDTH = 24
    PATIENCE = 0.5

    def __init__(self, title: str, stream: TextIO | None = None) -> None:
        self.title = title
        self.stream = stream or sys.stderr
        self.started = time.monotonic()
        self.shown = False

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *reason: object) -> None:
        if self.shown:
            self.stream.write("\r\x1b[K")
            self.stream.flush()

    def tell(self, what: str, done: float) -> None:
        """Show what is being done; silent for quick work and where nobody watches."""
        if not self.stream.isatty() or time.monotonic() - self.started < self.PATIENCE:
            return
        from analysis.numerals import shown

        full = round(self.WIDTH * min(max(done, 0.0), 1.0))
        bar = "#" * full + "-" * (self.WIDTH - full)
        self.stream.write(f"\r\x1b[K{shown(self.title)[:24]} [{bar}] {shown(what)[:28]}")
        self.stream.flush()
        self.shown = True
