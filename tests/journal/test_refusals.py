"""What is of a wrong type is refused by name, before anything is written, however it is logged."""

import json
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest

from journal.errors import ValueRefused


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"params": None}, "parameters are a mapping, not a NoneType"),
        ({"params": [1]}, "parameters are a mapping, not a list"),
        ({"metrics": [1]}, "metrics are a mapping, not a list"),
        ({"metrics": []}, "metrics are a mapping, not a list"),
        ({"metrics": 0.5}, "metrics are a mapping, not a float"),
        ({"tags": [3]}, "a tag is an int, not a text"),
        ({"tags": [object()]}, "a tag is an object, not a text"),
        ({"tags": [["a"]]}, "a tag is a list, not a text"),
        ({"tags": 3}, "tags are texts, not an int"),
        ({"note": 3}, "the note is an int, not a text"),
        ({"note": b"x"}, "the note is a bytes, not a text"),
        ({"at": "2026"}, "a time is a datetime, not a str"),
        ({"at": datetime.min.replace(tzinfo=timezone(timedelta(hours=9)))}, "beyond the calendar"),
    ],
)
def test_a_wrong_type_is_refused_by_name(book, given, said):
    told = {"params": {"lr": 1}, **given}
    for record in (book.log, book.logged):
        with pytest.raises(ValueRefused, match=said):
            record(**told)
    book.log({"lr": 1})
    assert len(list(book.runs())) == 1


def test_the_context_is_a_mapping(book):
    with pytest.raises(ValueRefused, match="the context is a mapping, not a list"):
        book.log({"lr": 1}, context=["a"])


def test_one_tag_is_one_tag_wherever_it_is_given(book):
    book.log({"lr": 1}, tags="sweep")
    book.append([book.logged({"lr": 1}, tags="sweep")])
    with book.run(tags="sweep"):
        pass
    assert [run.tags for run in book.runs()] == [("sweep",)] * 3


@pytest.mark.parametrize(
    ("told", "said"),
    [
        ({"note": {"x": 1}}, "the note is a dict, not a text"),
        ({"note": 3}, "the note is an int, not a text"),
        ({"tags": [["a"], None]}, "a tag is a list, not a text"),
        ({"tags": [None]}, "a tag is a NoneType, not a text"),
    ],
)
def test_a_line_s_notes_and_tags_are_texts(knobwise, book, told, said):
    Path("r.jsonl").write_text(json.dumps({"params": {"a": 1}, **told}) + "\n")
    outcome = knobwise("log", "--jsonl", "r.jsonl", "--journal", book.address)
    assert (outcome.status, said in outcome.err) == (1, True)
    outcome = knobwise("import", "jsonl", "r.jsonl", "--journal", book.address)
    assert outcome.status == 1
    assert "text" in outcome.err
    assert not Path(book.address).exists()
