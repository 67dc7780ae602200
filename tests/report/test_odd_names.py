"""Names that a shell, an option or `name=value` would take for something else, in commands."""

import json
import random

import pytest

import journal
from analysis.cli import main
from journal.pairs import write_name
from tests.report.test_commands import shell

NAMES = [
    "a=b", "--lr", "two words", "it's", "<script>alert(1)</script>", "학습률", "--", "-m", "=",
    "$(touch pwned)", "it's \"both\"", "'quoted'", "zero\u200bwidth", "lr", "--seed", "params.lr",
]  # fmt: skip
TEXTS = [
    "VALUE",
    "x=y",
    "",
    "null",
    "it's",
    'say "so"',
    "$(touch pwned)",
    "--x",
    "new\nline",
    "\x9b",
]
METRIC = "acc=\u200bc'est"


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A folder with a journal of 60 runs in which such names and texts vary."""
    made = tmp_path_factory.mktemp("odd")
    rng = random.Random(1)
    with journal.open(made / "data/journal") as book:
        for i in range(60):
            numbers = {name: round(rng.uniform(0.1, 1), 3) for name in NAMES}
            accuracy = numbers["a=b"] + 2 * numbers["--lr"] + rng.gauss(0, 0.01)
            params = {**numbers, "act": rng.choice(TEXTS)}
            book.log(params, metrics={METRIC: accuracy, "--loss": 1.0}, seed=i % 3)
    return made


def answer(capfd, monkeypatch, folder, *words):
    """What the command writes, in this process."""
    monkeypatch.chdir(folder)
    capfd.readouterr()
    status = main(words)
    return status, *capfd.readouterr()


def test_what_is_planned_is_what_a_shell_records(folder, capfd, monkeypatch):
    asked = ("plan", "-m", METRIC, "--maximize", "-n", "3")
    _, lines, _ = answer(capfd, monkeypatch, folder, *asked)
    _, told, _ = answer(capfd, monkeypatch, folder, *asked, "--json")
    _, pairs, _ = answer(
        capfd, monkeypatch, folder, *asked, "--command", "knobwise log {pairs} --seed {seed}"
    )
    before = len([*journal.open().runs()])
    for line in [*lines.splitlines(), *pairs.splitlines()]:
        shell(line, folder)  # the wrapper records the run, whatever becomes of YOUR_SCRIPT
    made = [*journal.open().runs()][before:]
    planned = json.loads(told)["runs"]
    assert [dict(run.params) for run in made] == [run["params"] for run in planned] * 2
    assert [run.seed for run in made] == [run["seed"] for run in planned] * 2
    assert not (folder / "pwned").exists()


@pytest.mark.parametrize("command", ["importance", "best"])
@pytest.mark.parametrize("metric", [METRIC, "--loss"])
def test_the_direction_is_declared_by_the_command_of_the_hint(
    folder, capfd, monkeypatch, command, metric
):
    *_, said = answer(capfd, monkeypatch, folder, command, "-m", metric)
    hinted = said[said.index("knobwise declare") :].strip().replace("WHICH", "maximize")
    assert shell(hinted, folder).returncode == 0
    assert [*journal.open().declarations().metrics] == [metric]
    declare = ("declare", "metric", write_name(metric), "--clear")
    assert answer(capfd, monkeypatch, folder, *declare)[0] == 0
