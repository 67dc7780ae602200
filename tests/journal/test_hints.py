"""Commands in hints act on the journal that the failed command was about."""

import errno
import shlex
import subprocess
from pathlib import Path

import pytest

import journal
from analysis.cli import main
from journal.hints import addressed, named
from journal.writer import _write_failed


@pytest.mark.parametrize(
    ("words", "address"),
    [
        (["ls", "--journal", "a b"], "a b"),
        (["ls", "--journal=x"], "x"),
        (["run", "--", "echo", "--journal", "x"], None),
        (["ls"], None),
    ],
)
def test_the_journal_that_was_named_is_found(words, address):
    assert named(words) == address


def test_only_commands_get_the_journal_quoted_and_without_a_password():
    hint = "once: knobwise declare metric acc --direction maximize, or knobwise ls"
    assert addressed(hint, None) == hint
    assert addressed(hint, "a b") == (
        "once: knobwise declare metric --journal 'a b' acc --direction maximize, "
        "or knobwise ls --journal 'a b'"
    )
    assert addressed("see knobwise ls --help", "a") == "see knobwise ls --help"
    assert addressed("knobwise ls", "postgresql://u:secret@h/d") == (
        "knobwise ls --journal postgresql://u@h/d"
    )


@pytest.mark.parametrize("command", ["best", "importance", "plan"])
def test_a_hint_copied_verbatim_declares_in_the_same_journal(capfd, knobwise, command):
    knobwise("log", "lr=1", "-m", "acc=1", "--journal", "some where")
    knobwise("log", "lr=1", "-m", "acc=1")
    capfd.readouterr()
    assert main([command, "-m", "acc", "--journal", "some where"]) in {1, 2}
    err = capfd.readouterr().err
    typed = "knobwise " + err.partition("knobwise declare")[2].splitlines()[0].strip()
    words = ["declare", *shlex.split(typed)[1:]]
    assert main(words) == 2  # as it stands it says no direction
    assert main([word.replace("WHICH", "maximize") for word in words]) == 0
    assert "maximize" in knobwise("export", "--journal", "some where").out
    assert "maximize" not in knobwise("export").out


def test_the_hints_of_finish_and_plan_name_the_journal(capfd, knobwise):
    run = knobwise("log", "lr=1", "-m", "acc=1", "--status", "failed", "--journal", "j").out.strip()
    assert "knobwise amend --journal j " in knobwise("finish", run, "--journal", "j").err
    capfd.readouterr()
    assert main(["plan", "-m", "acc", "--maximize", "--journal", "j"]) != 0
    assert "knobwise ls --journal j status=failed" in capfd.readouterr().err


@pytest.mark.parametrize(
    ("words", "cure"),
    [
        ("import sweep.csv", "one of csv, jsonl, optuna, mlflow, wandb, tensorboard; see knobwise"),
        ("import --journal j", "see knobwise import --help"),
        ("declare lr", "one of metric, parameter; see knobwise declare --help"),
        ("declare metrik acc", "did you mean metric?"),
        ("ls -n some", "'-n': it is not a valid integer"),
        ("note RUN two words", "a text of several words stands in quotes"),
        ("ls --journal j/{segment}", "j/{segment}: a journal is a folder, not a file"),
        ("ls --journal j/{segment}", "it is one of the journal in j"),
        ("ls --journal other.txt", "name one with --journal"),
        ("import optuna other.txt", "study.trials_dataframe().to_csv(FILE), then knobwise import"),
    ],
)
def test_a_newcomers_slip_has_its_remedy(knobwise, words, cure):
    knobwise("log", "lr=1", "--journal", "j")
    Path("other.txt").write_text("x")
    (segment,) = (path.name for path in Path("j").iterdir())
    outcome = knobwise(*words.format(segment=segment).split())
    assert outcome.status in {1, 2}
    assert cure.format(segment=segment) in outcome.err


