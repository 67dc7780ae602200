"""Tags: one word each, also where it looks like a list."""

import pytest

import journal

ONE = "knobwise: a,b is one tag; several are"


def test_a_tag_with_a_comma_is_one_tag_and_a_message_says_how_to_give_two(knobwise):
    logged = knobwise("log", "lr=1", "--tag", "a,b")
    begun = knobwise("start", "lr=2", "--tag", "a,b", "--tag", "c")
    beside = knobwise("run", "--tag", "a,b", "--", "true")
    later = knobwise("tag", logged.out.strip(), "d,e")
    for outcome in (logged, begun, beside):
        assert outcome.status == 0
        assert f"{ONE} --tag a --tag b\n" in outcome.err
    assert later.err.startswith("knobwise: d,e is one tag; several are d e\n")
    told = sorted(run.tags for run in journal.open().runs())
    assert told == [("a,b",), ("a,b", "c"), ("a,b", "d,e")]


@pytest.mark.parametrize("word", ["a", "a,", ",", "", "a b"])
def test_of_other_tags_nothing_is_said(knobwise, word):
    knobwise("log", "lr=1")
    assert knobwise("log", "lr=1", "--tag", word).err == ""


def test_a_message_about_a_tag_has_no_escapes(knobwise):
    assert "\x1b" not in knobwise("log", "lr=1", "--tag", "a,\x1b[31mb").err
    assert "\x1b" not in knobwise("log", "a=\x1b[31m", "b\x1b[31m=").err
    assert "\x1b" not in knobwise("log", "a=1", "--journal", "x\x1b[31m").err


@pytest.mark.parametrize(
    ("words", "hint"),
    [
        ("tag:a,b", "a filter for each: tag:a tag:b"),
        ("tag:c", "did you mean c,d? It is one tag, with a comma"),
        ("tag:a,x", "knobwise ls --columns id,tags has the tags"),
        ("tag:x", "knobwise ls --columns id,tags has the tags"),
    ],
)
def test_a_filter_by_a_list_of_tags_is_told_from_one_by_a_tag_with_a_comma(knobwise, words, hint):
    knobwise("log", "lr=1", "--tag", "a", "--tag", "b")
    knobwise("log", "lr=1", "--tag", "c,d")
    outcome = knobwise("ls", words)
    assert outcome.status == 2
    assert outcome.err.endswith(f"^\n  {hint}\n")
    assert knobwise("ls", "tag:a", "tag:b", "--csv").out.count("\n") == 2
    assert knobwise("ls", "tag:c,d", "--csv").out.count("\n") == 2
