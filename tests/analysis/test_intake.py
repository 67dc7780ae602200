"""Frames from journals: what was logged and declared arrives in the frame."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

import journal
from analysis.errors import DirectionUnknown, InputError, UnknownMetric, UnknownParameter
from analysis.findings import findings
from analysis.frame import Frame
from analysis.runs import flat
from analysis.space import Condition
from journal.events import Declared, Metrics, Retracted
from journal.ids import uuid7

START = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.fixture
def book(tmp_path):
    """40 runs of 20 configurations, two seeds each; the slope exists under leaky_relu only."""
    rng = np.random.default_rng(0)
    with journal.open(tmp_path / "book") as opened:
        events = []
        for i in range(20):
            act = ("relu", "leaky_relu")[i % 2]
            params: dict[str, object] = {
                "act": act,
                "optim": {"lr": float(10 ** rng.uniform(-4, -1))},
            }
            if act == "leaky_relu":
                params["slope"] = float(rng.uniform(0.01, 0.3))
            events += [
                opened.logged(
                    params,
                    metrics={"loss": float(rng.uniform(1, 2)), "epochs": 10},
                    seed=seed,
                    at=START + timedelta(minutes=2 * i + seed),
                    seconds=1.5,
                    context={
                        "host": f"node{seed}",
                        "git": {"commit": "abc"},
                        "command": ["python", "my fit.py"],
                        "gpus": [1],
                    },
                )
                for seed in (0, 1)
            ]
        opened.append(events)
        yield opened


def declare(book: journal.Journal, **said) -> None:
    event = book.logged({}, metrics={})
    book.append([Declared(id=event.id, run=None, at=event.at, **said)])


def read(book: journal.Journal, **options) -> Frame:
    options = {"metric": "loss", "direction": "minimize", **options}
    return Frame.from_journal(book.address, **options)


def test_what_was_logged_arrives(book):
    frame = read(book)
    assert (frame.n_runs, frame.n_configurations) == (40, 20)
    assert frame.space.names == ("act", "optim.lr", "slope")
    assert frame.space["slope"].condition == Condition("act", ("leaky_relu",))
    assert set(frame.seeds) == {0, 1}
    assert (frame.seconds == 1.5).all()
    assert frame.order[1] - frame.order[0] == 60
    assert list(frame.other_metrics) == ["epochs"]
    recorded = {"host": "node0", "git.commit": "abc", "command": "python 'my fit.py'"}
    assert frame.context[0] == recorded


def test_a_frame_knows_what_the_journal_was_asked(book):
    journal_of = ("journal", str(book.address))
    assert read(book).asked == (journal_of, ("minimize", True))
    declare(book, metric="loss", direction="maximize")
    asked = read(book, direction=None, where=["act=relu", "seed=0"], block="host").asked
    assert asked == (
        journal_of, ("where", "act=relu"), ("where", "seed=0"), ("block", "host")
    )  # fmt: skip
    overruled = read(book, direction=None, otherwise="minimize")
    assert (overruled.direction, overruled.asked) == ("maximize", (journal_of,))


def test_what_was_declared_wins(book):
    declare(book, metric="loss", direction="maximize", unit="nats")
    declare(book, parameter="optim.lr", domain=(1e-5, 1.0), scale="log")
    declare(book, parameter="slope", role="nuisance")
    frame = read(book, direction=None)
    assert (frame.direction, frame.unit) == ("maximize", "nats")
    assert frame.space["optim.lr"].domain == (1e-5, 1.0)
    assert [p.name for p in frame.nuisance] == ["slope"]
    assert read(book).direction == "minimize"  # what is asked for wins over what was declared


def test_a_direction_is_needed(book):
    with pytest.raises(DirectionUnknown, match="is high or low loss good") as caught:
        read(book, direction=None)
    assert "--maximize or --minimize; or say it once" in caught.value.typed
    assert caught.value.hint.startswith('direction="maximize" or "minimize"; or say it once')
    assert caught.value.hint.endswith("knobwise declare metric loss --direction WHICH")


def test_an_unknown_metric_brings_the_nearest_name(book):
    with pytest.raises(UnknownMetric, match="no run has the metric 'los'") as caught:
        read(book, metric="los")
    assert caught.value.hint == "did you mean loss?"


def test_blocks_are_parameters_or_context(book):
    frame = read(book, block=["host"])
    assert list(frame.blocks) == ["host"]
    assert frame.n_configurations == 40
    frame = read(book, block=["act"])
    assert list(frame.blocks) == ["act"]
    assert "act" not in frame.space.names
    with pytest.raises(UnknownParameter, match="'machine'"):
        read(book, block=["machine"])


def test_retracted_runs_are_not_there(book):
    run = next(iter(book.runs()))
    event = book.logged({})
    book.append([Retracted(id=event.id, run=run.id, at=event.at, reason="wrong data")])
    assert run.id not in read(book).run_ids
    assert read(book).n_runs == 39


def test_failed_runs_and_runs_without_the_metric_are_counted(book):
    book.log({"act": "relu", "optim.lr": 0.5}, status="failed")
    book.log({"act": "relu", "optim.lr": 0.5}, metrics={"epochs": 1})
    frame = read(book)
    assert (frame.n_runs, frame.n_failed) == (40, 1)
    assert [(e.reason, e.count) for e in frame.excluded] == [("without a value of loss", 1)]


def test_damage_is_a_finding_not_an_error(book, tmp_path):
    (segment,) = (tmp_path / "book").glob("*.jsonl")
    lines = segment.read_bytes().splitlines(keepends=True)
    lines[5] = lines[5].replace(b'"loss":1', b'"loss":7')
    segment.write_bytes(b"".join(lines))
    frame = read(book)
    assert frame.n_runs == 39
    assert [note.code for note in frame.notes] == ["damage"]
    assert "knobwise verify" in frame.notes[0].hint


def test_the_digest_names_the_runs_not_the_files(book, tmp_path):
    first = read(book).digest
    with journal.open(tmp_path / "copy") as copy:
        copy.append(book.read().events)
        assert read(copy).digest == first
        copy.log({"act": "relu", "optim.lr": 0.5}, metrics={"loss": 1.0})
        assert read(copy).digest != first


def test_a_change_between_commits_is_found(book):
    rng = np.random.default_rng(1)
    events = [
        book.logged(
            {"act": "relu", "optim.lr": float(10 ** rng.uniform(-4, -1))},
            metrics={"loss": float(rng.uniform(1, 2)) + (0.6 if i % 3 == 0 else 0)},
            context={"git": {"commit": "old" if i % 3 == 0 else "abc"}},
            at=START + timedelta(minutes=100 + i),
        )
        for i in range(90)
    ]
    book.append(events)
    assert "versions" in {f.code for f in findings(read(book))}
    assert "versions" not in {f.code for f in findings(read(book, block=["git.commit"]))}


def test_nested_context_is_flattened():
    assert flat({"a": {"b": {"c": 1}}, "d": [1], "e": None}) == {"a.b.c": 1, "e": None}


def test_a_parameter_that_older_runs_did_not_record_is_named(book):
    rng = np.random.default_rng(2)
    for _ in range(20):
        params = {"act": "relu", "optim.lr": 0.1, "momentum": float(rng.uniform(0, 0.99))}
        book.log(params, metrics={"loss": float(rng.uniform(1, 2))})
    frame = read(book)
    assert [note.code for note in frame.notes] == ["absent"]
    assert frame.notes[0].parameters == ("momentum",)
    assert "40 of 60 runs" in frame.notes[0].message
    assert 0 < frame.space["momentum"].none_share < 1


def test_null_that_was_recorded_is_a_value_and_no_absence(book):
    rng = np.random.default_rng(2)
    for i in range(20):
        clip = None if i % 2 else float(rng.uniform(0, 1))
        book.log(
            {"act": "relu", "optim.lr": float(10 ** rng.uniform(-4, -1)), "clip": clip},
            metrics={"loss": 1.0 + i},
            tags=["new"],
        )
    frame = read(book, where=["tag:new"])
    assert read(book, where="tag:new").run_ids == frame.run_ids, "one filter may stand alone"
    assert (frame.n_runs, frame.notes) == (20, ())


def test_a_metric_can_be_read_at_a_step(tmp_path):
    with journal.open(tmp_path / "steps") as book:
        for i in range(3):
            event = book.logged({"lr": 0.1 * (i + 1)}, metrics={"loss": 0.0})
            steps = tuple(range(0, 10 * (i + 1), 5))
            curve = Metrics(
                id=uuid7(),
                run=event.run,
                at=event.at,
                step=steps,
                name=("loss",) * len(steps),
                value=tuple(100.0 * i + step for step in steps),
            )
            book.append([event, curve])
        frame = Frame.from_journal(book.address, metric="loss", direction="minimize", step=12)
    assert frame.metric == "loss@12"
    assert frame.objective.tolist() == [110.0, 210.0]
    assert [e.reason for e in frame.excluded] == ["without a value of loss@12"]


def test_a_filter_that_keeps_nothing_is_an_error_of_its_own(book):
    with pytest.raises(InputError, match=r"of 40 runs none meets optim\.lr<-5\n"):
        read(book, where=["optim.lr<-5"])
    with pytest.raises(InputError, match="of 40 runs none meets act=relu and seed=9"):
        read(book, where=["act=relu", "seed=9"])


def test_a_filter_that_the_only_run_does_not_meet_is_said_so(tmp_path):
    one = journal.open(tmp_path / "one")
    one.log({"lr": 0.1}, metrics={"loss": 1.0})
    with pytest.raises(InputError, match="the only run does not meet lr>3"):
        read(one, where=["lr>3"])


def test_a_journal_in_which_nothing_finished_is_read_all_the_same(tmp_path):
    empty = journal.open(tmp_path / "none")
    empty.log({"lr": 0.1}, status="failed")
    frame = read(empty, metric="loss")
    assert (frame.n_runs, frame.n_failed) == (0, 1)


@pytest.mark.parametrize(("ends", "said"), [((1, 3, 9, 27), True), ((27, 27, 27, 27), False)])
def test_runs_that_were_stopped_early_are_said_to_have_another_budget(tmp_path, ends, said):
    book = journal.open(tmp_path / "book")
    for number in range(12):
        with book.run({"lr": number / 10}) as run:
            for step in range(1, ends[number % 4] + 1):
                run.log(step, acc=step / 30 + number / 100)
    frame = Frame.from_journal(tmp_path / "book", metric="acc", direction="maximize")
    found = [f for f in findings(frame) if f.code == "budgets"]
    assert bool(found) is said
    if said:
        assert "in 9 of 12 runs before the last one" in found[0].message
        assert "-m acc@1" in found[0].hint
        at = Frame.from_journal(tmp_path / "book", metric="acc@1", direction="maximize")
        assert not [f for f in findings(at) if f.code == "budgets"]


@pytest.mark.parametrize("other", [float("inf"), None, 0.0])
def test_the_digest_tells_what_is_no_number_apart(tmp_path, other):
    with journal.open(tmp_path / "first") as book:
        entry = book.logged({"a": float("nan")}, metrics={"loss": 1.0})
    digests = []
    for name, value in (("nan", float("nan")), ("again", float("nan")), ("other", other)):
        with journal.open(tmp_path / name) as book:
            book.append([replace(entry, params={"a": value})])
            digests.append(read(book).digest)
    assert digests[0] == digests[1] != digests[2]


@pytest.mark.parametrize("only_by", ["sgd", None], ids=["of one block", "by chance"])
def test_a_parameter_of_some_blocks_alone_is_not_told_to_be_given_a_value(tmp_path, only_by):
    """The script of one optimizer has a momentum, and optimizers are compared as blocks."""
    rng = np.random.default_rng(4)
    with journal.open(tmp_path) as there:
        for i in range(60):
            params = {"opt": ("adam", "sgd", "lion")[i % 3], "lr": float(rng.random())}
            if params["opt"] == only_by or (only_by is None and rng.random() < 1 / 3):
                params["momentum"] = float(rng.random())
            there.log(params, metrics={"loss": float(rng.random())})
    notes = read(there, block=["opt"]).notes
    (note,) = (note for note in notes if note.code == "absent")
    assert ("opt = sgd" in note.message) == (only_by == "sgd")
    assert ("knobwise default" in note.hint) == (only_by is None)
    assert ("--where 'momentum!=null'" in note.hint) == (only_by == "sgd")
