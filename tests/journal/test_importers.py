"""Other trackers' own files, read without the trackers (tests/journal/files/README.md)."""

import math
import shutil
import sqlite3
import struct
import zlib
from contextlib import closing
from pathlib import Path

import pytest

import journal
from journal import importers_wandb
from journal.importers_wire import fields, leveldb_records, shortest, tf_records
from journal.runs import Run
from tests.journal.stores import FILES, unpack_mlruns


@pytest.fixture
def stores(tmp_path):
    """Every tracker's files where an importer may read them."""
    for name in ("optuna", "mlflow"):
        connection = sqlite3.connect(tmp_path / f"{name}.db")
        connection.executescript((FILES / f"{name}.sql").read_text())
        connection.close()
    unpack_mlruns(tmp_path)
    shutil.copy(FILES / "optuna.log", tmp_path)
    for path in FILES.glob("run-*.wandb"):
        folder = tmp_path / "wandb" / f"offline-{path.stem}"
        folder.mkdir(parents=True)
        shutil.copy(path, folder)
    shutil.copytree(FILES / "tensorboard", tmp_path / "tensorboard")
    return tmp_path


def imported(knobwise, *words: str, journal_path: str = "book") -> list[Run]:
    """The runs after importing twice, which must be as after importing once."""
    once = knobwise("import", *words, "--journal", journal_path)
    assert once.status == 0, once.err
    events = journal.open(journal_path).read().events
    again = knobwise("import", *words, "--journal", journal_path)
    assert again.err.startswith("0 runs imported, ")
    assert len(journal.open(journal_path).read().events) == len(events)
    return list(journal.open(journal_path).runs())


def told(runs: list[Run], *names: str) -> list[tuple[object, ...]]:
    return [tuple(run.params.get(name, "absent") for name in names) for run in runs]


@pytest.mark.parametrize("file", ["optuna.log", "optuna.db"])
def test_optuna(knobwise, stores, file):
    runs = imported(knobwise, "optuna", file, "--seed", "seed", "-m", "test_error")
    digits = [run for run in runs if run.tags == ("digits",)]
    assert [run.status for run in digits] == [
        "finished", "finished", "killed", "failed", "finished",
    ]  # fmt: skip
    assert told(digits, "depth", "act") == [
        (3, "leaky_relu"), (3, "leaky_relu"), (3, None), (4, "relu"), (2, "relu"),
    ]  # fmt: skip
    first = digits[0]
    lr, depth = first.params["lr"], first.params["depth"]
    assert isinstance(lr, float)
    assert isinstance(depth, int)
    assert first.metrics == {"error": lr * depth, "test_error": 0.5}
    assert first.series == {"error": ((0, 1.0), (1, 0.5), (2, 1 / 3))}
    assert digits[1].metrics["error"] == math.inf
    assert digits[2].metrics["error"] == 0.5  # the last that was reported before it was pruned
    assert [run.seed for run in digits] == [0, 1, 2, 3, 4]
    assert all(isinstance(run.params["bias"], bool) for run in digits)
    assert {run.params.get("slope", "absent") == "absent" for run in digits} == {True, False}
    assert digits[0].seconds is not None
    two = [run for run in runs if run.tags == ("two",)]
    assert [sorted(run.metrics) for run in two] == [["value_0", "value_1"]] * 2
    declared = journal.open("book").declarations()
    assert declared.metrics["error"].direction == "minimize"
    assert declared.metrics["value_1"].direction == "maximize"
    assert (declared.parameters["lr"].domain, declared.parameters["lr"].scale) == (
        (1e-5, 0.1), "log",
    )  # fmt: skip
    assert declared.parameters["act"].levels == ("relu", "leaky_relu", None)
    assert declared.parameters["n"].scale == "log"


def test_optuna_studies_and_objectives_are_chosen_by_name(knobwise, stores):
    runs = imported(knobwise, "optuna", "optuna.log", "--study", "two",
                    "--objective", "loss", "--objective", "size")  # fmt: skip
    assert [sorted(run.metrics) for run in runs] == [["loss", "size"]] * 2
    wrong = knobwise("import", "optuna", "optuna.log", "--study", "digit")
    assert (wrong.status, "there is digits, two" in wrong.err) == (2, True)
    for option in ("--seed", "-m"):
        wrong = knobwise("import", "optuna", "optuna.log", option, "sed")
        assert (wrong.status, "did you mean seed?" in wrong.err) == (2, True)


