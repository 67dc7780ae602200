"""Commands that a report prints, from runs recorded on the real command line to the shell again."""

import html
import json
import os
import re
import shlex
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

import analysis
from analysis import commands, facts, markdown, terminal
from analysis.assessment import assess
from analysis.cli import main
from analysis.frame import Frame
from analysis.html import render as page_of
from analysis.results import Report
from analysis.sentences import finding, said
from analysis.terminal import Style
from analysis.words import Voice, words
from tests.report.planted import planted, withheld

ROOT = Path(__file__).parents[2]
PROGRAM = """
import sys
given = dict(zip(sys.argv[1::2], sys.argv[2::2]))
lr, seed = float(given["--lr"]), int(given["--seed"])
print(f"knobwise: acc={1 - (lr - 0.3) ** 2 + 0.01 * (seed % 2)}")
"""
VOICE = Voice(words())
ASKED = "--journal 'my runs' --maximize"


def shell(line: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """The line as it is typed, where `knobwise` and `python` are those of these tests."""
    path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    environment = {**os.environ, "PATH": path, "PYTHONPATH": str(ROOT), "COLUMNS": "80"}
    return subprocess.run(
        ["bash", "-c", line], cwd=folder, env=environment, capture_output=True, text=True,
        check=False,
    )  # fmt: skip


@pytest.fixture
def here(monkeypatch, capfd):
    """The line as `shell` has it, in this process: what the analyst loads is loaded already."""

    def run(line: str, folder: Path) -> subprocess.CompletedProcess[str]:
        monkeypatch.chdir(folder)
        monkeypatch.setenv("COLUMNS", "80")
        capfd.readouterr()
        knobwise, *words = shlex.split(line)
        assert knobwise == "knobwise"
        return subprocess.CompletedProcess(line, main(words), *capfd.readouterr())

    return run


def typed(page: str) -> list[str]:
    """The lines to copy from a page."""
    blocks = re.findall(r'<pre class="command">(.*?)</pre>', page, re.DOTALL)
    lines = "".join(blocks).split('<span class="line">')[1:]
    return [html.unescape(re.sub("<[^>]*>", "", line)).strip() for line in lines]


@pytest.fixture(scope="module")
def sweep(tmp_path_factory) -> Path:
    """A folder under git, its code changed since the commit, and 24 runs by the wrapper."""
    folder = tmp_path_factory.mktemp("sweep")
    (folder / "fit it.py").write_text(PROGRAM, encoding="utf-8")
    who = "-c user.name=t -c user.email=t@example.org"
    shell(f"git init -q && git add . && git {who} commit -qm fit && echo '# more' >>*.py", folder)
    for i in range(24):
        lr = round(0.05 * (i // 2) + 0.05, 3)
        width = "abc"[i % 3]
        program = f"python 'fit it.py' --lr {lr} --batch_size 32 --width {width} --seed {i}"
        line = f"knobwise run --journal 'my runs' -- {program}"
        assert shell(line, folder).returncode == 0
    return folder


def test_the_best_run_is_made_again_from_what_was_recorded(sweep, here):
    done = here(f"knobwise report -m acc {ASKED} -o report.html -o report.json", sweep)
    assert done.returncode == 0, done.stderr
    saved = json.loads((sweep / "report.json").read_text(encoding="utf-8"))
    page = (sweep / "report.html").read_text(encoding="utf-8")
    best = saved["best"][0]
    lr, width = (dict(best["parameters"])[name] for name in ("lr", "width"))
    assert (
        best["command"]
        == f"python 'fit it.py' --lr {lr} --batch_size 32 --width {width} --seed {best['seed']}"
    )
    assert best["commit"] == shell("git rev-parse HEAD", sweep).stdout.strip()
    assert best["dirty"] is True
    assert best["python"] == ".".join(map(str, sys.version_info[:3]))
    assert best["host"]
    assert "No command was recorded" not in page
    assert "YOUR_SCRIPT" not in page
    assert any(
        line.startswith("knobwise run --journal 'my runs' -- python 'fit it.py' ")
        for line in typed(page)
    )
    assert {f"git checkout {best['commit']}", best["command"]} <= {*typed(page)}
    assert VOICE.words["best.dirty"] in page
    assert f"Python <bdi>{best['python']}</bdi> on <bdi>{best['host']}</bdi>" in page


def test_a_planned_run_starts_the_recorded_program(sweep, here):
    plan = here(f"knobwise plan -m acc {ASKED} -n 2", sweep)
    assert "YOUR_SCRIPT" not in plan.stderr
    line = plan.stdout.splitlines()[0]
    assert re.match(
        "knobwise run --journal 'my runs' -- python 'fit it.py' "
        r"--lr [\d.]+ --batch_size 32 --width [abc] --seed \d+  # ",
        line,
    )
    assert "knobwise: acc=" in shell(line, sweep).stdout
    few = here(f"knobwise plan -m acc {ASKED} -n 1 --where 'lr<0.2'", sweep)
    assert "no answer yet" in few.stderr
    assert "Log at least" in few.stderr
    assert few.stdout.startswith("knobwise run --journal 'my runs' -- python 'fit it.py' ")


def test_settings_without_a_command_are_no_program_that_could_be_there(tmp_path, here):
    for i in range(12):
        here(f"knobwise log lr={i // 2} -m acc={i % 5} --seed {i}", tmp_path)
    here("knobwise report -m acc --maximize -o report.html", tmp_path)
    page = (tmp_path / "report.html").read_text(encoding="utf-8")
    assert VOICE.words["page.your_script"] in page
    assert "train.py" not in page
    plan = here("knobwise plan -m acc --maximize -n 1", tmp_path)
    assert "python YOUR_SCRIPT" in plan.stdout
    assert "YOUR_SCRIPT stands for your program" in plan.stderr


def test_surroundings_are_said_as_far_as_they_are_known():
    best = planted().best[0]
    assert facts.surroundings(replace(best, python=None, host=None, dirty=False), VOICE) == []
    known = replace(best, host="lab-1", python="3.11.7", dirty=True)
    assert facts.surroundings(known, VOICE) == [
        VOICE.words["best.dirty"], "It ran with Python 3.11.7 on lab-1."
    ]  # fmt: skip
    assert facts.surroundings(replace(best, host="lab-1"), VOICE) == ["It ran on lab-1."]


def test_words_of_a_command_are_those_of_the_shell():
    line = shlex.join(["python", "my fit.py", "it's", "", "a\\b", "--note=x y"])
    assert [shlex.split(word) for word in commands.split(line)] == [
        [word] for word in shlex.split(line)
    ]


def joined(text: str) -> list[str]:
    """What a terminal shows behind `next:` and `full report:`, as a shell reads it."""
    shown = text.replace("\\\n", "").splitlines()
    heads = ("next: ", "full report: ")
    return [line.split(": ", 1)[1] for line in shown if line.startswith(heads)]


def test_every_printed_command_asks_what_the_report_was_asked(sweep, here):
    asked = (
        f"{ASKED} --where 'lr<0.62' --where seed!=3 --margin 0.0012345678 --share-margin 0.04 "
        "--transform none --block batch_size --contrast width --seed 7"
    )
    first = shell(f"knobwise report -m acc {asked} --workers 2 -o all.html", sweep)
    assert first.returncode == 0, first.stderr
    assert max(map(len, first.stdout.splitlines())) <= 80
    page = (sweep / "all.html").read_text(encoding="utf-8")
    plan, report = joined(first.stdout)
    expected = shlex.split(asked)
    assert [word for word in expected if word not in shlex.split(report)] == []
    assert {*expected} - {*shlex.split(plan)} == {"--contrast", "width"}
    own = [line for line in typed(page) if line.startswith(("knobwise plan", "knobwise show"))]
    assert len(own) == 2
    assert own[0] == plan.replace("   ", " ")
    for line in own:
        done = shell(line, sweep)
        assert done.returncode == 0, done.stderr
    again = here(f"{report} -o again.html", sweep)
    assert again.stdout == first.stdout
    assert (sweep / "again.html").read_bytes() == page.encode()


def test_commands_in_sentences_name_the_journal_and_the_runs(sweep):
    asked = (("journal", "my runs"), ("maximize", True), ("where", "lr<0.5"), ("step", 3))
    report = replace(planted(), provenance=replace(planted().provenance, asked=asked))
    cases = {
        "knobwise plan": "knobwise plan -m val_error -n 12 --journal 'my runs' --maximize "
        "--where 'lr<0.5'",
        "knobwise plan -n 20": "knobwise plan -m val_error -n 20 --journal 'my runs' --maximize "
        "--where 'lr<0.5'",
        "knobwise ls status=failed": "knobwise ls status=failed 'lr<0.5' --journal 'my runs'",
        "knobwise verify": "knobwise verify --journal 'my runs'",
        "--transform rank": "--transform rank",
    }
    assert {typed: commands.completed(typed, report) for typed in cases} == cases
    for line in list(cases.values())[2:4]:
        assert shell(line, sweep).returncode == 0
    hint = finding("failures.unknown", n=3, share=0.1, where="status=failed")
    whole = replace(report, findings=(hint,))
    line = cases["knobwise ls status=failed"]
    page = re.sub('<span class="s">(.*?)</span>', r"\1", page_of([whole]))
    assert f"<bdi>{html.escape(line).replace('&#x27;', '&#39;')}</bdi>" in page
    assert f"`{line}`" in markdown.render([whole])
    assert "`knobwise ls status=failed`" in markdown.render([replace(planted(), findings=(hint,))])


@pytest.mark.parametrize("width", [40, 60, 80])
def test_a_long_command_is_broken_where_a_shell_goes_on(width):
    asked = (("where", "act in relu, tanh"), ("journal", "x y" * 70), ("margin", 0.1))
    report = replace(planted(), provenance=replace(planted().provenance, asked=asked))
    text = terminal.render(report, Style(width=width))
    assert max(map(len, text.splitlines())) <= width
    assert shlex.split(joined(text)[0]) == shlex.split(commands.plan(report))


def test_a_report_made_in_python_prints_commands_for_its_journal(sweep, here, monkeypatch):
    monkeypatch.chdir(sweep)
    frame = Frame.from_journal(
        "my runs", metric="acc", direction="maximize", where="lr<0.62", block="batch_size"
    )
    report = assess(frame, rng=3, margin=0.1, transform="none", planned=2)
    asked = "--journal 'my runs' --maximize --where 'lr<0.62' --block batch_size"
    own = f"{asked} --margin 0.1 --transform none --seed 3"
    assert commands.plan(report) == f"knobwise plan -m acc -n 2 {own}"
    done = here(commands.plan(report), sweep)
    assert done.returncode == 0, done.stderr
    listed = here(commands.best(report), sweep)
    assert listed.returncode == 0, listed.stderr
    assert "the highest acc" in listed.stdout
    plain = assess(replace(frame, asked=()), planned=2)  # found, so no word names it
    assert commands.plan(plain) == "knobwise plan -m acc -n 2"


def nowhere(report: Report) -> Report:
    """The report as it is of runs that are in no journal."""
    made = replace(report.provenance, journal="", command="")
    return replace(report, provenance=made)


def test_without_a_journal_no_command_of_one_is_printed(sweep):
    hints = (
        finding("failures.unknown", n=3, share=0.1, where="status=failed"),
        finding("collinear.pair", a="lr", b="act", strength=0.9, n=9),
        finding("transform.rank", metric="acc", reason="it is skew"),
    )
    known = replace(planted(), findings=hints)
    for render in (markdown.render, lambda reports: terminal.render(reports[0])):
        assert "knobwise plan" in render([known])
        assert "knobwise " not in render([nowhere(known)])
        assert "planned=12" in render([nowhere(known)])
    assert any("knobwise run" in line for line in typed(page_of([known])))
    page = page_of([nowhere(known)]).partition("<script")[0]
    assert [line for line in typed(page) if "knobwise" in line] == []
    assert "analysis.assess(frame, planned=12).plan" in typed(page)
    assert "--transform none" in page
    assert "status=failed" not in page
    all_failed = nowhere(withheld(said("withheld.all_failed", n=3, metric="acc")))
    for text in (page_of([all_failed]), markdown.render([all_failed])):
        assert "All 3 runs failed" in text
        assert "What would change that" not in text
    assert commands.plan(nowhere(replace(planted(), plan=None))) == ""


def test_what_is_printed_instead_is_python_that_runs(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    x = np.random.default_rng(0).uniform(size=(40, 2))
    frame = Frame.from_arrays(x, x[:, 0] ** 2, direction="minimize")
    report = assess(frame, margin=0.1)
    assert report.provenance.asked == ()
    names = {"analysis": analysis, "frame": frame, "report": report}
    again = eval(commands.plan(report), names)
    assert len(again.runs) == len(report.plan.runs)
    eval(commands.report(report), names)
    assert "knobwise plan" not in (tmp_path / "report.html").read_text(encoding="utf-8")


def test_without_anything_to_plan_from_a_run_is_logged():
    report = replace(planted(), plan=None)
    assert commands.plan(report) == "knobwise log NAME=VALUE NAME=VALUE -m val_error=VALUE"


def test_the_full_report_is_offered_in_the_language_that_is_read():
    asked = replace(planted().provenance, journal="runs", asked=(("journal", "runs"),))
    report = replace(planted(), provenance=asked)
    command = "knobwise report -m val_error --journal runs"
    assert command in terminal.render(report)
    assert "--lang" not in terminal.render(report)
    assert f"{command} --lang ko" in terminal.render(report, language="ko")
