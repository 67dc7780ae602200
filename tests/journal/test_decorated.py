"""``@journal.run``: every call of a function is a run."""

import asyncio
import pickle
import random

import pytest

import journal
from journal.errors import UsageError
from journal.recording import Recording


def test_a_decorated_function_is_a_run_at_every_call(book):
    @book.run(machine="m1", tags=["sweep"])
    def train(lr, model, batch=64, *, seed=0, run: Recording, **more):
        run.log(0, loss=lr)
        return {"accuracy": 1 - lr}

    assert train(0.5, object(), seed=7, act="relu") == {"accuracy": 0.5}
    with pytest.raises(TypeError):
        train()
    (first,) = book.runs()
    assert dict(first.params) == {"machine": "m1", "lr": 0.5, "batch": 64, "act": "relu"}
    assert (first.seed, first.tags) == (7, ("sweep",))
    assert first.metrics == {"accuracy": 0.5, "loss": 0.5}
    assert first.context["left_out"] == ["model"]


def test_the_seed_is_the_seed_however_the_function_takes_it(book):
    @book.run()
    def named(lr, seed=None):
        pass

    @book.run()
    def caught(**settings):
        pass

    named(0.1, 3)
    caught(lr=0.1, seed=3)
    caught(lr=0.1)
    assert [(dict(run.params), run.seed) for run in book.runs()] == [
        ({"lr": 0.1}, 3), ({"lr": 0.1}, 3), ({"lr": 0.1}, None),
    ]  # fmt: skip


def test_the_bare_decorator_records_in_the_default_journal():
    @journal.run
    def train(lr=0.25):
        raise RuntimeError("boom")

    for _ in range(2):
        with pytest.raises(RuntimeError):
            train()
    first, second = journal.open().runs()
    assert first.id != second.id
    assert (first.status, dict(first.params)) == ("failed", {"lr": 0.25})
    assert "boom" in first.context["traceback"]


def test_a_journals_own_decorator_records_there(book):
    @book.run
    def train(lr=0.25):
        return {"accuracy": lr}

    assert train(lr=0.5) == {"accuracy": 0.5}
    (run,) = book.runs()
    assert (dict(run.params), run.metrics) == ({"lr": 0.5}, {"accuracy": 0.5})
    with pytest.raises(journal.ValueRefused, match="parameters are a mapping, not a list"):
        book.run([])


def test_of_an_object_with_an_async_call_the_run_lasts_as_long_as_the_call():
    class Trainer:
        async def __call__(self, lr):
            await asyncio.sleep(0.01)
            return {"acc": lr}

    assert asyncio.run(journal.run(Trainer())(lr=0.5)) == {"acc": 0.5}
    (run,) = journal.open().runs()
    assert (run.status, dict(run.params), run.metrics) == ("finished", {"lr": 0.5}, {"acc": 0.5})


def test_a_decorated_coroutine_is_a_run_until_it_is_done(book):
    @book.run()
    async def train(lr, run=None):
        await asyncio.sleep(0)
        run.log(step=3, loss=lr)
        return {"accuracy": lr}

    async def stopped():
        task = asyncio.create_task(wait())
        await asyncio.sleep(0)
        task.cancel()
        await task

    @book.run()
    async def wait():
        await asyncio.sleep(60)

    assert asyncio.run(train(0.5)) == {"accuracy": 0.5}
    with pytest.raises(asyncio.CancelledError):
        asyncio.run(stopped())
    first, second = book.runs()
    assert first.metrics == {"loss": 0.5, "accuracy": 0.5}
    assert (second.status, second.error) == ("killed", "CancelledError")


def test_a_seed_that_is_none_is_left_out_with_a_warning(book):
    @book.run(seed=1)
    def train(lr, seed=None):
        pass

    with pytest.warns(journal.RecordingWarning, match="the seed is a Random.*left out"):
        train(0.5, random.Random(0))
    (run,) = book.runs()
    assert (dict(run.params), run.seed, run.context["left_out"]) == ({"lr": 0.5}, None, ["seed"])
    with pytest.raises(journal.ValueRefused, match="the seed is a Random"):
        book.run(strict=True)(lambda seed: None)(random.Random(0))


def test_a_number_that_is_returned_is_no_result_and_that_is_said(book):
    @book.run
    def objective(lr):
        return lr * 2

    @book.run
    async def later(lr):
        return lr * 2

    with pytest.warns(
        journal.RecordingWarning, match="has no name.*return {'accuracy': 0.25}, say"
    ):
        assert objective(0.125) == 0.25
    with pytest.warns(journal.RecordingWarning, match="has no name; it is left out"):
        assert asyncio.run(later(0.5)) == 1.0
    assert [(run.status, dict(run.metrics)) for run in book.runs()] == [("finished", {})] * 2


def test_a_number_that_is_returned_beside_what_is_recorded_is_the_programs_own(book):
    @book.run
    def objective(lr, run: Recording):
        run.result(loss=lr)
        return lr

    @book.run
    def code(lr):
        return 0

    assert (objective(0.5), code(0.5)) == (0.5, 0)


def test_a_function_whose_calls_are_runs_goes_on_with_none(book):
    with book.run(lr=1) as earlier:
        pass
    with pytest.raises(UsageError, match="each call is a run of its own"):

        @book.run(resume=earlier.id)
        def train(lr):
            return {"accuracy": lr}

    assert len(list(book.runs())) == 1


def test_a_recording_of_another_process_records_a_functions_calls(book):
    with book.run(lr=1) as run:
        guest = pickle.loads(pickle.dumps(run))
        assert guest(lambda lr: {"accuracy": lr})(2.0) == {"accuracy": 2.0}
