"""The command: one-shot and bulk logging, reading back, usage errors, the modules it loads."""

import io
import json
import math
import subprocess
import sys
from pathlib import Path

import pytest

import journal
from journal.oneshot import OPTIONS, REPEATED, Request, parse


def test_a_logged_run_is_listed_as_the_contract_says(knobwise):
    logged = knobwise("log", "lr=3e-4", "act=relu", "-m", "acc=0.5", "--seed", "0", "--tag", "a",
                      "--note", "hü", "--at", "2026-01-02T03:04:05+00:00")  # fmt: skip
    assert logged.status == 0
    (run,) = json.loads(knobwise("ls", "--json").out)
    assert run == {
        "id": logged.out.strip(), "params": {"lr": 3e-4, "act": "relu"}, "metrics": {"acc": 0.5},
        "seed": 0, "status": "finished", "started_at": "2026-01-02T03:04:05.000000Z",
        "seconds": None, "tags": ["a"], "notes": ["hü"],
    }  # fmt: skip


def test_bulk_lines_are_logged_and_refused_ones_named(knobwise, tmp_path):
    lines = ['{"params": {"a": {"b": 1}}, "metrics": {"m": NaN}}', "", "[]", '{"parms": {}}',
             '{"params": {}, "metrics": {}, "seed": 3, "status": "failed"}']  # fmt: skip
    Path("runs.jsonl").write_text("\n".join(lines))
    outcome = knobwise("log", "--jsonl", "runs.jsonl")
    assert outcome.status == 1
    assert len(outcome.out.split()) == 2
    assert "runs.jsonl:3:" in outcome.err
    assert "did you mean 'params'" in outcome.err
    first, second = journal.open().runs()
    assert first.params == {"a.b": 1}
    assert first.metrics["m"] != first.metrics["m"]
    assert (second.metrics, second.seed, second.status) == ({}, 3, "failed")


def test_numbers_that_json_cannot_say_are_read_as_export_writes_them(knobwise):
    Path("runs.jsonl").write_text(
        '{"params": {"clip": {"float": "inf"}, "n": {"int": "36893488147419103232"}, '
        '"opt": {"float": "1"}}, "metrics": {"loss": {"float": "nan"}}}\n'
    )
    assert knobwise("log", "--jsonl", "runs.jsonl").status == 0
    (run,) = journal.open().runs()
    assert run.params == {"clip": math.inf, "n": 2**65, "opt.float": "1"}
    assert math.isnan(run.metrics["loss"])


@pytest.mark.parametrize(
    ("words", "pointed", "hint"),
    [
        (["log", "lr3e-4", "b=1"], "lr3e-4", "did you mean lr=3e-4?"),
        (["log", "lr = 3e-4", "b=1"], "lr = 3e-4", "did you mean lr=3e-4?"),
        (["log", "act:relu"], "act:relu", "did you mean act=relu?"),
        (["log", "--sed", "3", "a=1"], "--sed", "did you mean --seed?"),
        (["lgo", "a=1"], "lgo", "did you mean log?"),
        (["log", "a=1", "--at", "noon"], "noon", "for example"),
        (["log", "a=1", "a=2"], "a=2", ""),
        (["finish", "0193", "loss=1"], "loss=1", "did you mean -m loss=1?"),
        (["finish", "0193", "more"], "more", "see knobwise finish --help"),
        (["default", "dropout"], "dropout", "name=value"),
    ],
)
def test_a_mistyped_word_gets_a_caret_and_a_guess(knobwise, words, pointed, hint):
    outcome = knobwise(*words)
    assert outcome.status == 2
    assert outcome.out == ""
    lines = outcome.err.splitlines()
    (carets,) = [i for i, line in enumerate(lines) if set(line.strip()) == {"^"}]
    start = lines[carets].index("^")
    assert lines[carets - 1][start : start + lines[carets].count("^")] == pointed
    assert hint in outcome.err
    assert not Path("data").exists()


def test_who_forgot_what_is_asked_about_is_shown_how_to_ask_and_where_its_name_stands(knobwise):
    assert knobwise("best", "--journal", "lab").err == (
        "knobwise: missing option '--metric' / '-m'\n"
        "  for example: knobwise best --journal lab -m accuracy; "
        "knobwise ls --journal lab shows what was measured\n"
    )


