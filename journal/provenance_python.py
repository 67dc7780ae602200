"""Which Python a wrapped command runs in, and the versions of the packages there."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import threading
from collections.abc import Sequence

from journal.packing import Json
from journal.provenance import PACKAGES, installed_packages

_SECONDS = 10.0
_ASK = """
import sys
sys.path[:] = [place for place in sys.path if place]
import json, platform
from importlib.metadata import PackageNotFoundError, version
found = {}
for name in json.loads(sys.argv[1]):
    try:
        found[name] = version(name)
    except Exception:
        pass
print(json.dumps({"python": platform.python_version(), "packages": found}))
"""


def interpreter_of(words: Sequence[str]) -> str | None:
    """The Python that this command line starts; None where it starts none, or hides it."""
    program = shutil.which(words[0])
    if program is None:
        return None
    if re.fullmatch(r"(python|pypy)[\d.]*t?", os.path.basename(program)):  # noqa: PTH119
        return program
    try:
        with open(program, "rb") as file:  # noqa: PTH123 - two bytes of any program
            first = file.readline(512) if file.read(2) == b"#!" else b""
    except OSError:
        return None
    told = first.decode("utf-8", "replace").split()
    if told and os.path.basename(told[0]) == "env":  # noqa: PTH119
        told = [word for word in told[1:] if not word.startswith("-")]
    if told and re.search(r"(^|/)(python|pypy)[\d.]*t?$", told[0]):
        return shutil.which(told[0])
    return None


class PythonFacts:
    """Asks an interpreter for its packages while the program runs."""

    def __init__(self, interpreter: str | None) -> None:
        self._facts: dict[str, Json] = {}
        self._thread: threading.Thread | None = None
        if interpreter is not None:
            self._thread = threading.Thread(target=self._ask, args=(interpreter,), daemon=True)
            self._thread.start()

    def facts(self) -> dict[str, Json]:
        """``python`` and ``packages``, as far as they are known by now."""
        if self._thread is not None:
            self._thread.join(_SECONDS)
        return self._facts

    def _ask(self, interpreter: str) -> None:
        if os.path.abspath(interpreter) == os.path.abspath(sys.executable):  # noqa: PTH100
            packages: dict[str, Json] = dict(installed_packages())
            version = ".".join(map(str, sys.version_info[:3]))
            self._facts = {"python": version, "packages": packages}
            return
        try:
            done = subprocess.run(
                [interpreter, "-c", _ASK, json.dumps(PACKAGES)],
                stdin=subprocess.DEVNULL, capture_output=True, timeout=_SECONDS, check=True,
            )  # fmt: skip
            told = json.loads(done.stdout)
        except (OSError, ValueError, subprocess.SubprocessError):
            return
        if isinstance(told, dict):
            self._facts = {key: told[key] for key in ("python", "packages") if told.get(key)}
