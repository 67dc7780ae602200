"""What the shell completes: run ids, names, filters; and that it loads nothing heavy for it."""

import os
import subprocess
import sys
from functools import partial
from pathlib import Path

import pytest

import journal
from journal import completion
from journal.cli import app, run

ROOT = Path(__file__).parents[2]


def completed(*words: str, shell: str = "bash") -> list[str]:
    """What the command answers to the shell's question about the last word."""
    environment = {"_KNOBWISE_COMPLETE": f"complete_{shell}", "COMP_WORDS": " ".join(words),
                   "COMP_CWORD": str(len(words) - 1)}  # fmt: skip
    code = (
        "import sys\n"
        "from journal.cli import main\n"
        "try: main([])\n"
        "except SystemExit: pass\n"
        "finally: print(*{m.split('.')[0] for m in sys.modules}, file=sys.stderr)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], env={**os.environ, **environment, "PYTHONPATH": str(ROOT)},
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    heavy = {"pandas", "numpy", "statsmodels", "seaborn", "sklearn", "analysis", "psycopg"}
    assert heavy & set(done.stderr.split()) == set()
    return done.stdout.split()


@pytest.fixture
def runs() -> list[str]:
    with journal.open() as book:
        return [
            book.log({"lr": 0.1, "layers": 3}, metrics={"acc": 0.5, "loss": 1.0}),
            book.log({"lr": 0.2, "momentum": 0.9}, status="failed"),
        ]


def test_run_ids_complete_by_their_last_digits_or_in_full(runs):
    assert completed("knobwise", "show", runs[0][-8:-5]) == [runs[0][-8:]]
    assert set(completed("knobwise", "diff", "")) == {run[-8:] for run in runs}
    assert completed("knobwise", "show", runs[1][:-1]) == [runs[1]]


def test_statuses_and_tags_complete_also_where_bash_parts_the_word(runs):
    journal.open().log({"lr": 1}, tags=["sweep", "\x1b[2J"])
    assert completed("knobwise", "ls", "status=fi") == ["status=finished"]
    assert completed("knobwise", "ls", "lr<1", "tag:s") == ["tag:sweep"]
    assert completed("knobwise", "ls", "!tag:") == ["!tag:sweep"]
    assert completed("knobwise", "ls", "lr=1", "status", "=", "fi") == ["finished"]
    assert completed("knobwise", "ls", "status", "=")[:2] == ["finished", "failed"]
    assert completed("knobwise", "ls", "tag", ":", "s") == ["sweep"]
    assert completed("knobwise", "ls", "lr", "=", "s") == []


def test_names_and_filters_complete(runs):
    assert completed("knobwise", "best", "-m", "a") == ["acc"]
    assert completed("knobwise", "ls", "l") == ["lr=", "layers=", "loss="]
    assert completed("knobwise", "ls", "!h") == ["!has:"]
    assert completed("knobwise", "export", "mom") == ["momentum="]
    assert completed("knobwise", "ls", "--columns", "lr,mo") == ["lr,momentum"]
    assert completed("knobwise", "ls", "--sort", "lo") == ["loss"]
    assert completed("knobwise", "declare", "metric", "") == ["acc", "loss"]
    assert completed("knobwise", "declare", "parameter", "l") == ["lr", "layers"]


def test_statuses_complete(runs):
    assert completion.filters(_Context({}), "status=f") == ["status=finished", "status=failed"]
    assert completion.parameters(_Context({}), "m") == ["momentum"]


def test_without_a_journal_nothing_completes():
    assert completed("knobwise", "show", "") == []


def test_completion_can_be_installed(capsys, monkeypatch):
    monkeypatch.setenv("_TYPER_COMPLETE_TEST_DISABLE_SHELL_DETECTION", "1")
    with pytest.raises(SystemExit):
        run(partial(app), ["--show-completion", "bash"])  # made anew, as of the variable
    assert "_KNOBWISE_COMPLETE=complete_bash" in capsys.readouterr().out


class _Context:
    def __init__(self, params: dict[str, object]) -> None:
        self.params = params