def test_the_list_of_commands_cuts_no_sentence_on_a_terminal_of_80_columns(capfd, monkeypatch):
    monkeypatch.setenv("COLUMNS", "80")
    assert main(["--help"]) == 0
    told = capfd.readouterr().out
    assert "importance" in told
    assert "..." not in told.partition("Commands:")[2]


def test_a_doubled_equals_sign_is_wondered_at(knobwise):
    outcome = knobwise("log", "lr==0.1")
    said = "knobwise: lr is the text =0.1; a number has one ="
    assert (outcome.status, said in outcome.err.splitlines()) == (0, True)


def test_a_step_that_is_left_out_tells_how_a_result_is_recorded():
    cure = r"run\.result\(loss=0\.2\)"
    with journal.run(lr=1) as run, pytest.warns(journal.RecordingWarning, match=cure):
        run.log({"loss": 0.2})  # type: ignore[arg-type]


def test_what_names_a_journal_is_said_in_python_as_in_python(knobwise, monkeypatch):
    """The shell is told its flag, a program the call."""
    Path("bare").mkdir()
    Path("file").write_text("x")
    for place in ("bare", "file", "none"):
        with pytest.raises(journal.JournalNotFound) as found:
            journal.open(place).frame()
        assert found.value.hint == (
            "name one: journal.open(PATH) or KNOBWISE_JOURNAL, or log a first run"
        )
        told = knobwise("ls", "--journal", place).err
        assert told.endswith("name one with --journal or KNOBWISE_JOURNAL, or log a first run\n")
    Path("gone").mkdir()
    monkeypatch.chdir("gone")
    Path.cwd().rmdir()
    with pytest.raises(journal.JournalNotFound, match=r"name the journal: journal\.open\(PATH\)"):
        journal.open()
    assert "name the journal with --journal or" in knobwise("ls").err


def test_where_nothing_may_be_written_another_journal_is_named():
    failed = _write_failed("shut", PermissionError(errno.EACCES, "Permission denied"))
    assert failed.hint == "choose another journal: journal.open(PATH) or KNOBWISE_JOURNAL"
    assert failed.typed == "choose another journal with --journal or KNOBWISE_JOURNAL"


@pytest.mark.parametrize(
    ("words", "pointed", "said"),
    [
        (["x=1e400"], "1e400", "infinity is inf"),
        (["x=1e400=1", "y=1e400"], "1e400", "infinity is inf"),
        (["x=1", "-m", "acc=high"], "acc=high", "a metric is a number"),
        (["x=1", "-macc=high"], "acc=high", "a metric is a number"),
        (["x=1", "--seed", "3.5"], "3.5", "the seed is '3.5'"),
        (["x=1", "--seed=abc"], "abc", "the seed is 'abc'"),
        (["x=1", "--status", "fialed"], "fialed", "did you mean failed?"),
        (["x=1", "--status", "done"], "done", "one of finished, failed, killed"),
        (["x=1", "--seconds", "2m"], "2m", "a duration is a number of seconds"),
    ],
)
def test_a_value_that_cannot_be_is_pointed_at(knobwise, words, pointed, said):
    outcome = knobwise("log", *words)
    assert outcome.status == 2
    assert said in outcome.err
    line, carets = outcome.err.splitlines()[1:3]
    assert line[carets.index("^") : len(carets)] == pointed
    assert line[: carets.index("^")].endswith(words[-1].partition(pointed)[0])
    assert not Path("data").exists()


@pytest.mark.parametrize("place", ["two words", "new\nline", "zero\u200bwidth", "it's", "-x"])
def test_a_shell_finds_the_journal_of_a_hint_wherever_it_is(place):
    line = addressed("knobwise ls", place).replace("knobwise ls", "printf '%s\\0'")
    told = subprocess.run(["bash", "-c", line], capture_output=True, check=True).stdout.decode()
    assert line.isprintable()
    assert told.split("\0")[:2] == ["--journal", place]
