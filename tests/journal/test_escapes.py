"""A journal whose hashes are right may hold any name: none of them steers the reader's terminal."""

from pathlib import Path

import pytest

from journal.completion import metrics, names, runs
from journal.heads import Head, read_heads
from journal.ids import uuid7
from journal.writer import Writer
from tests.journal.conftest import segment_of

EVIL = "\x1b]0;PWNED\x07\x9b2J"


@pytest.fixture
def pair(book):
    """Two runs of a journal that no version of Knobwise would write: names hold escapes."""
    ids = [uuid7(), uuid7()]
    entries = [
        (uuid7(), run, "", "logged",
         {"params": {f"{EVIL}p": place}, "metrics": {f"{EVIL}m": 0.5 + place},
          "context": {f"{EVIL}c": place}, "status": "finished"})
        for place, run in enumerate(ids)
    ]  # fmt: skip
    writer = Writer(book.address)
    writer.append(entries)
    writer.close()
    return ids


def shown(outcome):
    """What the command wrote, without the escapes that may not be there."""
    both = outcome.out + outcome.err
    assert [char for char in both if not char.isprintable() and char != "\n"] == []
    return both


def test_names_with_escapes_reach_no_terminal(knobwise, book, pair):
    one, other = pair
    for words in (
        ["ls"],
        ["ls", "--columns", f"{EVIL}p"],
        ["ls", "--json"],
        ["show", one, "--history"],
        ["show", one, "--json"],
        ["best", "-m", f"{EVIL}m", "--minimize"],
        ["best", "-m", f"{EVIL}m", "--minimize", "--json"],
        ["diff", one, other],
        ["diff", one, other, "--json"],
    ):
        outcome = knobwise(*words, "--journal", book.address)
        assert outcome.status == 0
        assert "PWNED" in shown(outcome)


def test_a_completion_has_no_escapes(knobwise, book, pair):
    context = type("Context", (), {"params": {"address": book.address}})()
    assert [name for name in names(context, "") if not name.isprintable()] == []
    assert metrics(context, "") == []
    assert {run for run, _ in runs(context, "")} == {run[-8:] for run in pair}


@pytest.mark.parametrize("name", [f"{EVIL}s.jsonl", "my runs 7.jsonl", "100%25.jsonl"])
def test_a_segments_name_is_told_without_escapes_and_its_head_found_again(knobwise, book, name):
    book.log({"a": 1})
    book.log({"a": 2})
    book.close()
    place = segment_of(book).rename(Path(book.address) / name)
    head = knobwise("verify", "--head", "--journal", book.address)
    Path("head").write_text(shown(head))
    assert knobwise("verify", "--against", "head", "--journal", book.address).status == 0
    place.write_bytes(place.read_bytes().split(b"\n")[0] + b"\n")
    cut = knobwise("verify", "--against", "head", "--journal", book.address)
    assert (cut.status, "cut short" in shown(cut)) == (1, True)
    place.write_bytes(b"nothing\n")
    assert knobwise("verify", "--journal", book.address).status == 1
    shown(knobwise("verify", "--head", "--journal", book.address))


def test_a_head_that_is_no_utf8_comes_back():
    head = Head("a\udcff b\n.jsonl", 3, "0" * 32)
    assert str(head).isprintable()
    assert list(read_heads([str(head)])) == [head]


def test_what_an_import_understood_is_shown_without_escapes(knobwise):
    Path("table.csv").write_text(f"{EVIL}p,m\n\x1b[31mred,1\n", encoding="utf-8")
    shown(knobwise("import", "csv", "table.csv", "-m", "m", "--dry-run"))
    line = '{"params": {"p": "\\u001b[31mred"}, "metrics": {"m": 1}}\n'
    Path("\x1bruns.jsonl").write_text(line)
    told = knobwise("import", "jsonl", "\x1bruns.jsonl", "--dry-run")
    assert "?[31mred" in shown(told)
    assert not Path("data").exists()
