"""The command `knobwise`: the journal's commands and the analyst's, behind one entry point.

Nothing heavy is imported here: `knobwise log` answers without typer, pandas or numpy.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence

from journal import cli as journal_cli

TYPE_CHECKING = False
if TYPE_CHECKING:
    import typer


def main(words: Sequence[str] | None = None) -> int:
    """Run one command and return its exit status."""
    words = sys.argv[1:] if words is None else list(words)
    try:
        status = journal_cli.log_quickly(words)
        return journal_cli.run(app, words) if status is None else status
    except KeyboardInterrupt:  # while it is still starting
        return 130


def app() -> typer.Typer:
    """Every command, as one application."""
    import typer

    from analysis import importance_cli, plan_cli, report_cli
    from journal import completion
    from journal.cli_options import AboutOne

    completed = {
        "metric": completion.metrics,
        "where": completion.filters,
        "block": completion.parameters,
        "contrast": completion.parameters,
        "by": completion.parameters,
    }

    whole = typer.Typer(
        no_args_is_help=True,
        rich_markup_mode=None,
        pretty_exceptions_enable=False,
        help="A lab journal for hyperparameter experiments, and the analyst who reads it.",
    )
    journal_cli.mount(whole)
    importance_cli.mount(whole, completed)
    report_cli.mount(whole, completed)
    plan_cli.mount(whole, completed, kind=AboutOne)
    return whole


if __name__ == "__main__":
    sys.exit(main())
