"""``journal.run`` within one process: what is recorded, ends, threads, resume."""

import threading
import time
import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import journal
from journal.endings import ERROR_LETTERS
from journal.events import Amended, Finished, Metrics, Started
from journal.journal import Journal
from journal.runs import Run


def only(book: Journal) -> Run:
    (run,) = book.runs()
    return run


def wait_for(condition: Callable[[], Any], seconds: float = 20.0) -> None:
    """Until it holds; the limit is for a broken program, not a measure."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it never came to pass"
        time.sleep(0.02)


def test_a_run_is_recorded_from_its_first_moment_to_its_result(book):
    with book.run(
        {"optim": {"lr": 3e-4}, "x/y": None}, batch=64, seed=0, tags=["a"], note="n"
    ) as run:
        under_way = only(book)
        for step in range(3):
            run.log(step, {"val/loss": step / 2}, loss=step)
        run.result(accuracy=0.5)
        run.result({"accuracy": 0.93})
        run.note("second")
        run.tag("b", "c")
    assert (under_way.status, under_way.params) == ("running", run.params)
    told = only(book)
    assert told.id == run.id
    assert dict(told.params) == {"optim.lr": 3e-4, "x/y": None, "batch": 64}
    assert (told.seed, told.status, told.error) == (0, "finished", None)
    assert told.metrics == {"accuracy": 0.93, "loss": 2.0, "val/loss": 1.0}
    assert told.series["loss"] == ((0, 0.0), (1, 1.0), (2, 2.0))
    assert (told.tags, told.notes) == (("a", "b", "c"), ("n", "second"))
    assert told.seconds is not None
    assert told.seconds >= 0


def test_the_context_says_where_it_came_from(book, monkeypatch):
    monkeypatch.setenv("OMP_NUM_THREADS", "3")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "never-to-be-seen")
    with book.run():
        pass
    context: Any = dict(only(book).context)
    assert context["env"]["OMP_NUM_THREADS"] == "3"
    assert {"command", "cwd", "host", "os", "python", "cpus"} <= context.keys()
    assert "never-to-be-seen" not in repr(context)


@pytest.mark.parametrize(
    ("error", "status", "told"),
    [
        (ValueError("loss is nan"), "failed", "ValueError: loss is nan"),
        (KeyboardInterrupt(), "killed", "KeyboardInterrupt"),
        (SystemExit(0), "finished", None),
        (SystemExit(3), "failed", "exit code 3"),
        (SystemExit(True), "failed", "exit code 1"),
        (SystemExit(False), "finished", None),
        (SystemExit("no data"), "failed", "no data"),
        (MemoryError(), "failed", "MemoryError"),
        (ValueError("x" * 10_000 + "\ud800"), "failed", None),
    ],
)
def test_an_exception_ends_the_run_and_goes_on_its_way(book, error, status, told):
    def train():
        with book.run(lr=1) as run:
            run.log(0, loss=1)
            raise error

    with pytest.raises(type(error)) as raised:
        train()
    assert raised.value is error
    ended = only(book)
    assert ended.status == status
    assert len(ended.error or "") <= ERROR_LETTERS
    if told is not None or status == "finished":
        assert ended.error == told
    assert ended.metrics == {"loss": 1.0}


def test_a_failure_that_is_no_exception_is_one_all_the_same(book):
    with book.run() as run:
        run.fail("diverged at step 12")
        run.result(loss=float("inf"))
    ended = only(book)
    assert (ended.status, ended.error) == ("failed", "diverged at step 12")
    assert ended.metrics == {"loss": float("inf")}


def test_values_are_written_in_columns_and_within_the_second(book):
    with book.run() as run:
        for step in range(500):
            run.log(step, loss=step, acc=-step)
        run.result(best=1)
        wait_for(lambda: len(only(book).series.get("acc", ())) == 500)
        wait_for(lambda: only(book).metrics.get("best") == 1)
        assert only(book).status == "running"
    kinds = [type(event) for event in book.read().events]
    assert (kinds[0], kinds[-1]) == (Started, Finished)
    assert set(kinds[1:-1]) == {Metrics, Amended}
    assert len(kinds) <= 50


def test_many_threads_log_into_one_run_and_nothing_is_lost(book):
    with book.run() as run:

        def work(name):
            for step in range(400):
                run.log(step, {name: step})
                if step % 100 == 0:
                    run.flush()

        threads = [threading.Thread(target=work, args=(f"m{i}",)) for i in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    series = only(book).series
    assert sorted(series) == [f"m{i}" for i in range(8)]
    assert all(points == tuple((s, float(s)) for s in range(400)) for points in series.values())


def test_more_values_than_a_line_holds_make_several_lines(book, monkeypatch):
    monkeypatch.setattr("journal.outbox.LINE_BYTES", 20_000)
    name = "é" * 200
    with book.run() as run:
        for step in range(200):
            run.log(step, {name: step})
    assert len(only(book).series[name]) == 200
    assert sum(isinstance(event, Metrics) for event in book.read().events) > 10


def test_parameters_that_cannot_be_kept_are_refused_before_the_run(book):
    with pytest.raises(journal.ValueRefused, match="model is an object"):
        book.run(model=object())
    with pytest.raises(journal.ValueRefused, match="lr is given twice"):
        book.run({"lr": 1}, lr=1)
    with pytest.raises(journal.ValueRefused, match="too large"):
        book.run({f"p{i}": "x" * 1_000_000 for i in range(9)}).start()
    with book.run(lr=1):
        pass
    assert len(list(book.runs())) == 1


@pytest.mark.parametrize(
    "call",
    [
        lambda run: run.log(0, loss="high", acc=0.5),
        lambda run: run.log(0.5, acc=0.5) or run.log(0, acc=0.5),
        lambda run: run.log(0, loss=[1, 2], acc=0.5),
        lambda run: run.log(0, loss=None, acc=0.5),
        lambda run: run.result(loss=None, acc=0.5),
        lambda run: run.log([0], acc=0.5) or run.log(0, acc=0.5),
        lambda run: run.log(1, metrics=0.3) or run.log(0, acc=0.5),
        lambda run: run.log(0, [0.3], acc=0.5),
        lambda run: run.result(0.3, acc=0.5),
        lambda run: run.note("\ud800") or run.log(0, acc=0.5),
        lambda run: run.tag("\ud800") or run.log(0, acc=0.5),
    ],
)
def test_a_refused_value_is_warned_of_and_the_rest_is_kept(book, call):
    with book.run() as run, pytest.warns(journal.RecordingWarning, match="left out"):
        call(run)
    assert only(book).metrics == {"acc": 0.5}
    with pytest.raises(journal.ValueRefused), book.run(strict=True) as run:
        call(run)


def test_a_step_is_whole_whatever_its_type(book):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with book.run() as run:
            for step in (2.0, np.float32(3), np.int64(4), 5, -0.0, float(1 << 60)):
                run.log(step, loss=0.5)
    (told,) = book.runs()
    steps = [step for step, _ in told.series["loss"]]
    assert steps == [0, 2, 3, 4, 5, 1 << 60]
    assert {*map(type, steps)} == {int}
    for odd in (2.5, float("nan"), float("inf"), 1e300, True, "2", None, np.float32(0.5)):
        with pytest.raises(journal.ValueRefused, match="the step is"), book.run(strict=True) as run:
            run.log(odd, loss=0.5)


def test_what_is_refused_at_every_step_is_warned_of_once(book):
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        run = book.run().start()
        for step in range(20):
            run.log(step, loss=f"high {step}", other=[step])
        run.finish()
    assert ["loss" in str(warning.message) for warning in told] == [True, False]


def test_what_comes_after_the_end_is_warned_of(book):
    with book.run() as run:
        pass
    with pytest.warns(journal.RecordingWarning, match="has ended"):
        run.log(1, loss=1)
    run.finish()
    assert [type(event) for event in book.read().events] == [Started, Finished]


def test_a_run_without_a_block_is_started_by_its_first_value(book):
    run = book.run(lr=1)
    run.log(1, loss=2)
    run.finish("failed", error="stopped by hand", exit_code=4)
    ended = only(book)
    assert (ended.status, ended.error, ended.exit_code) == ("failed", "stopped by hand", 4)


def test_journal_run_records_where_the_command_would(tmp_path, monkeypatch):
    with journal.run(lr=1):
        pass
    assert (tmp_path / "data" / "journal").is_dir()
    monkeypatch.setenv("KNOBWISE_JOURNAL", str(tmp_path / "elsewhere"))
    with journal.run(lr=2):
        pass
    assert only(journal.open(tmp_path / "elsewhere")).params == {"lr": 2}


def test_a_run_is_resumed_by_its_id(book):
    run = book.run(lr=1, seed=2)
    run.log(0, loss=3)
    run.finish("failed", error="the disk was full")
    with book.run(lr=1, extra="new", resume=run.id[-12:]) as again:
        assert again.id == run.id
        assert only(book).status == "running"
        again.log(1, loss=2)
    ended = only(book)
    assert (ended.status, ended.error, ended.seed) == ("finished", None, 2)
    assert ended.series["loss"] == ((0, 3.0), (1, 2.0))
    assert dict(ended.params) == {"lr": 1, "extra": "new"}
    with pytest.raises(journal.ValueRefused, match="lr = 1, not 2"):
        book.run(lr=2, resume=run.id)
    with pytest.raises(journal.RunNotFound):
        book.run(resume="0000")


def test_a_recording_shows_what_is_for_users_and_says_what_it_is(book):
    with book.run(lr=1) as run:
        shown = {name for name in dir(run) if not name.startswith("_")}
        assert repr(run) == f"<Recording {run.id} running>"
    assert repr(run) == f"<Recording {run.id} ended>"
    methods = {"fail", "finish", "flush", "log", "note", "result", "start", "tag"}
    assert shown == {*methods, "id", "params", "seed", "strict"}


def test_what_a_journal_returns_is_of_types_that_the_package_has(book):
    run = book.log({"lr": 1})
    assert isinstance(book.read(), journal.Reading)
    assert all(isinstance(event, journal.Event) for event in book.read().events)
    assert isinstance(book.fold(), journal.Fold)
    assert isinstance(book.declarations(), journal.Declarations)
    assert [isinstance(one, journal.Run) and one.id for one in book.runs()] == [run]
    (first,), (again,) = book.runs(), book.runs()
    assert len({first, again}) == 1  # equal runs, one hash
    assert {getattr(journal, name).__name__ for name in journal.__all__} == {*journal.__all__}


def test_runs_may_overlap_in_one_process(book):
    with book.run(a=1) as first, book.run(a=2) as second:
        first.log(0, m=1)
        second.log(0, m=2)
    assert {run.params["a"]: run.metrics["m"] for run in book.runs()} == {1: 1.0, 2: 2.0}
    assert [run.status for run in book.runs()] == ["finished", "finished"]
