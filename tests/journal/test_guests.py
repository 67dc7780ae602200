"""Recordings that were sent to another process: many of them cost no more than one."""

import gc
import os
import pickle
import time
from pathlib import Path

import pytest

from journal import recorder


def open_segments(book):
    """The segments of this journal that the process has open: other tests' may close meanwhile."""
    found = (path.resolve() for path in Path("/proc/self/fd").iterdir())
    return [path for path in found if path.parent == Path(book.address).resolve()]


@pytest.mark.skipif(not Path("/proc/self/fd").is_dir(), reason="nothing tells what is open")
def test_guests_of_one_journal_share_a_segment_and_are_let_go(book):
    known = set(recorder._guests)
    for number in range(20):
        with book.run(number=number) as run:
            guest = pickle.loads(pickle.dumps(run))
            guest.log(1, loss=number)
            guest.flush()
    assert pickle.loads(pickle.dumps(run)) is guest
    assert len(open_segments(book)) == 2
    assert len(list(Path(book.address).glob("*.jsonl"))) == 2
    assert set(recorder._guests) - known
    del guest
    for _ in range(400):  # the flusher looks at them once more
        gc.collect()
        if set(recorder._guests) <= known:  # those of other tests may be let go meanwhile
            break
        time.sleep(0.05)
    assert set(recorder._guests) <= known
    assert [run.series["loss"] for run in book.runs()] == [((1, float(n)),) for n in range(20)]


def test_what_a_guest_logged_last_is_written_though_nobody_has_it_any_more(book):
    with book.run() as run:
        pickle.loads(pickle.dumps(run)).log(1, loss=0.5)
        gc.collect()
        for _ in range(400):
            if next(book.runs()).series:
                break
            time.sleep(0.05)
        assert next(book.runs()).series == {"loss": ((1, 0.5),)}


def test_a_run_that_is_sent_before_it_began_begins(book):
    run = book.run(lr=1)
    guest = pickle.loads(pickle.dumps(run))
    guest.log(1, loss=0.5)
    guest.flush()
    run.finish()
    (told,) = book.runs()
    assert (told.status, told.series) == ("finished", {"loss": ((1, 0.5),)})


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no forks here")
def test_a_child_that_begins_a_run_ends_it(book):
    run = book.run(lr=1)
    if not (child := os.fork()):
        with run:
            run.log(1, loss=0.5)
        os._exit(0)
    os.waitpid(child, 0)
    (told,) = book.runs()
    assert (told.status, told.series) == ("finished", {"loss": ((1, 0.5),)})
