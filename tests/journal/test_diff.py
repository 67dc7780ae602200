"""Two runs side by side."""

import json

import journal


def two_runs() -> tuple[str, str]:
    with journal.open() as book:
        one = book.log(
            {"lr": 0.1, "act": "relu", "same": 1, "only_a": None}, metrics={"acc": 0.5, "n": 3},
            seed=0, context={"git": {"commit": "abc"}, "host": "x", "gpus": ["p", "q"]},
        )  # fmt: skip
        other = book.log(
            {"lr": 0.2, "act": "relu", "same": 1.0, "flag": True}, seed=1,
            metrics={"acc": 0.75, "n": 3}, tags=["t"],
            context={"git": {"commit": "def"}, "host": "x", "gpus": ["p"]},
        )  # fmt: skip
    return one, other


def test_what_differs_is_told_by_section(knobwise):
    one, other = two_runs()
    told = json.loads(knobwise("diff", one, other[-8:], "--json").out)
    assert (told["a"], told["b"]) == (one, other)
    assert told["parameters"]["differing"] == {
        "lr": {"a": 0.1, "b": 0.2}, "only_a": {"a": None}, "flag": {"b": True},
    }  # fmt: skip
    assert told["parameters"]["equal"] == ["act", "same"]
    assert told["metrics"] == {"differing": {"acc": {"a": 0.5, "b": 0.75}}, "equal": ["n"]}
    assert told["code"]["differing"] == {"git.commit": {"a": "abc", "b": "def"}}
    assert told["environment"] == {"differing": {"gpus.1": {"a": "q"}}, "equal": ["host", "gpus.0"]}
    assert told["run"]["differing"]["seed"] == {"a": 0, "b": 1}
    assert told["run"]["equal"] == ["status"]


def test_it_reads_as_text_and_shows_the_change(knobwise):
    one, other = two_runs()
    shown = knobwise("diff", one, other)
    lines = [line.split() for line in shown.out.splitlines()]
    assert ["acc", "0.5", "0.75", "(+0.25)"] in lines
    assert ["only_a", "null", "-"] in lines
    assert ["parameters", "(2", "equal)"] in lines
    assert max(map(len, shown.out.splitlines())) <= 80


def test_a_run_equals_itself(knobwise):
    one, _ = two_runs()
    told = json.loads(knobwise("diff", one, one, "--json").out)
    assert all(not told[title]["differing"] for title in told if title not in "ab")


def test_a_run_that_is_not_there_is_an_error(knobwise):
    one, _ = two_runs()
    missing = knobwise("diff", one, "ffffffff")
    assert (missing.status, missing.out) == (2, "")
    assert "ffffffff" in missing.err
