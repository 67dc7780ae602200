"""A file that was named on the command line and cannot be read: why, and what to name instead."""

from __future__ import annotations

import os
from pathlib import Path

from journal.errors import UsageError
from journal.guesses import nearest

_LISTED = 8
"""Most names of files in a hint."""


def unreadable(told: str | os.PathLike[str], failed: OSError) -> UsageError:
    """The error for a file or folder that was ``told`` and could not be opened."""
    word = os.fspath(told)
    return UsageError(failed.strerror or str(failed), word=word, hint=_remedy(Path(word), failed))


def _remedy(path: Path, failed: OSError) -> str:
    if isinstance(failed, PermissionError):
        return f"who owns it lets you read it: chmod +r {path}"
    if isinstance(failed, IsADirectoryError):
        there = _names(path, "")
        return f"name a file in it: {_few(there)}" if there else "it is a folder without a file"
    if not isinstance(failed, FileNotFoundError):
        return ""
    if str(path) == "-":
        return "stdin is /dev/stdin"
    folder = path.parent
    if not folder.is_dir():
        gone = next((one for one in (folder, *folder.parents) if one.parent.is_dir()), folder)
        return f"there is no folder {gone} in {gone.parent.absolute()}"
    if near := nearest(path.name, _names(folder, None)):
        return f"did you mean {folder / near}?"
    alike = _names(folder, path.suffix)
    place = folder.absolute()
    return f"{place} has {_few(alike)}" if alike else f"{place} has no {path.suffix or 'file'}"


def _names(folder: Path, ending: str | None) -> list[str]:
    """What is in the folder; with an ``ending``, files alone: those that end so (empty: all)."""
    try:
        there = sorted(one for one in folder.iterdir() if not one.name.startswith("."))
    except OSError:
        return []
    if ending is None:
        return [one.name for one in there]
    return [one.name for one in there if one.name.endswith(ending) and one.is_file()]


def _few(names: list[str]) -> str:
    return ", ".join(names[:_LISTED]) + (" …" if len(names) > _LISTED else "")
