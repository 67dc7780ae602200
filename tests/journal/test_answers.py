"""What the command answers: where there is no journal or no run, in which zone, in which format."""

import json
import re
import time
from importlib.metadata import version
from pathlib import Path

import pytest

import journal

DOCS = Path(__file__).parents[2] / "docs"


@pytest.mark.parametrize("words", [["ls"], ["verify"], ["show", "0"], ["export"]])
def test_a_folder_without_a_segment_is_no_journal(knobwise, words):
    Path("empty").mkdir()
    outcome = knobwise(*words, "--journal", "empty")
    assert (outcome.status, outcome.out) == (1, "")
    assert "empty: no segment of a journal is in this folder" in outcome.err
    knobwise("log", "lr=1")
    meant = knobwise(*words, "--journal", "data")
    assert (meant.status, meant.out) == (1, "")
    assert f"there is one in {Path('data/journal')}" in meant.err
    Path("data/journal", "x.jsonl").write_bytes(b"")  # the control: an empty segment is one
    assert knobwise("verify", "--journal", "data/journal").status == 0


def test_a_first_segment_beside_a_journal_is_announced(knobwise):
    knobwise("log", "lr=1")
    beside = knobwise("log", "lr=1", "--journal", "data")
    assert beside.err == "knobwise: a new journal in data (there is one in data/journal)\n"
    assert knobwise("log", "lr=1", "--journal", "data").err == ""
    Path("other").mkdir()
    assert knobwise("note", "x", "y", "--journal", "other").status == 1
    assert not list(Path("other").iterdir())


@pytest.fixture
def new_york(monkeypatch):
    monkeypatch.setenv("TZ", "America/New_York")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


@pytest.mark.usefixtures("new_york")
def test_times_for_people_are_local_and_say_so(knobwise):
    run = knobwise("log", "lr=1", "--at", "2026-11-23T14:05").out.strip()
    head, row = knobwise("ls", "--columns", "started,lr").out.splitlines()
    assert head.split("  ")[0].strip() == "started (-0500)"
    shown = row.split("  ")[0]
    assert shown == "2026-11-23 14:05"
    assert run[-8:] in knobwise("ls", f"since:{shown.replace(' ', 'T')}").out
    assert "2026-11-23 14:05:00 -0500" in knobwise("show", run, "--history").out
    assert "2026-11-23T19:05:00.000000Z" in knobwise("ls", "--csv").out
    assert "2026-11-23T19:05:00.000000Z" in knobwise("ls", "--json").out
    other = knobwise("log", "lr=1", "--at", "2026-07-01T12:00").out.strip()
    assert "2026-07-01 12:00:00 -0400" in knobwise("diff", run, other).out
    assert "started (local)" in knobwise("ls").out  # two offsets have no one heading
    knobwise("log", *(word for i in range(4) for word in ("-m", f"{'n' * 14}{i}=1")))
    assert "started, " in knobwise("ls").err  # by the name that --columns takes


def test_a_value_that_a_shell_left_empty_is_wondered_at(knobwise):
    run = knobwise("log", "lr=1").out.strip()
    for words in (["log", "-m", "acc=1"], ["start"], ["amend", run]):
        outcome = knobwise(*words, "lr=", "act=null")
        said = [line for line in outcome.err.splitlines() if "that is null" in line]
        assert (outcome.status, said) == (0, ["knobwise: nothing stands after lr=; that is null"])
    for run in json.loads(knobwise("ls", "--json").out):
        assert run["params"] == {"lr": None, "act": None}


def test_a_run_that_began_in_the_future_is_wondered_at(knobwise):
    later = knobwise("log", "lr=1", "--at", "2999-01-01", "--journal", "a")
    assert (later.status, later.err.splitlines()[0]) == (
        0, "knobwise: 2999-01-01 lies in the future; it is recorded as given",
    )  # fmt: skip
    assert len(later.out.strip()) == 36
    assert knobwise("log", "lr=1", "--at", "2020-01-01", "--journal", "a").err == ""


def test_a_list_of_nothing_is_nothing_on_stdout(knobwise):
    knobwise("log", "lr=1")
    outcome = knobwise("ls", "lr<0")
    assert outcome == (0, "", "no run is listed; 1 run is in the journal\n")
    assert knobwise("ls", "lr<0", "--json").out == "[]\n"


def test_one_format_is_asked_for(knobwise):
    knobwise("log", "lr=1", "-m", "acc=1")
    outcome = knobwise("best", "-m", "acc", "--maximize", "--json", "--csv")
    assert (outcome.status, "give one of the two" in outcome.err) == (2, True)


def test_the_version_and_a_short_help(knobwise):
    assert knobwise("--version").out == f"knobwise {version('knobwise')}\n"
    assert knobwise("-h").out == knobwise("--help").out
    assert "--version" in knobwise("-h").out
    for command in ("ls", "log", "metric", "run"):
        assert knobwise(command, "-h").out == knobwise(command, "--help").out
    assert knobwise("run", "--", "echo", "-h").out.startswith("-h\n")


def test_the_formats_that_the_page_tells_of_are_those_there_are():
    page = (DOCS / "reading.md").read_text(encoding="utf-8")
    commands = (DOCS / "cli.md").read_text(encoding="utf-8").split("\n## knobwise ")[1:]
    for option in ("--json", "--csv"):
        (told,) = re.findall(rf"^`{option}`: ([^.;]*)", page, re.MULTILINE)
        have = [one.split("\n")[0] for one in commands if f"| `{option}` |" in one]
        assert re.findall(r"`(\w+)`", told) == have


