"""Options are said once and mean the same in every command."""

import json
import math
import os
import shlex
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import jsonschema
import numpy as np
import pytest
import typer
from typer.testing import CliRunner

import journal
from analysis import importance_cli
from analysis.assessment import assess
from analysis.cli import main
from analysis.errors import InputError
from analysis.frame import Frame
from analysis.options import DETAIL, asked, asking, spelled
from analysis.request import Request
from docs.cli_reference import describe, listed, visible

ROOT = Path(__file__).parents[2]
SHARED = ("journal", "minimize", "margin", "transform", "where", "block", "seed", "workers")


def understood(words: list[str]) -> Request:
    """What a command of the shared options alone makes of these words."""
    heard: list[Request] = []

    def ask(*, request: Request) -> int:
        """Listen."""
        heard.append(request)
        return 0

    application = typer.Typer(pretty_exceptions_enable=False)
    application.command()(asking(ask))
    result = CliRunner().invoke(application, words, standalone_mode=False)
    assert result.exception is None, result.output
    return heard[0]


def test_shared_options_are_the_same_in_every_command():
    commands = dict(listed())
    rows = [
        {item.name: describe(item) for item in visible(commands[f"knobwise {name}"])}
        for name in ("importance", "report", "plan")
    ]
    for option in SHARED:
        assert rows[0][option] == rows[1][option] == rows[2][option]


def test_what_adds_to_an_answer_is_asked_of_answers_only():
    commands = dict(listed())
    names = {
        command: {item.name for item in visible(commands[f"knobwise {command}"])}
        for command in ("importance", "report", "plan")
    }
    assert set(DETAIL) <= names["importance"] & names["report"]
    assert not set(DETAIL) & names["plan"]


def test_nothing_said_is_the_default():
    assert understood([]) == Request()


def test_zero_is_an_answer():
    assert understood(["--margin", "0", "--seed", "0"]).margin == 0.0


@pytest.mark.parametrize(
    "request_",
    [
        Request(journal="a b", minimize=True, margin=0.1234567891, share_margin=0.1),
        Request(where=["lr<1e-2", "act='x y'"], block=["host"], transform="rank"),
        Request(
            anova=["robust", "bh"], contrast=["a b"], step=[0, 10], by=["n"], block_as="random"
        ),
    ],
)
def test_what_is_spelled_out_is_understood_again(request_):
    words = shlex.split(" ".join(spelled(asked(request_))))
    assert understood(words) == request_


def test_spelling_leaves_out_what_was_not_changed_or_not_wanted():
    assert spelled(asked(Request())) == []
    changed = replace(Request(), workers=4, seed=3)
    assert spelled(asked(changed, without=("workers",))) == ["--seed", "3"]


def test_what_is_written_down_has_no_password():
    told = Request(journal="postgresql://lab:secret@db/runs", workers=2, margin=0.1).asked()
    assert told == (("journal", "postgresql://lab@db/runs"), ("margin", 0.1))


def test_a_command_may_have_no_use_for_an_option():
    def ask(*, request: Request) -> int:
        """Listen."""
        return request.seed

    application = typer.Typer(pretty_exceptions_enable=False)
    application.command()(asking(ask, without=("margin",)))
    result = CliRunner().invoke(application, ["--margin", "1"])
    assert result.exit_code == 2
    assert "No such option" in result.output


