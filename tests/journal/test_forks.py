"""Forks beside threads: no lock of the parent's is waited for, nothing is made anew twice."""

import os
import threading
from pathlib import Path

from journal.verification import verify
from tests.journal.programs import perform


def test_a_fork_waits_for_a_module_that_a_thread_is_importing(tmp_path):
    """Python's lock of a module under way would stay locked in the child."""
    (tmp_path / "orjson.py").write_text("import time; time.sleep(0.5); from json import dumps\n")
    status, _, err = perform(
        f"""
        import os, sys, threading, time
        sys.path.insert(0, {str(tmp_path)!r})
        from journal.lines import quick_json
        thread = threading.Thread(target=quick_json)
        thread.start()
        while "orjson" not in sys.modules:
            time.sleep(0.001)
        child = os.fork()
        if child == 0:
            quick_json()
            os._exit(0)
        thread.join()
        for _ in range(500):
            if os.waitpid(child, os.WNOHANG) != (0, 0):
                break
            time.sleep(0.01)
        else:
            os.kill(child, 9)
            sys.exit("the child hangs")
        """
    )
    assert (status, err) == (0, "")


def test_threads_of_a_forked_child_make_one_writer_anew(book):
    """Whoever comes second must neither wait for the parent's lock nor begin once more."""
    book.log({"i": -1})
    writer = book.store.writer
    writer._mutex.acquire()
    child = os.fork()
    if child == 0:
        threads = [
            threading.Thread(target=lambda i=i: [book.log({"i": i * 100 + k}) for k in range(20)])
            for i in range(8)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(30)
        os._exit(int(any(thread.is_alive() for thread in threads)))
    writer._mutex.release()
    assert os.waitpid(child, 0)[1] == 0
    assert verify(book.store).damage == ()
    assert len(list(Path(book.address).glob("*.jsonl"))) == 2
    assert len(list(book.runs())) == 161