@pytest.mark.parametrize("words", [["show", "zzzz"], ["note", "zzzz", "x"], ["ls", "id=zzzz"]])
def test_an_id_that_no_run_has_is_an_error_of_usage(knobwise, words):
    knobwise("log", "lr=1")
    outcome = knobwise(*words)
    assert (outcome.status, outcome.out) == (2, "")
    assert "no run has the id zzzz" in outcome.err


def test_a_metric_at_a_step_is_for_the_analyst(knobwise):
    knobwise("log", "lr=1", "-m", "loss=1")
    asked = knobwise("best", "-m", "loss@10", "--minimize")
    assert (asked.status, asked.out) == (2, "")
    assert "loss@10 is for importance, report and plan" in asked.err
    assert "did you mean loss?" in knobwise("best", "-m", "los", "--minimize").err


def test_of_two_metrics_none_is_taken_without_a_word(knobwise):
    for number in (1, 2):
        knobwise("log", f"a={number}", "-m", f"acc={number}", "-m", f"loss={number}")
    outcome = knobwise("best", "-m", "acc", "--metric", "loss")
    assert (outcome.status, outcome.out) == (2, "")
    assert "--metric is given more than once" in outcome.err
    assert "give one, and ask again for another" in outcome.err
    # What has a default may be given again, as behind an alias; what stands once is as before.
    again = knobwise("best", "-m", "loss", "-n", "1", "-n", "2", "--minimize", "--csv")
    assert (again.status, len(again.out.splitlines())) == (0, 3), again


@pytest.mark.parametrize(
    "words",
    [
        "log a=1 --note A --note=B",
        "log a=1 --seed 1 --seed 2",
        "log a=1 --status failed --status finished",
        "log a=1 --seconds 1 --seconds 2",
        "log a=1 --at 2026-01-01 --at 2026-01-02",
        "log --jsonl a --jsonl b",
        "run --note A --note B -- true",
        "run --seed 1 --seed=2 -- true",
        "start a=1 --note A --note B",
        "metric 01a22438-4d73-77d7-ac9b-7c4d144edead loss=1 --step 1 --step 2",
        "finish 01a22438-4d73-77d7-ac9b-7c4d144edead --error A --error B",
        "amend 01a2 a=2 --reason A --reason B",
        "retract 01a2 --reason A --reason B",
    ],
)
def test_what_is_recorded_once_is_not_said_twice(knobwise, words):
    """The first was lost without a word."""
    twice = next(word.partition("=")[0] for word in [*words.split()[2:], "--jsonl"]
                 if word.startswith("--") and word != "--")  # fmt: skip
    refused = knobwise(*words.split())
    assert (refused.status, refused.out) == (2, "")
    assert f"{twice} is given more than once" in refused.err
    assert not Path("data/journal").exists()


def test_the_journal_may_be_named_again_as_after_an_alias(knobwise):
    assert knobwise("log", "a=1", "--journal", "one", "--journal", "two").status == 0
    assert knobwise("run", "--journal", "one", "--journal", "two", "--prefix", "x:", "--prefix",
                    "y:", "--", "true").status == 0  # fmt: skip
    assert len(list(journal.open("two").runs())) == 2
    assert not Path("one").exists()


def test_a_seed_larger_than_all_floats_is_a_seed_and_a_value_like_any(knobwise):
    """As a parameter of that name; two runs with one seed and one result are one of them."""
    for lr, seed in (("1", "0"), ("1", "1"), ("1", "1"), ("2", "0"), ("2", "inf"), ("2", "nan")):
        knobwise("log", f"lr={lr}", f"seed={seed}".replace("=1", "=1" + "0" * 400), "-m", "acc=0.5")
    told = json.loads(knobwise("best", "-m", "acc", "--maximize", "--json").out)
    assert sorted((c["params"]["lr"], c["n"]) for c in told["configurations"]) == [(1, 2), (2, 3)]
    declared = knobwise("declare", "parameter", "seed", "--domain", "0:5")
    assert declared.status == 0
    assert "2 runs have seed = 1000" in declared.err
    assert "outside its domain 0 to 5" in declared.err


def test_best_the_other_way_round_than_declared_is_said(knobwise):
    for number in (1, 2, 3):
        knobwise("log", f"a={number}", "-m", f"acc={number}")
    knobwise("declare", "metric", "acc", "--direction", "maximize")
    turned = knobwise("best", "-m", "acc", "--minimize")
    said = "acc was declared maximize; --minimize asks for the other end\n"
    assert (turned.status, turned.err) == (0, said)
    for words in ([], ["--maximize"]):
        assert knobwise("best", "-m", "acc", *words).err == ""


def test_of_two_files_to_export_to_none_is_left_unwritten_without_a_word(knobwise):
    knobwise("log", "a=1", "-m", "acc=1")
    refused = knobwise("export", "-o", "x.csv", "--output=y.csv")
    assert (refused.status, refused.out) == (2, "")
    assert "--output is given more than once\n" in refused.err
    assert not Path("y.csv").exists()
    assert knobwise("export", "-o", "x.csv").status == 0
