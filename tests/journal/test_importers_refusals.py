"""``knobwise import`` of what is not there, or is none; and NaN in what was understood."""

import math
import shutil
import struct
from pathlib import Path

import pytest

import journal
from journal import absent, importers_wire
from journal.importers_wire import WireError, double, single
from journal.understanding import summary


@pytest.mark.parametrize("tracker", ["optuna", "mlflow", "wandb", "tensorboard"])
@pytest.mark.parametrize("seed", [[], ["--seed", "seed"]])
def test_a_place_that_is_not_there_is_said_and_not_the_seed(knobwise, tracker, seed):
    outcome = knobwise("import", tracker, "missing", *seed)
    assert (outcome.status, outcome.out) == (2, "")
    assert outcome.err.startswith("knobwise: No such file or directory\n")
    assert "missing" in outcome.err
    assert outcome.err.endswith(f"  {Path.cwd()} has no file\n")
    assert not Path("data").exists()


@pytest.mark.parametrize("words", [["import", "csv"], ["import", "jsonl"]])
@pytest.mark.parametrize(
    ("told", "cure"),
    [
        ("swep.txt", "did you mean sweep.txt?"),
        ("in/swep.txt", "did you mean in/sweep.txt?"),
        ("other.txt", "{here} has sweep.txt"),
        ("runs.tsv", "{here} has no .tsv"),
        ("gone/far/runs.csv", "there is no folder gone in {here}"),
        ("in", "name a file in it: sweep.txt"),
        ("bare", "it is a folder without a file"),
    ],
)
def test_of_a_file_that_cannot_be_read_is_said_what_to_name_instead(knobwise, words, told, cure):
    for folder in ("in", "bare"):
        Path(folder).mkdir()
    for place in ("sweep.txt", "in/sweep.txt"):
        Path(place).write_text("lr,acc\n")
    outcome = knobwise(*words, told)
    assert (outcome.status, outcome.out) == (2, "")
    assert outcome.err.startswith(f"knobwise: {'Is a' if told in {'in', 'bare'} else 'No such'}")
    assert outcome.err.endswith(f"^\n  {cure.format(here=Path.cwd())}\n")
    assert not Path("data").exists()


def test_of_lines_and_of_a_head_that_cannot_be_read_the_same_is_said(knobwise):
    Path("sweep.jsonl").touch()
    knobwise("log", "a=1")
    for words in (["log", "--jsonl"], ["verify", "--against"]):
        outcome = knobwise(*words, "swep.jsonl")
        assert (outcome.status, outcome.out) == (2, "")
        assert outcome.err.endswith("^\n  did you mean sweep.jsonl?\n")


def test_stdin_and_a_file_that_may_not_be_read_have_their_remedy():
    assert absent.unreadable("-", FileNotFoundError()).hint == "stdin is /dev/stdin"
    refused = absent.unreadable("a.csv", PermissionError(13, "Permission denied"))
    assert refused.hint == "who owns it lets you read it: chmod +r a.csv"
    assert absent.unreadable("a/b.csv", NotADirectoryError(20, "Not a directory")).hint == ""


@pytest.mark.parametrize("tracker", ["wandb", "tensorboard"])
def test_what_is_no_run_is_said_and_not_the_seed(knobwise, tracker):
    Path("run-1.wandb").write_text("nothing of the kind")
    outcome = knobwise("import", tracker, "run-1.wandb", "--seed", "seed")
    assert outcome.status in {1, 2}
    assert "no run has seed" not in outcome.err
    assert "run-1.wandb" in outcome.err


