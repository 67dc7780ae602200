"""Follow a journal: render again when it grows, serve the page on the loopback with live reload.

The server knows one page and its stream of events, nothing else. It answers only to its own
addresses: a page elsewhere that points its own host name here (DNS rebinding) is refused, because
a browser sends that name in `Host`. No other origin may read it either.
"""

from __future__ import annotations

import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import ClassVar

from analysis.errors import AnalysisError, InputError, Misused
from analysis.numerals import visible

Render = Callable[["Live"], str]
"""Makes the page; given what to put into it for live reload."""

_HEARTBEAT = 10.0
_NAMES = ("127.0.0.1", "localhost", "[::1]")


@dataclass(frozen=True)
class Live:
    """What a served page needs to reload itself: the nonce of its script, and which page it is."""

    nonce: str
    number: int = 1

    @property
    def version(self) -> str:
        """The name of this page among all that any server has shown."""
        return f"{self.nonce[:8]}-{self.number}"

    def policy(self, base: str) -> str:
        """The page's content policy, widened by its own script and its own server."""
        return f"{base}; script-src 'nonce-{self.nonce}'; connect-src 'self'"


@dataclass
class Board:
    """The newest page, and a bell for those who wait for the next."""

    page: bytes = b""
    version: str = ""
    ended: bool = False
    bell: threading.Condition = field(default_factory=threading.Condition)

    def put(self, text: str, version: str) -> None:
        """Show a new page."""
        with self.bell:
            self.page, self.version = text.encode("utf-8"), version
            self.bell.notify_all()

    def end(self) -> None:
        """Let everybody who waits go."""
        with self.bell:
            self.ended = True
            self.bell.notify_all()

    def wait(self, known: str) -> str:
        """The version, as soon as it differs from the known one or a heartbeat has passed."""
        with self.bell:
            self.bell.wait_for(lambda: self.ended or self.version != known, timeout=_HEARTBEAT)
            return self.version


class Server(ThreadingHTTPServer):
    """One page on 127.0.0.1."""

    daemon_threads = True
    block_on_close = False

    def __init__(self, board: Board, live: Live, *, port: int, base_policy: str) -> None:
        super().__init__(("127.0.0.1", port), Handler)
        self.board = board
        self.policy = live.policy(base_policy)
        self.hosts = {f"{name}:{self.server_port}" for name in _NAMES}
        self.hosts |= set(_NAMES) if self.server_port == 80 else set()

    @property
    def url(self) -> str:
        """Where the page is."""
        return f"http://127.0.0.1:{self.server_port}/"


class Handler(BaseHTTPRequestHandler):
    """GET / and GET /events; everything else is refused."""

    server: Server
    server_version = "Knobwise"
    sys_version = ""
    protocol_version = "HTTP/1.1"
    timeout = 60
    _ROUTES: ClassVar[dict[str, str]] = {"/": "_page", "/events": "_events"}

    def handle(self) -> None:
        """Answer what is asked; a reader may close the page in the midst of it."""
        with suppress(OSError):
            super().handle()

    def do_GET(self) -> None:
        """Answer, or refuse a foreign name before anything else."""
        if self.headers.get("Host", "").lower() not in self.server.hosts:
            self._refuse(HTTPStatus.MISDIRECTED_REQUEST, "this server answers to the loopback only")
        elif self.headers.get("Sec-Fetch-Site", "none") not in ("none", "same-origin"):
            self._refuse(HTTPStatus.FORBIDDEN, "other sites may not read this page")
        elif self.path not in self._ROUTES:
            self._refuse(HTTPStatus.NOT_FOUND, "there is only one page here: /")
        else:
            getattr(self, self._ROUTES[self.path])()

    def _page(self) -> None:
        page = self.server.board.page  # once: another may be put there meanwhile
        self._head(HTTPStatus.OK, "text/html; charset=utf-8", length=len(page))
        self.wfile.write(page)

    def _events(self) -> None:
        self._head(HTTPStatus.OK, "text/event-stream", length=None)
        board, known = self.server.board, ""
        while not board.ended:
            version = board.wait(known)
            self.wfile.write(f"data: {version}\n\n".encode() if version != known else b":\n\n")
            self.wfile.flush()
            known = version

    def _refuse(self, status: HTTPStatus, why: str) -> None:
        body = f"{why}\n".encode()
        self._head(status, "text/plain; charset=utf-8", length=len(body))
        self.wfile.write(body)

    def _head(self, status: HTTPStatus, kind: str, *, length: int | None) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Cache-Control", "no-store")
        self.send_header("X-Content-Type-Options", "nosniff")
        self.send_header("Cross-Origin-Resource-Policy", "same-origin")
        self.send_header("Referrer-Policy", "no-referrer")
        self.send_header("Content-Security-Policy", self.server.policy)
        self.send_header("Connection", "close")
        if length is not None:
            self.send_header("Content-Length", str(length))
        self.end_headers()
        self.close_connection = True

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base's name
        """Say nothing: stderr tells of the journal."""


