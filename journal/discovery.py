"""Where the journal is: as told, else by KNOBWISE_JOURNAL, else ``data/journal`` found upward."""

# Without pathlib, which alone would cost ``knobwise log`` a sixth of its time:
# ruff: noqa: PTH109, PTH112, PTH113, PTH117, PTH118, PTH120, PTH123, PTH208

from __future__ import annotations

import os

from journal.errors import JournalNotFound, ValueRefused

VARIABLE = "KNOBWISE_JOURNAL"
DEFAULT = os.path.join("data", "journal")


def find(told: str | os.PathLike[str] | None = None) -> str:
    """The address of the journal to use; it need not exist yet.

    Upward from the working directory, as git finds its own; where there is none, the default
    below the working directory, which the first append makes.
    """
    if told is not None:
        if not isinstance(told, str) and not isinstance(address := _path(told), str):
            hint = "give a path, an address, or nothing"
            raise ValueRefused(f"a journal is no {type(told).__name__}", hint=hint)
        if address := os.fspath(told):
            return address
    if named := os.environ.get(VARIABLE):
        return named
    here = folder = _here()
    while True:
        if os.path.isdir(os.path.join(folder, DEFAULT)):
            return os.path.join(folder, DEFAULT)
        if folder == (folder := os.path.dirname(folder)):
            return os.path.join(here, DEFAULT)


def absolute(folder: str) -> str:
    """The folder's path from the root: a program may change its working directory."""
    return folder if os.path.isabs(folder) else os.path.normpath(os.path.join(_here(), folder))


def _here() -> str:
    try:
        return os.getcwd()
    except FileNotFoundError:
        said = "the working directory is no longer there"
        raise JournalNotFound(said, **by_name("go to another, or name the journal")) from None


def _path(told: object) -> object:
    return told.__fspath__() if isinstance(told, os.PathLike) else None


def by_name(what: str, *, otherwise: str = "") -> dict[str, str]:
    """The hint to name a journal, for Python and as it is typed in a shell."""
    ways = {"hint": f"{what}: journal.open(PATH)", "typed": f"{what} with --journal"}
    return {kind: f"{way} or {VARIABLE}{otherwise}" for kind, way in ways.items()}


def is_folder(address: str) -> bool:
    """Is it a folder's path, and not a database's address?"""
    return "://" not in address


def within(folder: str) -> str:
    """A journal in a sub-folder of this one: it may have been meant. Empty if there is none."""
    try:
        names = sorted(os.listdir(folder))
    except OSError:
        return ""
    for name in (DEFAULT, *names):
        path = os.path.join(folder, name)
        if os.path.isdir(path) and begins(path):
            return path
    return ""


def begins(folder: str) -> bool:
    """Has this folder a segment? Then every file in it that ends as one is read as one."""
    try:
        for name in os.listdir(folder):
            path = os.path.join(folder, name)
            if name.endswith(".jsonl") and os.path.isfile(path):
                with open(path, "rb") as file:
                    if file.read(11) == b'{"knobwise"':
                        return True
    except OSError:
        return False
    return False


def not_found(address: str) -> JournalNotFound:
    """The error for an address that is to be read and has no journal."""
    said, near = "there is no journal here", ""
    if os.path.isdir(address):
        said, near = "no segment of a journal is in this folder", within(address)
        near = near and f"there is one in {near}"
    elif os.path.isfile(address):
        said, near = "a journal is a folder, not a file", os.path.dirname(address) or os.curdir
        near = f"it is one of the journal in {near}" if begins(near) else ""
    cure = {"hint": near} if near else by_name("name one", otherwise=", or log a first run")
    return JournalNotFound(said, where=address, **cure)
