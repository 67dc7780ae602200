"""What the journal's tests share: a fresh journal, and the command run in this process."""

from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest
from hypothesis import settings

import journal
from journal.cli import main
from journal.journal import Journal
from journal.segments import Batch, scan

settings.register_profile("unhurried", deadline=None)
settings.load_profile("unhurried")  # no assertion here is about time


class Outcome(NamedTuple):
    """What a command did."""

    status: int
    out: str
    err: str


@pytest.fixture(autouse=True)
def in_a_folder_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("KNOBWISE_JOURNAL", raising=False)
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def book(tmp_path: Path) -> Journal:
    return journal.open(tmp_path / "book")


@pytest.fixture
def knobwise(capfd: pytest.CaptureFixture[str]) -> Callable[..., Outcome]:
    def run(*words: str) -> Outcome:
        capfd.readouterr()
        status = main(words)
        out, err = capfd.readouterr()
        return Outcome(status, out, err)

    return run


def segment_of(book: Journal) -> Path:
    """The journal's only segment."""
    (path,) = Path(book.address).glob("*.jsonl")
    return path


def whole(data: bytes, name: str, loads: Callable[[bytes], object]) -> Batch:
    """A segment's bytes as one batch."""
    one = Batch(segment=name)
    for batch in scan([data], name, loads=loads):
        one.records += batch.records
        one.offsets += batch.offsets
        one.damage += batch.damage
        one.head = batch.head
    return one