def test_the_plain_parser_has_the_options_of_the_typer_command():
    from typer.main import get_command

    from journal.cli import app

    command = get_command(app()).commands["log"]  # type: ignore[attr-defined]
    options = {name for option in command.params for name in option.opts if name[0] == "-"}
    assert options - {"--help"} == set(OPTIONS)
    repeated = {o.name for o in command.params if o.multiple or o.nargs == -1}
    assert repeated == REPEATED | {"assignments"}


@pytest.mark.parametrize(
    "words",
    [
        ["a=1"], ["a=1", "-m", "x=1", "-mx=2", "--metric=y=3", "b==2"], ["--seed", "-3", "a=1"],
        ["--tag", "x", "--tag=y", "--note", "--seed"], ["--", "-a=1", "--seed"], ["a=1", "-"],
        ["--journal=1", "--journal=2"], ["--jsonl", "-"], ["--note=", "a="], [],
        ["--at=2026", "--seconds=3", "--status=x"],
    ],
)  # fmt: skip
def test_the_plain_parser_reads_words_as_typer_does(monkeypatch, words):
    seen: list[Request] = []

    def record(request: Request) -> int:
        seen.append(request)
        return 0

    monkeypatch.setattr("journal.cli_log.record", record)
    from journal.cli import app, run

    assert run(app, ["log", *words]) == 0
    assert [parse(words)] == seen


def test_a_process_that_runs_many_commands_makes_the_application_once():
    from journal.cli import app, run

    made = []

    def counted():
        made.append(app())
        return made[-1]

    assert [run(counted, ["--version"]), run(counted, ["ls", "--help"])] == [0, 0]
    assert len(made) == 1


@pytest.mark.parametrize(
    "words", [["--help"], ["--sed", "1"], ["a=1", "--seed"], ["-x"], ["--seed=1", "--seed=2"]]
)
def test_what_is_not_plain_is_left_to_typer(words):
    assert parse(words) is None


LOADED_BY_LOG = {
    "journal", "journal.cli", "journal.clock", "journal.discovery", "journal.entries",
    "journal.errors", "journal.forks", "journal.hashing", "journal.held", "journal.host",
    "journal.ids", "journal.lines", "journal.masking",
    "journal.oneshot", "journal.packing", "journal.room", "journal.tails", "journal.values",
    "journal.writer",
}  # fmt: skip
"""Adding a module here makes every run of every shell loop wait for it."""
STDLIB_AT_MOST = 40


@pytest.mark.parametrize("entry", ["journal.cli", "analysis.cli"])
def test_log_loads_these_modules_and_no_others(tmp_path, entry):
    code = (
        "import sys; before = set(sys.modules); sys.path.insert(0, sys.argv[1]);"
        f"from {entry} import main; main(['log', 'a=1', '-m', 'x=1', '--journal', 'j']);"
        "print(*set(sys.modules) - before)"
    )
    done = subprocess.run(
        [sys.executable, "-I", "-c", code, str(Path(__file__).parents[2])],
        capture_output=True, text=True, check=True, cwd=tmp_path,
    )  # fmt: skip
    loaded = set(done.stdout.splitlines()[-1].split())
    ours = {name for name in loaded if name.startswith(("journal", "analysis"))}
    assert ours == LOADED_BY_LOG | ({"analysis", entry} if entry == "analysis.cli" else set())
    others = loaded - ours
    assert {name for name in others if name.split(".")[0] not in sys.stdlib_module_names} == set()
    assert "typing" not in others
    assert len(others) <= STDLIB_AT_MOST, sorted(others)


def test_verify_tells_damage_by_its_exit_and_a_head_tells_a_cut(knobwise):
    for i in range(3):
        knobwise("log", f"i={i}")
    assert knobwise("verify").status == 0
    head = knobwise("verify", "--head").out
    Path("head").write_text(head)
    (segment,) = Path("data/journal").glob("*.jsonl")
    data = segment.read_bytes()
    knobwise("log", "i=3")
    assert knobwise("verify", "--against", "head").status == 0
    segment.write_bytes(b"".join(data.splitlines(keepends=True)[:2]))
    assert knobwise("verify").status == 0
    assert knobwise("verify", "--against", "head").status == 1
    segment.write_bytes(data.replace(b'"i":1', b'"i":7'))
    outcome = knobwise("verify", "--json")
    assert outcome.status == 1
    (damage,) = json.loads(outcome.out)["damage"]
    assert (damage["kind"], damage["line"]) == ("altered", 2)
    assert damage["offset"] == data.index(b"\n") + 1


