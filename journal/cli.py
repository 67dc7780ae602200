"""The journal's commands: ``main`` runs them, ``mount`` adds them to a larger command.

Nothing here imports typer before it is needed: ``knobwise log`` answers without it.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence

TYPE_CHECKING = False
if TYPE_CHECKING:
    import typer


def main(words: Sequence[str] | None = None) -> int:
    """Run one of the journal's commands and return its exit status."""
    words = sys.argv[1:] if words is None else list(words)
    status = log_quickly(words)
    return run(app(), words) if status is None else status


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
        cli_read,
        cli_record,
        cli_verify,
    )

    for commands in (
        cli_log, cli_record, cli_read, cli_best, cli_diff, cli_verify, cli_import,
        cli_import_trackers, cli_export, cli_copy, cli_declare,
    ):  # fmt: skip
        commands.mount(larger)


def run(application: typer.Typer, words: Sequence[str]) -> int:
    """Run the application on these words; errors are shown as the journal shows its own."""
    from typer.main import get_command

    command = get_command(application)

    def invoke() -> int:
        answer = command.main(args=list(words), prog_name="knobwise", standalone_mode=False)
        return answer if isinstance(answer, int) else 0

    return guarded(invoke, words)


def guarded(work: Callable[[], int], words: Sequence[str]) -> int:
    """Do the work; an error is told in one place, and becomes the exit status."""
    from journal.errors import JournalError, UsageError, ValueRefused

    try:
        return work()
    except JournalError as error:
        from journal.complaints import complain

        complain(error, words)
        return 2 if isinstance(error, UsageError | ValueRefused) else 1
    except BrokenPipeError:
        import os

        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        return 1
    except KeyboardInterrupt:
        return 130
    except Exception as error:  # not ours: typer's own usage errors, and bugs
        if not hasattr(error, "format_message"):
            raise
        from journal.usage import complain_of_usage

        return complain_of_usage(error, words)
