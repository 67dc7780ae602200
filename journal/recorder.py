"""``journal.run``: recording a run from Python while it happens.

    with journal.run(lr=3e-4, batch=64, seed=3) as run:
        for step in range(100):
            run.log(step, loss=train())
        run.result(accuracy=evaluate())

Leaving the block ends the run: finished; failed after an exception, which goes on its way; killed
after Ctrl-C or SIGTERM. ``@journal.run`` makes every call of a function a run
(``journal.decorated``). Docs: docs/recording.md.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, TypeVar, overload
from weakref import WeakValueDictionary

from journal import values
from journal.errors import ValueRefused, a_kind_of
from journal.identity import same
from journal.recording import Recording

if TYPE_CHECKING:
    from journal.journal import Journal

R = TypeVar("R")
_books: dict[str, Journal] = {}
"""The journals of guests: all of one journal write into one segment."""
_guests: WeakValueDictionary[tuple[str, str], Recording] = WeakValueDictionary()
"""Those in use: one that is sent again is the same, one that nobody has any more is let go."""


@overload
def run(params: Callable[..., R], /) -> Callable[..., R]: ...


@overload
def run(
    params: Mapping[str, object] | None = None,
    /,
    *,
    seed: int | None = None,
    tags: Sequence[str] = (),
    note: str | None = None,
    resume: str | None = None,
    strict: bool = False,
    **parameters: object,
) -> Recording: ...


def run(
    params: Mapping[str, object] | Callable[..., R] | None = None,
    /,
    *,
    seed: int | None = None,
    tags: Sequence[str] = (),
    note: str | None = None,
    resume: str | None = None,
    strict: bool = False,
    **parameters: object,
) -> Recording | Callable[..., R]:
    """A run to record, in the journal that the command would use; for ``with`` or as decorator.

    Parameters are given by name, or in a mapping first, perhaps nested. ``seed`` is which replicate
    it is and no parameter. ``resume`` goes on with the run of this id. ``strict``: what cannot be
    recorded is an error; otherwise a warning, and training goes on. Under ``knobwise run`` the
    process's first run joins the wrapper's (``journal.joining``).

    Raises ValueRefused for parameters that cannot be kept, RunNotFound for an unknown ``resume``.
    """
    from journal.journal import open as open_journal

    return begin(
        open_journal(), params, parameters=parameters, seed=seed, tags=tags, note=note,
        resume=resume, strict=strict, closes=True,
    )  # fmt: skip


def begin(
    book: Journal,
    params: Mapping[str, object] | Callable[..., R] | None,
    *,
    parameters: Mapping[str, object],
    seed: int | None = None,
    tags: Sequence[str] = (),
    note: str | None = None,
    resume: str | None = None,
    strict: bool = False,
    closes: bool = False,
) -> Recording | Callable[..., R]:
    """What ``run`` and ``Journal.run`` hand out: a recording, or a function's calls recorded."""
    mapping = {} if params is None or callable(params) else params
    _check(mapping, resume)
    if twice := sorted(mapping.keys() & parameters.keys()):
        raise ValueRefused(f"the parameter {twice[0]} is given twice")
    given = {**mapping, **parameters}
    earlier, seconds = None, 0.0
    if resume is not None:
        earlier, seconds = _earlier(book, resume, values.parameters(given))
    recording = Recording(
        book, params=given, seed=seed, tags=tags, note=note, strict=strict, closes=closes,
        run=earlier, earlier_seconds=seconds,
    )  # fmt: skip
    return recording(params) if callable(params) else recording


def _check(params: object, resume: object) -> None:
    """Raises ValueRefused for what no annotation kept out."""
    values.mapping(params, "parameters are")
    if resume is not None and not isinstance(resume, str):
        hint = "resume is a run's id, as knobwise ls --json has it"
        raise ValueRefused(f"a run's id is a text, not {a_kind_of(resume)}", hint=hint)


def guest(address: str, run: str, *, strict: bool) -> Recording:
    """The recording of a run that another process began: it logs and does not end it."""
    from journal.journal import open as open_journal

    known = _guests.get((address, run))
    if known is not None:
        return known
    book = _books.setdefault(address, open_journal(address))
    recording = Recording(book, params={}, run=run, begins=False, strict=strict)
    return _guests.setdefault((address, run), recording)


def _earlier(book: Journal, told: str, params: Mapping[str, values.Scalar]) -> tuple[str, float]:
    """The run to go on with, and how long it ran. Raises RunNotFound, ValueRefused."""
    from journal.lookup import find_run
    from journal.runs import fold
    from journal.sieve import read_about

    events = read_about(book.store, [told]).events
    earlier = find_run(fold(events).runs, told)
    for name, value in params.items():
        if name in earlier.params and not same(earlier.params[name], value):
            raise ValueRefused(
                f"the run {earlier.id} has {name} = {earlier.params[name]!r}, not {value!r}",
                hint="another value is another run; amend what was recorded wrongly",
            )
    if earlier.seconds is not None:
        return earlier.id, earlier.seconds
    last = max(event.at for event in events if event.run == earlier.id)
    return earlier.id, (last - earlier.recorded_at).total_seconds()
