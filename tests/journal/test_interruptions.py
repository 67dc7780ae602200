"""An exception out of a signal handler strikes anywhere in a write: nothing is damaged or lost."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from journal import writer
from journal.verification import verify
from tests.journal.programs import perform

CALLS = {
    "before the write": (os, "pwrite", "before"),
    "after the write": (os, "pwrite", "after"),
    "half a write": (os, "pwrite", "half"),
    "before the fsync": (os, "fsync", "before"),
    "after the fsync": (os, "fsync", "after"),
    "before the tail is read": (os, "pread", "before"),
    "after the tail was read": (os, "pread", "after"),
    "as the lock is taken": (writer, "lock", "after"),
    "as the room is cut off": (os, "ftruncate", "before"),
    "as the room was cut off": (os, "ftruncate", "after"),
}


class Strike:
    """Raises KeyboardInterrupt once, at the nth call of a function."""

    def __init__(self, real: Callable[..., object], when: str, nth: int) -> None:
        self.real, self.when, self.left = real, when, nth

    def __call__(self, *given: object) -> object:
        self.left -= 1
        if self.left != 0:
            return self.real(*given)
        if self.when == "half":
            fd, data, *place = given
            assert isinstance(data, bytes)
            self.real(fd, data[: len(data) // 2], *place)
        elif self.when == "after":
            self.real(*given)
        raise KeyboardInterrupt


def acknowledged(work: Callable[[], str]) -> list[str]:
    """The id, unless it was struck."""
    try:
        return [work()]
    except KeyboardInterrupt:
        return []


@pytest.mark.parametrize("lines", [3, 40], ids=["no room", "room"])
@pytest.mark.parametrize("nth", [1, 2])
@pytest.mark.parametrize("call", CALLS)
def test_an_append_that_is_interrupted_leaves_the_journal_sound(
    book, monkeypatch, *, call, nth, lines
):
    ids = [book.log({"i": i}) for i in range(lines)]
    where, name, when = CALLS[call]
    strike = Strike(getattr(where, name), when, nth)
    for reopened in (False, True):
        with monkeypatch.context() as patch:
            strike.left = nth
            patch.setattr(where, name, strike)
            for _ in range(4):
                ids += acknowledged(lambda: book.log({"j": nth}))
                if reopened:
                    acknowledged(lambda: str(book.close()))
        ids.append(book.log({"after": 1}))
    book.close()
    ids.append(book.log({"after": 2}))
    checked = verify(book.store)
    assert [found for found in checked.damage if not found.harmless] == []
    runs = [run.id for run in book.runs()]
    assert set(ids) <= set(runs)
    assert len(runs) == len(set(runs))


def test_signals_that_raise_at_any_moment_lose_and_damage_nothing(book):
    """Real ones: a timer's handler raises wherever the program happens to be."""
    status, out, err = perform(
        f"""
        import random, signal, journal
        class Struck(BaseException): pass
        armed = False
        def strike(*_):
            if armed:
                raise Struck
        signal.signal(signal.SIGALRM, strike)
        random.seed(1)
        struck = 0
        with journal.open({book.address!r}).run() as run:
            for step in range(300):
                run.log(step, loss=step)
                run.result({{f"r{{step}}": step}})
                signal.setitimer(signal.ITIMER_REAL, random.uniform(1e-5, 1.5e-3))
                try:
                    armed = True
                    run.flush()
                    armed = False
                except Struck:
                    struck += 1
                armed = False
                signal.setitimer(signal.ITIMER_REAL, 0)
        print(struck)
        """
    )
    assert (status, err) == (0, "")
    assert int(out) > 0
    assert [found for found in verify(book.store).damage if not found.harmless] == []
    (run,) = book.runs()
    assert run.series == {"loss": tuple((step, float(step)) for step in range(300))}
    assert run.metrics == {"loss": 299.0} | {f"r{step}": float(step) for step in range(300)}


def test_a_program_that_catches_ctrl_c_in_a_flush_goes_on(book, monkeypatch):
    with book.run(lr=1) as run:
        run.result(y=1)
        with monkeypatch.context() as patch:
            patch.setattr(os, "fsync", Strike(os.fsync, "before", 1))
            with pytest.raises(KeyboardInterrupt):
                run.flush()
        run.result(z=1)
    assert verify(book.store).damage == ()
    (told,) = book.runs()
    assert told.metrics == {"y": 1.0, "z": 1.0}
    assert len(list(Path(book.address).glob("*.jsonl"))) == 1
