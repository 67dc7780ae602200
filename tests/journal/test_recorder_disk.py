"""A disk that refuses: training goes on, one warning, what was refused is written later."""

import errno
import re
import shlex
import tempfile
import warnings
from pathlib import Path

import pytest

import journal
from journal.errors import ValueRefused, WriteFailed
from journal.events import Finished, Metrics, Noted, Started
from journal.flusher import flusher
from journal.folder import FolderStore
from tests.journal.programs import perform


@pytest.fixture
def disk(monkeypatch, tmp_path):
    """A switch: while it is set, no append succeeds. Rescued journals go to the test's folder."""

    class Disk:
        full = False
        attempts = 0

    append = FolderStore.append

    def refuse(store, events):
        if Disk.full and "rescued" not in store.address:
            Disk.attempts += 1
            raise WriteFailed("No space left on device", where=store.address)
        append(store, events)

    monkeypatch.setattr(FolderStore, "append", refuse)
    monkeypatch.setattr("journal.outbox._RETRY_SECONDS", (0.0, 0.0))
    (tmp_path / "tmp").mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "tmp"))
    return Disk


def test_what_a_full_disk_refused_is_written_when_it_can_be(book, disk):
    disk.full = True
    with pytest.warns(journal.RecordingWarning, match="is not being recorded: .*No space") as told:
        run = book.run(lr=1).start()
    assert len(told) == 1
    began = run.id
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for step in range(10):
            run.log(step, loss=step)
        run.flush()
        run.flush()
        assert disk.attempts >= 3
        disk.full = False
        run.flush()
        run.log(10, loss=10)
        run.finish()
    (told_run,) = book.runs()
    assert (told_run.id, told_run.status, dict(told_run.params)) == (began, "finished", {"lr": 1})
    assert [value for _, value in told_run.series["loss"]] == list(range(11))
    events = book.read().events
    assert isinstance(events[0], Started)
    assert isinstance(events[-1], Finished)


def test_the_flusher_tries_again_by_itself(book, disk):
    import time

    disk.full = True
    with pytest.warns(journal.RecordingWarning):
        run = book.run().start()
    run.log(0, loss=1)
    run.finish()
    assert not Path(book.address).exists() or not list(book.runs())
    disk.full = False
    end = time.monotonic() + 20
    while not Path(book.address).exists() or not list(book.runs()):
        assert time.monotonic() < end
        time.sleep(0.05)
    (told,) = book.runs()
    assert (told.status, told.metrics) == ("finished", {"loss": 1.0})


def test_an_event_that_reached_the_disk_after_all_is_read_once(book, monkeypatch):
    """fsync failed, so nothing was acknowledged; the lines are there, and are written again."""
    append = FolderStore.append
    failures = [True, True]

    def half(store, events):
        append(store, events)
        if failures and failures.pop():
            raise WriteFailed("Input/output error")

    monkeypatch.setattr(FolderStore, "append", half)
    monkeypatch.setattr("journal.outbox._RETRY_SECONDS", (0.0, 0.0))
    with pytest.warns(journal.RecordingWarning), book.run(lr=1) as run:
        run.log(0, loss=1)
    (told,) = book.runs()
    assert told.series["loss"] == ((0, 1.0),)
    assert [type(event) for event in book.read().events] == [Started, Metrics, Finished]


def test_strict_makes_it_an_error(book, disk):
    disk.full = True
    with pytest.raises(WriteFailed, match="No space left"):
        book.run(strict=True).start()
    disk.full = False
    run = book.run(strict=True).start()
    disk.full = True
    run.log(0, loss=1)
    with pytest.raises(WriteFailed):
        run.flush()
    with pytest.raises(WriteFailed):
        run.log(1, loss=1)
    disk.full = False
    run.finish()
    (told,) = book.runs()
    assert told.series["loss"] == ((0, 1.0),)


def test_a_strict_run_that_could_not_begin_leaves_nothing(book, disk):
    disk.full = True
    with pytest.raises(WriteFailed):
        book.run(strict=True).start()
    disk.full = False
    flusher.flush_at_exit()
    with book.run():
        pass
    assert [type(event) for event in book.read().events] == [Started, Finished]


def test_the_exception_of_the_training_outlives_that_of_the_disk(book, disk):
    def train():
        with book.run(strict=True):
            disk.full = True
            raise ValueError("loss is nan")

    with pytest.raises(ValueError, match="loss is nan") as raised:
        train()
    assert "could not be recorded" in raised.value.__notes__[0]


