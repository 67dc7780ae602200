"""The journal's commands: ``main`` runs them, ``mount`` adds them to a larger command.

Nothing here imports typer before it is needed: ``knobwise log`` answers without it.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence

TYPE_CHECKING = False
if TYPE_CHECKING:
    import typer

    from journal.errors import JournalError


def main(words: Sequence[str] | None = None) -> int:
    """Run one of the journal's commands and return its exit status."""
    words = sys.argv[1:] if words is None else list(words)
    status = log_quickly(words)
    return run(app, words) if status is None else status


def log_quickly(words: Sequence[str]) -> int | None:
    """Run ``log``, ``metric``, ``run`` in their plain forms; None for every other command line."""
    if words and words[0] in {"metric", "run"}:
        from journal.onestep import plain

        work = plain(words)
        return None if work is None else guarded(work, words)
    if not words or words[0] != "log":
        return None
    from journal.oneshot import parse, record

    request = parse(words[1:])
    return None if request is None else guarded(lambda: record(request), words)


def app() -> typer.Typer:
    """The journal's commands alone, as an application."""
    import typer

    alone = typer.Typer(no_args_is_help=True, rich_markup_mode=None, help=__doc__)
    mount(alone)
    return alone


def mount(larger: typer.Typer) -> None:
    """Add the journal's commands to this application."""
    from journal import (
        cli_best,
        cli_copy,
        cli_declare,
        cli_diff,
        cli_export,
        cli_import,
        cli_import_trackers,
        cli_log,
        cli_options,
        cli_read,
        cli_record,
        cli_verify,
    )

    for commands in (
        cli_options, cli_log, cli_record, cli_read, cli_best, cli_diff, cli_verify, cli_import,
        cli_import_trackers, cli_export, cli_copy, cli_declare,
    ):  # fmt: skip
        commands.mount(larger)


def run(application: Callable[[], typer.Typer], words: Sequence[str]) -> int:
    """Run the application on these words; errors are shown as the journal shows its own."""
    from journal.cli_options import built

    command = built(application)

    def invoke() -> int:
        try:
            answer = command.main(args=list(words), prog_name="knobwise", standalone_mode=False)
        except SystemExit as ended:
            if isinstance(ended.__context__, BrokenPipeError):  # typer would exit 1
                raise ended.__context__ from None
            raise
        return answer if isinstance(answer, int) else 0

    return guarded(invoke, words)


def guarded(work: Callable[[], int], words: Sequence[str]) -> int:
    """Do the work; an error is told in one place, and becomes the exit status.

    Whoever closes the pipe (``| head``) has read enough: that is no error.
    """
    from journal.errors import JournalError, RunNotFound, UsageError, ValueRefused

    _open_what_is_closed()
    status = 0
    try:
        status = work()
        sys.stdout.flush()
    except JournalError as error:
        usage = isinstance(error, UsageError | ValueRefused | RunNotFound)
        return _complained(error, words, 2 if usage else 1)
    except BrokenPipeError:
        return _without_stdout(status)
    except UnicodeEncodeError as error:
        hint = "set PYTHONIOENCODING=utf-8, or write to a file: knobwise export -o FILE"
        said = f"stdout is in {error.encoding}, which has no {error.object[error.start]!r}"
        return _complained(JournalError(said, hint=hint), words, 1)
    except OSError as failed:
        said = failed.strerror or str(failed)
        told = f"{failed.filename}: {said}" if failed.filename else f"stdout takes nothing: {said}"
        return _complained(JournalError(told), words, 1)
    except KeyboardInterrupt:
        return 130
    except Exception as error:  # not ours: typer's own usage errors, and bugs
        if not hasattr(error, "format_message"):
            raise
        from journal.usage import complain_of_usage

        return complain_of_usage(error, words)
    return status


def _complained(error: JournalError, words: Sequence[str], status: int) -> int:
    from journal.complaints import complain

    complain(error, words)
    try:
        sys.stdout.flush()
    except (OSError, UnicodeEncodeError):
        return _without_stdout(status)
    return status


def _without_stdout(status: int) -> int:
    """What stdout did not take goes nowhere: Python would try again, and complain, at its end."""
    import os

    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    return status


def _open_what_is_closed() -> None:
    """Where the caller closed stdout or stderr (``>&-``), have one: its place is not a segment's.

    Nothing can be written to that stdout, as nothing can to a closed one.
    """
    if sys.stdout is None or sys.stderr is None:
        import os

        for name, number in (("stdin", 0), ("stdout", 1), ("stderr", 2)):
            if getattr(sys, name) is None:
                fd = os.open(os.devnull, os.O_WRONLY if number != 1 else os.O_RDONLY)
                if number:
                    setattr(sys, name, os.fdopen(fd, "w", closefd=False))
