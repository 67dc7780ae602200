"""Programs of the tests, run in a Python of their own.

Those that wait for a signal sleep in short pieces: Python hears of one that comes just before a
sleep begins when that sleep is over.
"""

import os
import subprocess
import sys
import textwrap
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).parents[2]


def begin(
    program: str | Sequence[str],
    *,
    variables: dict[str, str] | None = None,
    stdin: int = subprocess.DEVNULL,
) -> subprocess.Popen[str]:
    """Start a script's text, or ``knobwise`` with these words, in the working directory."""
    if isinstance(program, str):
        words = [sys.executable, "-W", "error", "-c", textwrap.dedent(program)]
    else:
        words = [sys.executable, "-m", "journal", *program]
    environment = {key: value for key, value in os.environ.items() if "KNOBWISE" not in key}
    environment |= {"PYTHONPATH": str(ROOT), "NO_COLOR": "1", **(variables or {})}
    return subprocess.Popen(
        words,
        env=environment,
        stdin=stdin,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def end(process: subprocess.Popen[str], told: str | None = None) -> tuple[int, str, str]:
    """Wait for it, having told it this: exit status, stdout, stderr."""
    with process:
        out, err = process.communicate(told, timeout=60)
    return process.returncode, out, err


def perform(
    program: str | Sequence[str], *, variables: dict[str, str] | None = None
) -> tuple[int, str, str]:
    """Run it to its end."""
    return end(begin(program, variables=variables))


def await_line(process: subprocess.Popen[str], line: str) -> None:
    """Read its output up to this line."""
    assert process.stdout is not None
    for told in process.stdout:
        if told.strip() == line:
            return
    raise AssertionError(f"it ended without saying {line!r}")