def test_at_the_end_of_the_process_it_is_kept_elsewhere(tmp_path):
    """A real failure: the journal's folder would have to be made below a file."""
    (tmp_path / "file").write_text("")
    (tmp_path / "tmp").mkdir()
    script = """
        import warnings; warnings.simplefilter("default")
        import journal
        with journal.run(lr=1) as run:
            run.log(0, loss=1)
        print("trained")
        """
    place = str(tmp_path / "file" / "a journal")
    variables = {"KNOBWISE_JOURNAL": place, "TMPDIR": str(tmp_path / "tmp")}
    status, out, err = perform(script, variables=variables)
    assert (status, out) == (0, "trained\n")
    assert err.count("RecordingWarning: run") == 2
    kept = re.search(r"is kept in (\S+):", err)
    assert kept is not None
    (run,) = journal.open(kept[1]).runs()
    assert (run.status, run.metrics) == ("finished", {"loss": 1.0})
    assert f": {shlex.join(('knobwise', 'copy', kept[1], place))}\n" in err


def test_a_file_that_may_not_grow_is_a_real_refusal():
    """RLIMIT_FSIZE makes the kernel refuse (EFBIG) in the middle of a line; the tail is sealed."""
    status, _, err = perform(
        """
        import resource, warnings; warnings.simplefilter("default")
        import journal
        soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
        with journal.run(lr=1) as run:
            run.flush()
            resource.setrlimit(resource.RLIMIT_FSIZE, (3000, hard))
            for step in range(500):
                run.log(step, loss=step)
            run.flush()
            resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        """
    )
    assert status == 0
    assert "File too large" in err
    (run,) = journal.open().runs()
    assert (run.status, len(run.series["loss"])) == ("finished", 500)
    assert all(damage.harmless for damage in journal.open().read().damage)


def test_memory_has_an_end_too_and_what_had_no_room_is_counted(book, disk, monkeypatch):
    monkeypatch.setattr("journal.outbox.MOST_WAITING", 100)
    disk.full = True
    with pytest.warns(journal.RecordingWarning, match="not being recorded"):
        run = book.run().start()
    for step in range(150):
        run.log(step, loss=step)
    disk.full = False
    with pytest.warns(journal.RecordingWarning, match="50 values had no room"):
        run.finish()
    (ended,) = book.runs()
    assert (len(ended.series["loss"]), ended.context["dropped_values"]) == (100, 50)


def test_what_was_written_beside_a_refused_event_makes_room_again(book, disk, monkeypatch):
    monkeypatch.setattr("journal.outbox.MOST_WAITING", 100)
    append = FolderStore.append

    def refuse_notes(store, events):
        append(store, events)  # the disk comes first
        if any(isinstance(event, Noted) for event in events):
            raise ValueRefused("a note")

    monkeypatch.setattr(FolderStore, "append", refuse_notes)
    disk.full = True
    with pytest.warns(journal.RecordingWarning, match="not being recorded"):
        run = book.run().start()
    for step in range(80):
        run.log(step, loss=step)
    run.note("too much")
    disk.full = False
    with pytest.raises(ValueRefused):
        run.flush()
    for step in range(80, 160):
        run.log(step, loss=step)
    run.finish()
    (told,) = book.runs()
    assert len(told.series["loss"]) == 160


def test_whatever_a_store_raises_training_goes_on(book, monkeypatch):
    def broken(store, events):
        raise OSError(errno.EIO, "Input/output error")

    monkeypatch.setattr(FolderStore, "append", broken)
    monkeypatch.setattr("journal.outbox.Outbox._rescue", lambda *_: None)
    with pytest.warns(journal.RecordingWarning, match="Input/output error"), book.run() as run:
        run.log(0, loss=1)


def test_ctrl_c_in_the_middle_of_the_last_write_loses_nothing(book, monkeypatch):
    append = FolderStore.append
    pressed: list[bool] = []

    def interrupted(store, events):
        """Only this run's end: what other tests left waiting may be written meanwhile."""
        if isinstance(events[-1], Finished) and events[-1].run == run.id and not pressed:
            pressed.append(True)
            raise KeyboardInterrupt
        append(store, events)

    monkeypatch.setattr(FolderStore, "append", interrupted)
    run = book.run().start()
    run.log(0, loss=1)
    with pytest.raises(KeyboardInterrupt):
        run.finish()
    flusher.flush_at_exit()
    (told,) = book.runs()
    assert (told.status, told.metrics) == ("finished", {"loss": 1.0})


def test_who_logs_faster_than_the_flusher_writes_waits_for_the_disk(book, monkeypatch):
    monkeypatch.setattr("journal.outbox._MANY", 50)
    monkeypatch.setattr("journal.outbox.MOST_WAITING", 200)
    with book.run() as run:
        for step in range(1000):
            run.log(step, loss=step)
    (told,) = book.runs()
    assert len(told.series["loss"]) == 1000
