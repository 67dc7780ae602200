"""A program under a wrapper joins its run: once, in the same journal; a failure stands."""

import os

import pytest

import journal
from journal.events import Started


def only():
    (run,) = journal.open().runs()
    return run


def test_the_first_run_under_a_wrapper_joins_it_and_the_next_is_its_own(monkeypatch):
    wrapper = journal.run(lr=1, batch=2).start()
    monkeypatch.setenv("KNOBWISE_RUN", wrapper.id)
    with journal.run(lr=0.5, act="relu", seed=4) as joined:
        joined.log(0, loss=1)
        joined.result(acc=1)
    assert joined.id == wrapper.id
    assert "KNOBWISE_RUN" not in os.environ
    with journal.run(lr=3):
        pass
    wrapper.finish()
    first, second = journal.open().runs()
    assert dict(first.params) == {"lr": 0.5, "batch": 2, "act": "relu"}
    assert (first.seed, first.status, first.metrics) == (4, "finished", {"acc": 1.0, "loss": 1.0})
    assert dict(second.params) == {"lr": 3}
    started = [e for e in journal.open().read().events if isinstance(e, Started)]
    assert [e.run for e in started] == [first.id, first.id, second.id]


def test_a_failure_that_the_program_saw_stands_whatever_the_wrapper_says(monkeypatch):
    wrapper = journal.run().start()
    monkeypatch.setenv("KNOBWISE_RUN", wrapper.id)
    with journal.run() as joined:
        joined.fail("diverged")
    wrapper.finish("finished", exit_code=0)
    assert (only().status, only().error, only().exit_code) == ("failed", "diverged", 0)


def test_another_journal_is_no_place_to_join_and_a_bad_id_is_named(monkeypatch, tmp_path):
    wrapper = journal.run().start()
    monkeypatch.setenv("KNOBWISE_RUN", wrapper.id)
    with journal.open(tmp_path / "other").run() as own:
        assert own.id != wrapper.id
    wrapper.finish()
    monkeypatch.setenv("KNOBWISE_RUN", "yesterday's")
    with pytest.raises(journal.ValueRefused, match="KNOBWISE_RUN"):
        journal.run()


def test_of_a_decorated_function_the_first_call_joins(monkeypatch):
    wrapper = journal.run(batch=2).start()
    monkeypatch.setenv("KNOBWISE_RUN", wrapper.id)

    @journal.run
    def train(lr):
        return {"acc": lr}

    @journal.run(tags=["late"])
    def other():
        pass

    train(0.5)
    assert "KNOBWISE_RUN" not in os.environ
    train(0.25)
    other()
    wrapper.finish()
    first, second, third = journal.open().runs()
    assert (first.id, dict(first.params)) == (wrapper.id, {"batch": 2, "lr": 0.5})
    assert first.metrics == {"acc": 0.5}
    assert (second.metrics, third.tags) == ({"acc": 0.25}, ("late",))