def test_an_unknown_transform_is_refused_with_the_known_ones(capsys):
    assert main(["importance", "-m", "x", "--transform", "cube"]) == 2
    assert "auto, none, log" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "status", "said"),
    [
        (["--block-as", "nested"], 2, "--block-as: 'nested' is none of its values"),
        (["--block-as", "random"], 2, "--block-as says how blocks enter, and there is no --block"),
        (["--anova", "hc4"], 2, "knobwise: --anova: 'hc4' is no kind of test"),
        (["--anova", "welch", "--anova", "pure"], 2, "knobwise: --anova: welch and pure exclude"),
        (["--anova", "ranks", "--anova", "pure"], 2, "knobwise: --anova: ranks and pure exclude"),
        (["--anova", "robust", "--anova", "pure"], 2, "knobwise: --anova: robust and pure exclude"),
        (["--contrast", "lr"], 2, "knobwise: --contrast: lr has no levels to compare"),
        (["--contrast", "x"], 2, "knobwise: --contrast: no studied parameter is called x"),
        (
            ["--transform", "log"],
            2,
            "knobwise: --transform log: log10 needs positive values; the lowest acc is 0",
        ),
        (["--by", "depth"], 2, "knobwise: --by: no studied parameter or block is called depth\n"),
        (["--by", "depth"], 2, "^^^^^\n  one of act, lr"),
        (["--by", "host"], 2, "with --block host it is a block; or one of act, lr"),
        (["--step", "3"], 2, "no run logged acc up to step 3"),
        (["--margin", "-1"], 2, "--margin: -1 is not above 0 and below inf"),
        (["--margin", "nan"], 2, "--margin: nan is not above 0 and below inf"),
        (["--share-margin", "1"], 2, "--share-margin: 1 is not above 0 and below 1"),
        (["--where", "lr>9"], 2, "knobwise: --where: of 12 runs none"),
        (["--lang", "tlh"], 2, "knobwise: --lang: no language 'tlh'"),
    ],
)
def test_what_cannot_be_asked_is_refused_in_one_line(tmp_path, capsys, words, status, said):
    with journal.open(tmp_path / "runs") as book:
        for i in range(12):
            with book.run(lr=i / 12, act="ab"[i % 2]) as run:
                run.result(acc=i / 3)
    asked = ["-m", "acc", "--maximize", "--journal", str(tmp_path / "runs"), *words]
    assert main(["importance", *asked]) == status
    assert said in capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "pointed", "guess"),
    [
        (["-m", "los"], "los", "did you mean loss?"),
        (["-m", "loss", "--transform", "rnak"], "rnak", "did you mean rank?"),
        (["-m", "loss", "--anova=robst"], "robst", "did you mean robust?"),
        (["-m", "loss", "--contrast", "optimiser"], "optimiser", "did you mean optimizer?"),
        (["-m", "loss", "--by", "optimiser"], "optimiser", "did you mean optimizer?"),
        (["-m", "loss", "--block", "optimiser"], "optimiser", "did you mean optimizer?"),
        (["-m", "loss", "--margin", "-1"], "--margin", "is not above 0"),
        (["-m", "loss", "--lang", "kr"], "kr", "choose from en, ko"),
    ],
)
def test_a_mistyped_word_is_pointed_at_and_guessed(tmp_path, capsys, words, pointed, guess):
    journal.open(tmp_path / "runs").log({"lr": 1, "optimizer": "sgd"}, metrics={"loss": 1})
    journal.open(tmp_path / "runs").log({"lr": 2, "optimizer": "adam"}, metrics={"loss": 2})
    asked = ["importance", *words, "--minimize", "--journal", str(tmp_path / "runs")]
    assert main(asked) == 2
    told = capsys.readouterr().err
    _, line, carets, *_ = told.splitlines()
    assert line[carets.index("^") : len(carets)] == pointed
    assert guess in told


@pytest.mark.parametrize("role", ["block", "studied"])
def test_blocks_may_be_random_where_one_is_declared(tmp_path, role):
    folder = str(tmp_path / "runs")
    with journal.open(folder) as book:
        for i in range(24):
            book.log({"lr": i / 24, "data": "ab"[i % 2]}, metrics={"acc": i / 24 + i % 2})
    assert main(["declare", "parameter", "data", "--role", role, "--journal", folder]) == 0
    application = typer.Typer(pretty_exceptions_enable=False)
    importance_cli.mount(application)
    asked = ["-m", "acc", "--maximize", "--journal", folder, "--block-as", "random"]
    result = CliRunner().invoke(application, asked, standalone_mode=False)
    assert result.return_value == (0 if role == "block" else 2)


def test_the_answer_in_a_terminal_is_in_the_language_that_is_asked_for(capsys, tmp_path):
    with journal.open(tmp_path / "runs") as book:
        for i in range(24):
            book.log({"lr": i / 24}, metrics={"acc": i / 24})
    asked = ["importance", "--journal", str(tmp_path / "runs"), "-m", "acc"]
    asked += ["--maximize", "--lang", "ko"]
    assert main(asked) == 0
    assert "전체 보고서: " in capsys.readouterr().out


