"""Where the journal is: as told, else by KNOBWISE_JOURNAL, else ``data/journal`` found upward."""

from __future__ import annotations

import os
from pathlib import Path

from journal.errors import JournalNotFound

VARIABLE = "KNOBWISE_JOURNAL"
DEFAULT = Path("data/journal")


def find(told: str | os.PathLike[str] | None = None) -> str:
    """The address of the journal to use; it need not exist yet.

    Upward from the working directory, as git finds its own; where there is none, the default
    below the working directory, which the first append makes.
    """
    if told is not None and os.fspath(told):
        return os.fspath(told)
    if named := os.environ.get(VARIABLE):
        return named
    here = Path.cwd()
    for folder in (here, *here.parents):
        if (folder / DEFAULT).is_dir():
            return str(folder / DEFAULT)
    return str(here / DEFAULT)


def not_found(address: str) -> JournalNotFound:
    """The error for an address that is to be read and is not there."""
    hint = f"name one with --journal or {VARIABLE}, or log a first run"
    return JournalNotFound("there is no journal here", where=address, hint=hint)
