"""How runs end, and what is no end."""

import functools

import pytest

import journal


def test_a_run_whose_end_is_refused_goes_on_and_can_be_ended(book):
    run = book.run(lr=1).start()
    run.result(loss=0.5)
    with pytest.raises(journal.ValueRefused, match="the status is 'done'"):
        run.finish("done")
    with pytest.raises(journal.ValueRefused, match="JSON cannot carry"):
        run.finish("finished", context={"x": float("nan")})
    assert next(book.runs()).status == "running"
    run.log(1, loss=0.25)
    run.finish("failed", error="diverged", context={"x": 1})
    (ended,) = book.runs()
    assert (ended.status, ended.error, ended.metrics) == ("failed", "diverged", {"loss": 0.5})
    assert ended.series == {"loss": ((1, 0.25),)}


def test_a_generator_is_refused_as_a_run(book):
    def steps(lr=1):
        yield lr

    async def later():
        yield 1

    for generator in (steps, later, functools.partial(steps, lr=2)):
        with pytest.raises(journal.UsageError, match=r"is a generator.*with journal\.run"):
            book.run()(generator)
        with pytest.raises(journal.UsageError, match="is a generator"):
            journal.run(generator)