@pytest.mark.parametrize("command", ["importance", "report", "plan"])
@pytest.mark.parametrize("words", [("--seed", "-1"), ("--workers", "0")])
def test_what_no_number_can_be_is_a_usage_error(command, words, capsys):
    assert main([command, "-m", "acc", *words]) == 2
    told = capsys.readouterr().err
    assert told.startswith(f"knobwise: invalid value for '{words[0]}'")
    assert "Traceback" not in told


def test_a_report_of_nothing_is_refused_in_plain_words(capsys):
    assert main(["report"]) == 2
    told = capsys.readouterr().err
    assert told.startswith("knobwise: give either a metric (-m NAME) or a saved report\n")


@pytest.mark.parametrize(
    "options", [{"rng": -1}, {"workers": 0}, {"margin": math.inf}, {"margin": 0.0}]
)
def test_an_assessment_refuses_the_same(options):
    frame = Frame.from_arrays(np.arange(20.0).reshape(10, 2), np.arange(10.0), direction="maximize")
    with pytest.raises(InputError, match=r"seed|worker|margin"):
        assess(frame, **options)


def test_everything_at_once_reaches_the_json(tmp_path):
    rng = np.random.default_rng(0)
    with journal.open(tmp_path / "runs") as book:
        for i in range(60):
            lr, act = rng.random(), "abc"[i % 3]
            with book.run(lr=lr, act=act, data="pq"[i % 2]) as run:
                for step in (1, 2):
                    run.log(step, acc=float(lr * step + (act == "b") + rng.normal() * 0.05))
    application = typer.Typer(pretty_exceptions_enable=False)
    importance_cli.mount(application)
    words = [
        "-m",
        "acc",
        "-m",
        "acc@1",
        "--maximize",
        "--journal",
        str(tmp_path / "runs"),
        "--json",
    ]
    words += ["--block", "data", "--block-as", "random", "--anova", "robust", "--contrast", "act"]
    words += ["--step", "1", "--by", "act", "--by", "data"]
    result = CliRunner().invoke(application, words, standalone_mode=False)
    assert result.return_value == 0, result.output
    last, first = json.loads(result.stdout)
    schema = json.loads((ROOT / "docs/importance.schema.json").read_text(encoding="utf-8"))
    jsonschema.validate(last, schema)
    assert (last["metric"]["name"], first["metric"]["name"]) == ("acc", "acc@1")
    assert "CR2" in last["classical"]["method"]
    assert any("data entered as random" in note for note in last["classical"]["notes"])
    assert [c["first"] for c in last["classical"]["contrasts"]] == ["a", "a", "b"]
    parts = [(part["by"], part["value"]) for part in last["strata"]]
    assert parts == [
        ("act", "a"),
        ("act", "b"),
        ("act", "c"),
        ("data", "p"),
        ("data", "q"),
        ("step", 1),
    ]
    assert all(part["answer"] == "given" for part in last["strata"])


def test_a_plan_is_for_one_metric(capsys):
    assert main(["plan", "-m", "a", "-m", "b"]) == 2
    assert "--metric is given more than once" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ("importance -m a", ["acc"]),
        ("report -m", ["acc", "loss"]),
        ("plan --where l", ["lr=", "loss="]),
        ("importance --by", ["lr", "data"]),
        ("report --journal elsewhere --block", ["other"]),
    ],
)
def test_a_shell_completes_what_the_journal_holds(words, told, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with journal.open() as book:
        book.log({"lr": 0.1, "data": "p"}, metrics={"acc": 0.5, "loss": 1.0})
    with journal.open("elsewhere") as book:
        book.log({"other": 1})
    asked = ["knobwise", *words.split(), *([""] if words.endswith(("m", "by", "block")) else [])]
    environment = {"_KNOBWISE_COMPLETE": "complete_bash", "COMP_WORDS": " ".join(asked),
                   "COMP_CWORD": str(len(asked) - 1), "PYTHONPATH": str(ROOT)}  # fmt: skip
    done = subprocess.run(
        [sys.executable, "-c", "from analysis.cli import main; main()"],
        env={**os.environ, **environment}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert (done.stdout.split(), done.stderr) == (told, "")
