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


def test_closing_waits_for_an_append_of_another_thread(book, monkeypatch):
    book.log({"i": 0})
    closing = threading.Thread(target=book.close)
    real = os.lseek

    def close_meanwhile(*given):
        if closing.ident is None:
            closing.start()
            closing.join(0.3)
        return real(*given)

    monkeypatch.setattr(os, "lseek", close_meanwhile)
    book.log({"i": 1})
    closing.join()
    book.log({"i": 2})
    monkeypatch.undo()
    assert [event.params["i"] for event in book.read().events] == [0, 1, 2]
    assert verify(book.store).sound


def test_a_signal_handler_closes_in_the_middle_of_an_append(tmp_path):
    status, out, err = perform(
        """
        import os, signal, journal
        book = journal.open("book")
        book.log({"i": 0})
        signal.signal(signal.SIGALRM, lambda *_: book.close())
        real = os.fsync

        def interrupted(fd):
            signal.raise_signal(signal.SIGALRM)
            real(fd)

        os.fsync = interrupted
        book.log({"i": 1})
        book.log({"i": 2})
        print([event.params["i"] for event in book.read().events])
        """
    )
    assert (status, out, err) == (0, "[0, 1, 2]\n", "")