def test_import_csv_takes_columns_as_told_and_twice_changes_nothing(knobwise):
    Path("t.csv").write_text(
        "lr,act,data,seed,acc,state,junk\n0.1,relu,a,0,0.5,ok,x\n0.1,relu,a,0,0.5,ok,y\n"
        "1e-3,,b,1,,FAILED,z\n"
    )
    words = ["import", "csv", "t.csv", "-m", "acc", "--seed", "seed", "--block", "data",
             "--status", "state", "--ignore", "junk"]  # fmt: skip
    shown = knobwise(*words, "--dry-run")
    assert shown.status == 0
    assert "3 runs" in shown.out
    assert not Path("data").exists()
    for _ in range(2):
        assert knobwise(*words).status == 0
    runs = list(journal.open().runs())
    assert [(r.params, r.metrics, r.seed, r.status) for r in runs] == [
        ({"lr": 0.1, "act": "relu", "data": "a"}, {"acc": 0.5}, 0, "finished"),
        ({"lr": 0.1, "act": "relu", "data": "a"}, {"acc": 0.5}, 0, "finished"),
        ({"lr": 0.001, "data": "b"}, {}, 1, "failed"),
    ]
    assert journal.open().declarations().parameters["data"].role == "block"
    wrong = knobwise("import", "csv", "t.csv", "-m", "accc")
    assert (wrong.status, "did you mean acc?" in wrong.err) == (2, True)


def test_declarations_add_up(knobwise):
    knobwise("declare", "metric", "acc", "--direction", "maximize")
    knobwise("declare", "metric", "acc", "--unit", "%")
    knobwise("declare", "parameter", "slope", "--domain", "0.01:0.5", "--scale", "log",
             "--when", "act=leaky_relu")  # fmt: skip
    declared = journal.open().declarations()
    assert (declared.metrics["acc"].direction, declared.metrics["acc"].unit) == ("maximize", "%")
    slope = declared.parameters["slope"]
    assert (slope.domain, slope.scale) == ((0.01, 0.5), "log")
    assert slope.condition == {"act": ("leaky_relu",)}


def test_the_table_fits_and_names_what_it_left_out(knobwise):
    words = [f"parameter_{i}={i}" for i in range(20)]
    knobwise("log", *words, "-m", "acc=0.25")
    outcome = knobwise("ls")
    assert max(map(len, outcome.out.splitlines())) <= 80
    assert "acc" in outcome.out
    assert "parameter_19" in outcome.err
    out = io.StringIO(knobwise("ls", "--csv").out)
    assert "params.parameter_19" in out.readline()


def _commands():
    import typer

    from journal.cli import app

    groups = [("knobwise", typer.main.get_command(app()))]
    while groups:
        name, command = groups.pop()
        inner = getattr(command, "commands", {})
        groups += [(f"{name} {word}", other) for word, other in inner.items()]
        if not inner:
            yield name, command


def test_the_help_of_every_command_has_an_example():
    lacking = [name for name, command in _commands() if f"\n{name} " not in (command.help or "")]
    assert lacking == []


def test_copying_from_nowhere_says_so_and_nothing_of_a_new_journal(knobwise, tmp_path):
    copied = knobwise("copy", "nowhere", "other")
    assert (copied.status, "there is no journal here" in copied.err) == (1, True)
    assert copied.err.endswith(
        "\n  FROM is a journal's folder, or postgresql://user@host/database\n"
    )
    assert "a new journal" not in copied.err
    assert not (tmp_path / "other").exists()


def test_a_new_journal_is_announced_once_it_is_there(knobwise):
    for words in (["finish", "abc"], ["metric", "abc", "loss=1"], ["default", "a", "1"]):
        outcome = knobwise(*words)
        assert outcome.status != 0
        assert "a new journal" not in outcome.err
        assert not Path("data").exists()
    Path("file").write_text("")
    refused = knobwise("log", "a=1", "--journal", "file/book")
    assert (refused.status, "a new journal" in refused.err) == (1, False)
    for words in (["log", "a=1"], ["start", "a=1", "--journal", "other"]):
        assert "knobwise: a new journal in " in knobwise(*words).err
        assert knobwise(*words).err == ""