def test_optuna_torn_lines_are_named_and_the_rest_is_imported(knobwise, stores):
    lines = Path("optuna.log").read_text().splitlines(keepends=True)
    Path("optuna.log").write_text("".join([*lines[:-1], lines[-1][:20]]))
    torn = knobwise("import", "optuna", "optuna.log")
    assert torn.status == 1
    assert f"line {len(lines)} is no operation" in torn.err
    assert len(list(journal.open().runs())) == 7


@pytest.mark.parametrize("store", ["mlruns", "mlflow.db", "."])
def test_mlflow(knobwise, stores, store):
    if store == ".":
        Path("mlflow.db").unlink()
    runs = imported(knobwise, "mlflow", store, "--seed", "seed", "-m", "rating")
    assert [run.status for run in runs] == ["finished", "finished", "failed", "killed"]
    assert told(runs, "lr", "act", "flag", "optim/beta")[:3] == [
        (1.0, "relu", False, 0.9), (0.1, None, True, 0.9), (0.01, "relu", True, 0.9),
    ]  # fmt: skip
    first, second = runs[:2]
    assert first.metrics == {"loss": 1 / 3, "val/acc": 0.5, "worst": math.inf, "rating": 0.0}
    assert first.series == {"loss": ((0, 1.0), (1, 0.5), (2, 1 / 3))}
    assert math.isnan(second.metrics["val/acc"])
    assert first.notes == ("a note\nof two lines: 'quoted'",)
    assert [run.seed for run in runs] == [0, 1, 2, None]
    assert first.tags == ("digits",)
    told_of = first.context["mlflow"]
    assert isinstance(told_of, dict)
    assert (told_of["run"], told_of["tags"]) == ("run 0", {"team": "vision", "rating": "0"})
    assert first.seconds is not None


def test_mlflow_says_what_it_leaves_out_and_a_broken_run_stops_no_other(knobwise, stores):
    shown = knobwise("import", "mlflow", "mlruns", "--dry-run")
    assert "left out: 1 run that is deleted" in shown.out
    assert "left out: 1 run that is running" in shown.out
    assert "--seed seed" in shown.out
    broken = next(
        path for path in Path("mlruns").glob("*/*/meta.yaml")
        if (path.parent / "params" / "lr").is_file()
    )  # fmt: skip
    broken.write_text("")
    outcome = knobwise("import", "mlflow", "mlruns")
    assert outcome.status == 1
    assert str(broken.parent) in outcome.err
    assert len(list(journal.open().runs())) == 3


def test_wandb(knobwise, stores):
    runs = imported(knobwise, "wandb", "wandb", "--seed", "seed")
    assert [run.status for run in runs] == ["finished", "finished", "failed"]
    assert told(runs, "lr", "act", "optim.beta", "optim.layers.1", "late") == [
        (1.0, "relu", 0.9, 16, "absent"), (0.1, None, 0.9, 16, "x"),
        (0.01, "relu", 0.9, 16, "absent"),
    ]  # fmt: skip
    first = runs[0]
    assert first.metrics == {"loss": 1 / 3, "val.acc": 0.7, "best": 0.9}
    assert first.series["val.acc"] == ((0, 0.5), (1, 0.6), (2, 0.7))
    assert first.tags == ("digits", "sweep")
    assert first.notes == ("a note",)
    assert runs[2].exit_code == 1
    assert [run.seed for run in runs] == [0, 1, 2]


def test_a_wandb_file_cut_off_anywhere_is_left_out_or_named(knobwise, stores):
    (path,) = Path("wandb").glob("*-0/run-0.wandb")
    data = path.read_bytes()
    for cut in range(0, len(data) - 12, 197):
        path.write_bytes(data[:cut])
        shown = knobwise("import", "wandb", str(path), "--dry-run")
        assert shown.status in {0, 1}
        assert "without an end" in shown.err or "not understood" in shown.out
    path.write_bytes(data[:-12])
    assert knobwise("import", "wandb", str(path), "--all-ended").status == 0
    (run,) = journal.open().runs()
    assert (run.status, run.params["lr"]) == ("killed", 1.0)