def signature(address: str) -> object:
    """What changes when a journal's folder or a saved report's file grows.

    Raises: Misused where the address is neither.
    """
    path = Path(address)
    if path.is_file():
        return (path.stat().st_size, path.stat().st_mtime_ns)
    if not path.is_dir():
        raise Misused(
            f"{address} is no folder", where="--watch", hint="--watch follows a journal on disk"
        )
    segments = sorted(path.glob("*.jsonl"))
    return tuple((item.name, item.stat().st_size, item.stat().st_mtime_ns) for item in segments)


def follow(
    render: Render, changed: Callable[[], object], *, live: Live, policy: str, port: int = 0,
    interval: float = 1.0, outages: tuple[type[Exception], ...] = (OSError,),
) -> None:  # fmt: skip
    """Serve the page until SIGINT or SIGTERM; render it anew whenever `changed()` differs.

    Rendering never takes more than a third of the time, so that the sweep goes on. An error while
    following is told on stderr, once while it lasts, and the last good page stays. `outages` are
    errors of the journal's place, which may pass: what they broke off is tried again.
    Raises: what the first rendering raises; InputError when the port is taken.
    """
    board, stop, fault = Board(), threading.Event(), ""
    known: tuple[type[Exception], ...] = (AnalysisError, *outages)
    seen = changed()
    board.put(render(live), live.version)
    with _server(board, live, port, policy) as server, _signals(stop):
        _tell(f"following at {server.url} (end with Ctrl-C)")
        pause = interval
        while not stop.wait(pause):
            started, now = time.monotonic(), seen
            try:
                now = changed()
                if now != seen:
                    live = replace(live, number=live.number + 1)
                    board.put(render(live), live.version)
                fault = ""
            except known as error:
                if str(error) != fault:
                    _tell(f"knobwise: {error}")
                fault = str(error)
                now = now if isinstance(error, AnalysisError) else seen
            seen = now
            pause = max(interval, 2 * (time.monotonic() - started))
    _tell("ended")


def _tell(text: str) -> None:
    sys.stderr.write(f"{visible(text)}\n")
    sys.stderr.flush()


@contextmanager
def _server(board: Board, live: Live, port: int, policy: str) -> Iterator[Server]:
    try:
        server = Server(board, live, port=port, base_policy=policy)
    except OSError as error:
        raise InputError(
            f"port {port} cannot be had: {error.strerror}", where="--port", hint="try another"
        ) from error
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.1})
    thread.start()
    try:
        yield server
    finally:
        board.end()
        server.shutdown()
        thread.join()
        server.server_close()


@contextmanager
def _signals(stop: threading.Event) -> Iterator[None]:
    """SIGINT and SIGTERM ring the bell instead of breaking off a rendering."""
    if threading.current_thread() is not threading.main_thread():
        yield  # only the main thread may set handlers
        return
    kept = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    for number in kept:
        signal.signal(number, lambda _number, _frame: stop.set())
    try:
        yield
    finally:
        for number, handler in kept.items():
            signal.signal(number, handler)
