"""A lab journal for hyperparameter experiments.

    import journal

    with journal.run(lr=3e-4, batch=64, seed=3) as run:
        run.log(step, loss=0.21)              # on the way; on disk within a second
        run.result(accuracy=0.931)

    book = journal.open()                     # data/journal, found upward, or KNOBWISE_JOURNAL
    book.log({"lr": 3e-4, "act": "relu"}, metrics={"accuracy": 0.931}, seed=3)
    book.frame()

Importing this package loads nothing: what a name needs is imported when the name is first used.
"""

TYPE_CHECKING = False
if TYPE_CHECKING:
    from journal.damage import DamageWarning
    from journal.declarations import Declarations
    from journal.errors import (
        JournalError,
        JournalNotFound,
        ReadFailed,
        RunNotFound,
        UsageError,
        ValueRefused,
        WriteFailed,
    )
    from journal.events import Event
    from journal.journal import Journal, open  # noqa: A004 - journal.open
    from journal.recorder import run
    from journal.recording import Recording
    from journal.runs import Fold, Run
    from journal.store import Reading
    from journal.warned import RecordingWarning

__all__ = [
    "DamageWarning",
    "Declarations",
    "Event",
    "Fold",
    "Journal",
    "JournalError",
    "JournalNotFound",
    "ReadFailed",
    "Reading",
    "Recording",
    "RecordingWarning",
    "Run",
    "RunNotFound",
    "UsageError",
    "ValueRefused",
    "WriteFailed",
    "open",
    "run",
]

_HOMES = {
    "DamageWarning": "damage", "Declarations": "declarations", "Event": "events", "Fold": "runs",
    "Journal": "journal", "open": "journal", "Reading": "store", "Recording": "recording",
    "RecordingWarning": "warned", "Run": "runs", "run": "recorder",
}  # fmt: skip


def __getattr__(name: str) -> object:
    if name not in __all__:
        raise AttributeError(f"module 'journal' has no attribute {name!r}")
    from importlib import import_module

    value: object = getattr(import_module("journal." + _HOMES.get(name, "errors")), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)