def test_a_wandb_run_without_a_summary_keeps_what_was_logged_once(stores):
    """As W&B leaves one that was killed before its summary, or that was told to make none."""
    (path,) = Path("wandb").glob("*-0/run-0.wandb")
    data = path.read_bytes()
    kept, steps = bytearray(data[:7]), 0
    for record in leveldb_records(data, 7):
        steps += 2 in fields(record)
        if 3 not in fields(record) and steps < 2:
            checked = b"\x01" + record
            kept += struct.pack("<IH", zlib.crc32(checked), len(record)) + checked
    path.write_bytes(kept)
    (run,) = importers_wandb.read(path, all_ended=True).runs
    assert run.metrics == {"loss": 1.0, "val.acc": 0.5}
    assert run.status == "killed"


@pytest.mark.parametrize(
    ("files", "records"),
    [("*.wandb", lambda data: leveldb_records(data, 7)), ("tensorboard/**/*events*", tf_records)],
)
def test_a_damaged_file_is_read_up_to_there(files, records):
    paths = list(FILES.glob(files))
    assert paths
    for path in paths:
        data = path.read_bytes()
        sound = list(records(data))
        assert len(sound) > 3
        for place in range(7, len(data), 5):
            damaged = bytearray(data)
            damaged[place] ^= 0x10
            read = list(records(bytes(damaged)))
            assert len(read) < len(sound)
            assert read == sound[: len(read)]


def test_tensorboard(knobwise, stores):
    runs = imported(knobwise, "tensorboard", "tensorboard", "--seed", "seed")
    assert told(runs, "lr", "act", "depth", "flag") == [
        (1.0, "relu", 0, False), (0.1, "relu", 1, True), (0.01, "relu", 2, True),
    ]  # fmt: skip
    assert [run.metrics["acc"] for run in runs] == [0.5, 0.6, 0.7]
    assert runs[1].series == {"loss": ((0, 0.5), (1, 0.33333334), (2, 0.25))}
    assert [run.status for run in runs] == ["finished"] * 3
    assert [run.context["tensorboard"] for run in runs] == [
        {"folder": f"run{number}/hparams"} for number in range(3)
    ]


@pytest.mark.parametrize("tracker", ["optuna", "mlflow", "wandb", "tensorboard", "jsonl"])
def test_files_that_are_none_of_a_trackers_are_refused(knobwise, tracker):
    Path("text").write_text("nothing of the kind\n")
    with closing(sqlite3.connect("other.db")) as connection:
        connection.execute("CREATE TABLE t (x)")
    Path("folder").mkdir()
    for place in ("text", "other.db", "folder", "missing"):
        refused = knobwise("import", tracker, place)
        assert refused.status in {1, 2}, place
        assert refused.err.startswith(("knobwise: ", "0 runs imported"))
        assert refused.out == ""
    assert not Path("data").exists() or not list(journal.open().runs())


def test_a_dry_run_shows_what_is_understood(knobwise, stores):
    shown = knobwise("import", "optuna", "optuna.log", "--study", "digits", "--dry-run")
    assert shown.status == 0
    assert "optuna.log: 5 runs: 3 finished, 1 killed, 1 failed" in shown.out
    assert "  declared   lr: log; 1e-05 to 0.1" in shown.out
    assert "  declared   act: relu, leaky_relu, null" in shown.out
    assert "left out: 1 trial that is running" in shown.out
    assert not Path("data").exists()


def test_what_this_journal_declared_is_not_overruled(knobwise, stores):
    knobwise("declare", "metric", "error", "--direction", "maximize")
    knobwise("import", "optuna", "optuna.log")
    assert journal.open().declarations().metrics["error"].direction == "maximize"


def test_single_precision_reads_as_it_was_written():
    for value in (0.6, 1e-3, 0.1, 3.0, 1e30, 16777216.0, -0.0, 0.33333334):
        assert repr(shortest(struct.pack("<f", value))) == repr(value)
    assert math.isnan(shortest(struct.pack("<f", math.nan)))
    assert shortest(struct.pack("<f", math.inf)) == math.inf


def test_records_that_span_blocks_are_whole():
    """As LevelDB's writer lays them: fragments of a record fill each block to its end."""
    record, out = bytes(range(256)) * 400, bytearray(b"1234567")
    rest, first = memoryview(record), True
    while rest:
        room = (32 << 10) - len(out) % (32 << 10) - 7
        piece, rest = rest[:room], rest[room:]
        kind = (2 if first else 3) if rest else (1 if first else 4)
        checked = bytes([kind]) + piece
        out += struct.pack("<IH", zlib.crc32(checked), len(piece)) + checked
        first = False
    assert list(leveldb_records(bytes(out), 7)) == [record]
    assert fields(b"\x08\x96\x01\x12\x02hi") == {1: [150], 2: [b"hi"]}
