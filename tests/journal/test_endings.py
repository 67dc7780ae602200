"""How runs end, and what is no end."""

import functools
import re
import shlex
import sys

import pytest

import journal
from journal.cli import main
from tests.journal.programs import perform


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


def test_what_is_said_of_an_end_is_kept_without_a_status_too(book):
    book.run(lr=1).start().finish(error="out of memory", exit_code=137, context={"host": "a"})
    book.run(lr=2).start().finish(exit_code=0)
    told = book.run(lr=3).start()
    told.fail("diverged")
    told.finish("failed", exit_code=1)
    undone = book.run(lr=4).start()
    undone.fail("diverged")
    undone.finish("finished")
    ends = [(run.status, run.error, run.exit_code) for run in book.runs()]
    assert ends == [
        ("failed", "out of memory", 137),
        ("finished", None, 0),
        ("failed", "diverged", 1),
        ("finished", None, None),
    ]
    assert next(book.runs()).context["host"] == "a"


def test_the_context_of_an_end_is_a_mapping_and_the_run_goes_on(book):
    run = book.run(lr=1).start()
    for wrong in (3, "x", [1]):
        with pytest.raises(journal.ValueRefused, match="the context is a mapping"):
            run.finish("failed", context=wrong)
    run.finish()
    assert next(book.runs()).status == "finished"


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


def test_runs_that_a_program_leaves_open_are_told_of_and_can_be_ended(tmp_path):
    status, _, err = perform(
        """
        import os, warnings, journal
        warnings.simplefilter("default")
        for lr in (1, 2):
            run = journal.run(lr=lr)
            run.result(acc=0.5)
        if os.fork() == 0:
            raise SystemExit  # the runs are the parent's
        os.wait()
        with journal.run(lr=3):
            pass
        journal.run(lr=4).start().finish()
        journal.run(lr=5)
        """
    )
    assert status == 0
    assert err.count("RecordingWarning") == 1
    assert "2 runs were never ended" in err
    assert "with journal.run(...) as run:" in err
    assert [run.status for run in journal.open().runs()] == [
        "interrupted", "interrupted", "finished", "finished",
    ]  # fmt: skip
    command = re.search(r"now: knobwise (finish .*)", err)
    assert main(shlex.split(command[1])) == 0
    first = next(journal.open().runs())
    assert (first.status, first.metrics) == ("finished", {"acc": 0.5})


def test_a_run_that_is_the_wrappers_to_end_is_not_told_of():
    program = "import journal; journal.run().result(acc=0.5)"
    status, _, err = perform(["run", "--", sys.executable, "-c", program])
    assert (status, "RecordingWarning" in err) == (0, False)
    (run,) = journal.open().runs()
    assert (run.status, run.metrics) == ("finished", {"acc": 0.5})


def test_a_journal_that_outlives_the_modules_of_a_process_ends_in_silence():
    """What a library keeps until the end, a hook or a handler, keeps the names of its program."""
    program = "import journal, logging\nb = journal.open('b')\nb.log({'a': 1})\n"
    assert perform(program + "logging.kept = lambda: b") == (0, "", "")
    assert perform(program + "logging.kept = lambda: b\nb.close()\nb.log({})") == (0, "", "")
    assert len([*journal.open("b").runs()]) == 3
