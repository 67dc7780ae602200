"""The command, with the packages that came with it: `knobwise`, or `python -m knobwise`.

A project may have a package `analysis` or `journal` of its own, and stand before ours on the path
(PYTHONPATH, or the folder that `python -m` starts in).
"""

from __future__ import annotations

import os
import sys


def main() -> int:
    """Run one command and return its exit status."""
    sys.path.insert(0, os.path.dirname(__file__))  # noqa: PTH120 - pathlib costs `log` its haste
    try:
        import analysis  # noqa: F401 - both stay: their modules are looked for in their folders
        import journal  # noqa: F401
    finally:
        del sys.path[0]
    from analysis.cli import main as command

    return command()


if __name__ == "__main__":
    sys.exit(main())
