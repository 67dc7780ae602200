"""A program that changes its working directory stays with the journal that it opened."""

import copy
import pickle
from pathlib import Path

import journal
from tests.journal.programs import await_line, begin, end


def test_a_journal_of_a_relative_path_stays_where_it_is(tmp_path, monkeypatch):
    book = journal.open("book")
    book.log({"lr": 1})
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")
    assert [dict(run.params) for run in book.runs()] == [{"lr": 1}]
    book.close()
    book.log({"lr": 2})
    assert len(list(journal.open("../book").runs())) == 2
    assert (book.address, list(Path().iterdir())) == ("book", [])


def test_a_decorated_function_records_where_it_was_defined(tmp_path, monkeypatch):
    monkeypatch.setenv("KNOBWISE_JOURNAL", "book")

    @journal.run
    def train(lr=0.5):
        return {"acc": lr}

    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")
    train()
    assert len(list(journal.open(tmp_path / "book").runs())) == 1
    assert list(Path().iterdir()) == []


def test_a_signal_is_recorded_in_the_journal_of_the_run(tmp_path):
    (tmp_path / "elsewhere").mkdir()
    process = begin(
        """
        import os, time, journal
        with journal.run() as run:
            os.chdir("elsewhere")
            run.log(0, loss=1)
            print("ready", flush=True)
            for _ in range(600): time.sleep(0.1)
        """,
        variables={"KNOBWISE_JOURNAL": "book"},
    )
    await_line(process, "ready")
    process.terminate()
    end(process)
    (run,) = journal.open("book").runs()
    assert (run.status, run.metrics) == ("killed", {"loss": 1.0})
    assert list(Path("elsewhere").iterdir()) == []


def test_a_journal_that_is_sent_or_copied_is_the_same_one(tmp_path, monkeypatch):
    """As one that joblib's processes are given; its locks could not be sent."""
    book = journal.open("here")
    book.log({"lr": 1})
    sent = pickle.dumps(book)
    monkeypatch.chdir(tmp_path.parent)
    for same in (pickle.loads(sent), copy.copy(book), copy.deepcopy(book)):
        same.log({"lr": 2})
        same.close()
    assert [run.params["lr"] for run in book.runs()] == [1, 2, 2, 2]
