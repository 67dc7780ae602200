"""Children that SIGTERM ends: what they logged into the run is kept."""

import journal
from tests.journal.programs import perform


def test_a_forked_child_that_a_signal_ends_writes_its_results_too():
    status, _, err = perform(
        """
        import os, signal, journal
        with journal.run() as run:
            child = os.fork()
            if child == 0:
                run.log(1, loss=0.5)
                run.result(y=1)
                os.kill(os.getpid(), signal.SIGTERM)
            assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == -signal.SIGTERM
        """
    )
    assert (status, err) == (0, "")
    (run,) = journal.open().runs()
    assert (run.metrics, run.status) == ({"loss": 0.5, "y": 1.0}, "finished")


def test_a_child_that_logged_nothing_leaves_no_segment_when_a_signal_ends_it():
    status, _, err = perform(
        """
        import os, signal, journal
        from pathlib import Path
        with journal.run() as run:
            child = os.fork()
            if child == 0:
                os.kill(os.getpid(), signal.SIGTERM)
            os.waitpid(child, 0)
            assert len(list(Path("data/journal").glob("*.jsonl"))) == 1
        """
    )
    assert (status, err) == (0, "")
