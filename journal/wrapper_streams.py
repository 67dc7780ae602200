"""The output of a wrapped program: passed on byte for byte, looked at on its way.

Where the output goes to a terminal, the program gets a terminal too (a pseudo-terminal that
changes nothing), so colours and progress bars stay; else a pipe. Where stdout and stderr are one
file, one channel carries both, and their order stays.
"""

from __future__ import annotations

import os
import select
import selectors
from collections.abc import Callable

CHUNK = 1 << 16
TAIL_BYTES = 8 << 10
"""How much of the end of the output is kept, should the program fail."""
_DRAIN_SECONDS = 2.0
_SILENCE_SECONDS = 0.2


class Channel:
    """One way of output: what the program writes to, what is read, where it goes."""

    def __init__(self, target: int) -> None:
        self.target = target
        self.terminal = os.isatty(target)
        self.source, self.sink = _open_terminal(target) if self.terminal else os.pipe()

    def resize(self) -> None:
        """Give the pseudo-terminal its terminal's size."""
        if self.terminal:
            _copy_size(self.target, self.source)

    def read(self) -> bytes:
        """What has come; empty at the end."""
        try:
            return os.read(self.source, CHUNK)
        except OSError:  # a pseudo-terminal whose other side is closed
            return b""

    def pass_on(self, data: bytes) -> bool:
        """Write it where it belongs; False where nobody reads there any more."""
        view = memoryview(data)
        while view:
            try:
                view = view[os.write(self.target, view) :]
            except BlockingIOError:
                select.select([], [self.target], [])
            except OSError:
                return False
        return True


class Streams:
    """Both outputs of a program, and the end of what it said."""

    def __init__(self, look: Callable[[int, bytes], None]) -> None:
        self._look = look
        self._tail = b""
        self._selector = selectors.DefaultSelector()
        out = Channel(1)
        self.channels = [out] if _one_file(1, 2) else [out, Channel(2)]
        for channel in self.channels:
            self._selector.register(channel.source, selectors.EVENT_READ, channel)

    @property
    def sinks(self) -> tuple[int, int]:
        """What the program gets as stdout and stderr."""
        return self.channels[0].sink, self.channels[-1].sink

    @property
    def tail(self) -> str:
        """The end of the output, stdout and stderr as they came."""
        return self._tail.decode("utf-8", "replace").replace("\r\n", "\n")

    def resize(self) -> None:
        """The terminal has another size."""
        for channel in self.channels:
            channel.resize()

    def begin(self) -> None:
        """The program has its ends: close ours, or the end would never be seen."""
        for sink in {channel.sink for channel in self.channels}:
            os.close(sink)

    def pump(self, seconds: float) -> bool:
        """Pass on what comes within this time; False if nothing came."""
        ready = self._selector.select(seconds) if self._selector.get_map() else []
        for key, _ in ready:
            channel: Channel = key.data
            data = channel.read()
            if data:
                self._tail = (self._tail + data)[-TAIL_BYTES:]
                self._look(channel.target, data)
            if not data or not channel.pass_on(data):
                self._selector.unregister(channel.source)
                os.close(channel.source)
        return bool(ready)

    @property
    def ended(self) -> bool:
        """Has every output ended?"""
        return not self._selector.get_map()

    def drain(self) -> None:
        """The program has ended: pass on what is left, without waiting for what it left behind."""
        import time

        end = time.monotonic() + _DRAIN_SECONDS
        while not self.ended and time.monotonic() < end and self.pump(_SILENCE_SECONDS):
            pass

    def close(self) -> None:
        """Let go of what is open."""
        for key in list(self._selector.get_map().values()):
            self._selector.unregister(key.fileobj)
            os.close(key.fd)
        self._selector.close()


def _one_file(one: int, other: int) -> bool:
    first, second = os.fstat(one), os.fstat(other)
    return (first.st_dev, first.st_ino) == (second.st_dev, second.st_ino)


def _open_terminal(target: int) -> tuple[int, int]:
    """A pseudo-terminal like the target, but one that leaves the bytes as they are."""
    import termios

    source, sink = os.openpty()
    settings = termios.tcgetattr(target)
    settings[1] &= ~termios.OPOST
    termios.tcsetattr(sink, termios.TCSANOW, settings)
    _copy_size(target, source)
    return source, sink


def _copy_size(target: int, source: int) -> None:
    import fcntl
    import termios

    size = fcntl.ioctl(target, termios.TIOCGWINSZ, bytes(8))
    fcntl.ioctl(source, termios.TIOCSWINSZ, size)