@pytest.mark.parametrize("form", ["csv", "jsonl"])
def test_one_that_was_interrupted_is_killed_and_what_is_no_end_is_refused(knobwise, form):
    for lr in ("1", "2", "3"):
        knobwise("log", f"lr={lr}", "-m", "acc=1", "--journal", "book")
    table = knobwise("export", "--journal", "book", "-o", f"t.{form}")
    assert table.status == 0
    lines = Path(f"t.{form}").read_text().replace("finished", "interrupted", 1)
    Path(f"t.{form}").write_text(lines.replace("finished", "queued" * 50, 1))
    done = knobwise("import", form, f"t.{form}")
    assert done.status == 1
    assert "the status is 'queuedqueued" in done.err
    assert "(one of finished, failed, killed)" in done.err
    assert len(done.err) < 500
    assert sorted(run.status for run in journal.open().runs()) == ["finished", "killed"]


def test_of_a_column_with_nan_the_range_is_that_of_the_numbers():
    some = [float(i) for i in range(7)]
    assert summary([math.nan, *some]) == "number, 8 distinct, 0 to 6 and nan"
    assert summary(some) == "number, 7 distinct, 0 to 6"


def test_a_key_that_is_no_runs_is_told_as_log_tells_it(knobwise):
    """And in the same words every time: the keys are a set."""
    Path("r.jsonl").write_text('{"metric": {"acc": 1}}\n{"lr": 0.1}\n')
    told = knobwise("import", "jsonl", "r.jsonl").err
    assert "line 1: 'metric' is not a run's (did you mean 'metrics'?)" in told
    assert "line 2: 'lr' is not a run's (a parameter belongs in params)" in told


def test_a_number_of_more_bytes_than_its_type_has_is_no_message(knobwise):
    """A varint where 8 bytes, or 4, belong: the file is read up to there, and the others are."""
    for number in (1 << 64, (1 << 70) - 1):
        with pytest.raises(WireError, match="more than 8 bytes"):
            double({1: [number]}, 1)
        with pytest.raises(WireError, match="more than 4 bytes"):
            single({1: [number >> 32]}, 1)
    assert math.isnan(double({1: [(1 << 64) - 1]}, 1) or 0)
    assert (double({1: [b"x"]}, 1), single({}, 1)) == (None, None)
    shutil.copytree(Path(__file__).with_name("files") / "tensorboard", "tensorboard")
    path = min(Path("tensorboard").rglob("*tfevents*"))
    event = b"\x08" + b"\x80" * 9 + b"\x02"
    size = struct.pack("<Q", len(event))
    sums = [struct.pack("<I", importers_wire._masked_crc(part)) for part in (size, event)]
    path.write_bytes(path.read_bytes() + size + sums[0] + event + sums[1])
    done = knobwise("import", "tensorboard", "tensorboard")
    assert (done.status, "3 runs imported" in done.err) == (1, True)
    assert f"not understood: {path}: a number of more than 8 bytes" in done.err


@pytest.mark.parametrize(
    ("text", "cure"),
    [
        ('[{"id": "x"},\n {"id": "y"}]\n', "export -o runs.jsonl writes what is read"),
        ("\n  [1]\n", "jq -c '.[]'"),
        ("lr,acc\n1,2\n", "a table is imported by import csv"),
    ],
)
def test_what_is_no_json_lines_at_all_is_told_in_one_line_with_the_way(knobwise, text, cure):
    Path("runs.json").write_text(text)
    outcome = knobwise("import", "jsonl", "runs.json")
    assert (outcome.status, outcome.out) == (2, "")
    assert outcome.err.startswith(
        "knobwise: these are no JSON lines\n  knobwise import jsonl runs."
    )
    assert cure in outcome.err.splitlines()[-1]
    Path("runs.json").write_text(f'{text}{{"params": {{"lr": 1}}}}\n')  # one of them is
    assert "1 run imported" in knobwise("import", "jsonl", "runs.json").err


def test_of_what_ls_prints_as_json_it_is_said_what_is_read(knobwise):
    Path("runs.jsonl").write_text('{"params": {"lr": 1}, "started_at": "2026-11-29T00:00:00Z"}\n')
    for words in (["import", "jsonl"], ["log", "--jsonl"]):
        told = knobwise(*words, "runs.jsonl").err
        assert "'started_at' is not a run's (not ls --json but export -o runs.jsonl" in told
