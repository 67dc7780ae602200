"""Programs told other settings than they were recorded with."""

import json
import subprocess
from dataclasses import replace

import pytest

from analysis import facts, invocation
from analysis.html import render as page_of
from analysis.planner_words import command_line
from analysis.recorded import telling, unbroken
from analysis.results import BestRun, PlannedRun, Report, Scalar
from analysis.words import Voice, words
from tests.report.edges import small
from tests.report.planted import planted
from tests.report.test_commands import shell, typed


def test_the_seed_is_among_the_settings():
    best = replace(planted().best[0], parameters=(("lr", 0.1),), command=None, seed=0)
    report = replace(planted(), best=(best,))
    assert invocation.settings(report, best) == (
        "knobwise run -- python YOUR_SCRIPT --lr 0.1 --seed 0"
    )


def test_seeds_and_settings_of_many_digits_are_not_rounded():
    settings = (("steps", 20_000_001), ("big", 2**70), ("lr", 0.1 + 0.2), ("fused", True))
    best = replace(planted().best[0], parameters=settings, command=None, seed=1_234_567_890)
    run = replace(planted().plan.runs[0], parameters=settings, seed=2**31 - 1)
    plan = replace(planted().plan, runs=(run,), recorded=None)
    report = replace(planted(), best=(best,), plan=plan)
    words = (
        "knobwise run -- python YOUR_SCRIPT --steps 20000001 --big 1180591620717411303424 "
        "--lr 0.30000000000000004 --fused true --seed "
    )
    assert invocation.settings(report, best) == words + "1234567890"
    assert invocation.runs(report)[0] == words + "2147483647"
    page = "\n".join(typed(page_of([small(report, 1)])))
    assert "--seed 2147483647" in page
    assert "--seed 1234567890" in page


@pytest.mark.parametrize(
    ("command", "line"),
    [
        (
            "torchrun --nproc 2 train.py --lr 0.1 data.csv",
            "torchrun --nproc 2 train.py --lr 0.5 data.csv --act relu --seed 3",
        ),
        ("python -m app lr=0.1 act=tanh +w=1", "python -m app lr=0.5 act=relu +w=1 seed=3"),
        ("'my fit.py' --seed 3 --lr=1e-1", "'my fit.py' --seed 3 --lr=0.5 --act relu"),
        ("$'a\\'b c' -v --lr 3 -- x", "$'a\\'b c' -v --lr 0.5 --act relu --seed 3 -- x"),
        ("python it's.py 'x\\' --lr 1", "python it's.py 'x\\' --lr 0.5 --act relu --seed 3"),
        ("env A=1 t.py --lr 1 --wd 2", "env A=1 t.py --lr 0.5 --act relu --seed 3"),
        ("--lr 0.1", "python YOUR_SCRIPT --lr 0.5 --act relu --seed 3"),
        ("python sweep.py", "python YOUR_SCRIPT --lr 0.5 --act relu --seed 3"),
    ],
)  # fmt: skip
def test_only_what_tells_a_setting_is_written_anew(command, line):
    """wd, a parameter that this run does not have, is left out; nproc and w are none of ours."""
    ways = ("x act=a seed=1",) if " lr=" in command else () if "YOUR" in line else (TELLS,)
    assert planned(command, ways=ways, lr=0.5, act="relu") == f"knobwise run -- {line}"


TELLS = "x --act a --seed 1"
"""Another command of the same runs, which has two flags more."""


def planned(
    recorded: str | None, *more: BestRun, seed: int = 3, ways: tuple[str, ...] = (), **settings
) -> str:
    """One planned run with these settings, where these are the recorded commands."""
    report = of(recorded, *more, seed=seed, ways=ways, **settings)
    return invocation.runs(report)[0]


def of(
    recorded: str | None, *more: BestRun, seed: int = 3, ways: tuple[str, ...] = (), **settings
) -> Report:
    run = PlannedRun(parameters=tuple(settings.items()), seed=seed, reason="")
    plan = replace(planted().plan, runs=(run,), recorded=recorded, ways=ways)
    return replace(planted(), best=more, plan=plan)


@pytest.mark.parametrize(
    ("recorded", "settings", "line", "beside"),
    [
        ("t.py --lr 1", {"comment": "a b"}, "-p 'comment=a b' --seed 3 -- t.py --lr 0.5",
         ["comment", "seed"]),
        ("t.py --lr 1 --seed 0", {"amp": True, "wd": None}, "-p amp=true -- t.py --lr 0.5 --seed 3",
         ["amp"]),
        ("t.py --lr 1 --seed 0 --h 1 2", {"h.0": 3, "h.1": 4}, "-- t.py --lr 0.5 --seed 3 --h 3 4",
         []),
        ("t.py --lr 1 --seed 0 --comment x", {"comment": "a"},
         "-- t.py --lr 0.5 --seed 3 --comment a", []),
        (None, {"comment": "a"}, "-- python YOUR_SCRIPT --lr 0.5 --comment a --seed 3", []),
    ],
)  # fmt: skip
def test_no_flag_is_made_up_for_a_program(recorded, settings, line, beside):
    report = of(recorded, lr=0.5, **settings)
    assert invocation.runs(report) == [f"knobwise run {line}"]
    assert invocation.beside(report) == beside
    said = facts.untold(report, Voice(words()))
    assert said is None if not beside else "and ".join(beside[:1]) in said
    assert ("No recorded command has" in page_of([small(report, 1)])) is bool(beside)


def test_a_template_of_ones_own_is_given_every_setting():
    report = of("t.py --lr 1", lr=0.5, comment="a")
    (run,) = report.plan.runs
    line = command_line("go.sh {args}", run, like=invocation.shape(report))
    assert line == "go.sh --lr 0.5 --comment a --seed 3"


def test_commands_are_kept_while_they_show_another_way_to_tell_something():
    commands = ["t --lr 1", "t --lr 2", "t --lr 1 --amp", "t --no-amp", "u", "t --lr=3", "t --amp"]
    assert telling(commands) == ("t --lr 1", "t --lr 1 --amp", "t --no-amp", "t --lr=3")


SHAPES = "python t.py --lr 0.1 --amp --no-bn --hidden 16 64 --seed 1 data.csv"


@pytest.mark.parametrize(
    ("settings", "line"),
    [
        ({"amp": True, "bn": False}, "--lr 0.5 --amp --no-bn --hidden 8 4 --seed 3 data.csv"),
        ({"amp": False, "bn": True}, "--lr 0.5 --no-amp --bn --hidden 8 4 --seed 3 data.csv"),
        ({"amp": None, "bn": False}, "--lr 0.5 --no-bn --hidden 8 4 --seed 3 data.csv"),
        (
            {"amp": True, "bn": True, "hidden.2": 2},
            "--lr 0.5 --amp --bn --hidden 8 4 2 --seed 3 data.csv",
        ),
    ],
)  # fmt: skip
def test_flags_without_a_value_and_lists_keep_their_shape(settings, line):
    told = {"hidden.0": 8, "hidden.1": 4, "lr": 0.5, **settings}
    assert planned(SHAPES, **told) == f"knobwise run -- python t.py {line}"
    as_args = line.removesuffix(" data.csv")
    run = PlannedRun(parameters=tuple(told.items()), seed=3, reason="")
    plan = replace(planted().plan, runs=(run,), recorded=SHAPES)
    like = invocation.shape(replace(planted(), best=(), plan=plan))
    assert (
        command_line("go.sh '' {args} | tee log", run, like=like) == f"go.sh '' {as_args} | tee log"
    )


def best_run(command: str, **settings: Scalar) -> BestRun:
    return replace(planted().best[0], command=command, parameters=tuple(settings.items()))


def test_a_flag_is_written_as_some_command_of_the_runs_has_it():
    with_amp = best_run("python t.py --lr 1 --amp --warm True --wd null", lr=1, amp=True, wd=None)
    without = best_run("python t.py --lr 2", lr=2, amp=False)
    told = (TELLS,)
    assert planned(None, without, with_amp, ways=told, lr=3, amp=True, warm=False, wd=None) == (
        "knobwise run -- python t.py --lr 3 --amp --warm False --wd null --seed 3"
    )
    # The program says itself that amp is off: a flag for that would be made up.
    assert planned(None, with_amp, without, ways=told, lr=3, amp=False, warm=None) == (
        "knobwise run -p amp=false -- python t.py --lr 3 --seed 3"
    )


@pytest.mark.parametrize(
    ("recorded", "condition", "line"),
    [
        ("t.py --lr 1", None, "-p dim=512 -- t.py --lr 0.5 --seed 3"),
        ("t.py --dim 512 --lr 1", None, "-- t.py --dim 512 --lr 0.5 --seed 3"),
        ("t.py --dim 512", None, "-- python YOUR_SCRIPT --dim 512 --lr 0.5 --seed 3"),
        ("t.py --lr 1", "act = relu", "-p dim=512 -- t.py --lr 0.5 --seed 3"),
    ],
)
def test_what_never_changes_is_told_only_where_a_command_tells_it(recorded, condition, line):
    """Nor is what only some runs have: the program may take no such flag."""
    parameter = planted().parameters[0]
    constant = replace(parameter, name="dim", levels=(512,), role="constant", condition=condition)
    run = PlannedRun(parameters=(("dim", 512), ("lr", 0.5)), seed=3, reason="")
    plan = replace(planted().plan, runs=(run,), recorded=recorded, ways=(TELLS,))
    report = replace(planted(), best=(), plan=plan, parameters=(constant,))
    assert invocation.runs(report) == [f"knobwise run {line}"]


def test_a_repeated_flag_is_repeated_and_what_it_does_not_record_stands_beside():
    """Of a flag that is given again the last is recorded, as `layer`; the runs have both."""
    layers = {"layer.0": 8, "layer.1": 4}
    assert planned("t.py --layer 16 --layer 64 --lr=1", lr=2, ways=(TELLS,), **layers) == (
        "knobwise run -p layer.0=8 -p layer.1=4 -- t.py --layer 8 --layer 4 --lr=2 --seed 3"
    )


def test_a_sweep_in_one_program_is_not_run_again_under_a_setting_of_its_own():
    """Its command takes no settings: all of its runs would be made again, under a false name."""
    sweep = replace(planted().best[0], command="python sweep.py --out <b>")
    plan = replace(planted().plan, recorded=sweep.command)
    report = replace(planted(), best=(sweep,), plan=plan)
    assert sweep.command not in invocation.reproduce(report, sweep)
    assert "python YOUR_SCRIPT --lr 0.0211 " in invocation.settings(report, sweep)
    page = page_of([small(report, 1)])
    assert page.count("takes no such flags") == 2
    assert not any("sweep.py" in line for line in typed(page))
    known = invocation.reproduce(planted(), planted().best[0])
    assert known[-1] == planted().best[0].command


def test_flags_are_spelled_as_the_program_spells_them():
    settings = {"batch_size": 64, "lr": 0.3, "wd": None}
    assert planned("python t.py --batch-size=32 --lr 0.1 --seed 0", **settings) == (
        "knobwise run -- python t.py --batch-size=64 --lr 0.3 --seed 3"
    )
    assert "-p batch_size=64 " in planned("python t.py --lr 0.1", **settings)
    ways = ("python t.py --batch_size 1",)
    assert "--batch_size 64" in planned("python t.py --lr 0.1", ways=ways, **settings)


HARD = {
    "weight-decay": 0.01, "kernel": "5", "한글 이름": 1, "it's": True, "y": "--y", "n": None,
}  # fmt: skip


@pytest.mark.parametrize("recorded", [None, "python fit.py --weight-decay 0.1 --kernel 3"])
def test_what_flags_cannot_say_is_recorded_beside_them(tmp_path, recorded):
    """A dash becomes an underscore in a flag's parameter, and text 5 the number 5."""
    run = replace(planted().plan.runs[0], parameters=tuple(HARD.items()), seed=7)
    plan = replace(planted().plan, runs=(run,), recorded=recorded)
    line = invocation.runs(replace(planted(), best=(), plan=plan))[0]
    assert "--kernel 5" in line  # the program is not told quotes
    assert "'5'" not in line.partition(" -- ")[2]
    script = "python -c 'import sys; print(sys.argv)'"
    told = line.replace("python YOUR_SCRIPT", script).replace("python fit.py", script)
    shell(told, tmp_path)
    (book,) = json.loads(shell("knobwise ls --json", tmp_path).stdout)
    assert book["params"] == HARD
    assert book["seed"] == 7


def test_what_flags_can_say_is_said_by_flags_alone():
    run = replace(planted().plan.runs[0], parameters=(("act", "leaky relu"), ("w", None)), seed=1)
    report = replace(planted(), best=(), plan=replace(planted().plan, runs=(run,), recorded=None))
    assert invocation.runs(report)[0] == (
        "knobwise run -- python YOUR_SCRIPT --act 'leaky relu' --seed 1"
    )


def test_a_value_that_no_program_can_be_started_with_is_no_command():
    line = told_act("x" * 131_072)
    assert line == "# none: no program can be told act of 131,072 letters"
    done = subprocess.run(["sh", "-c", line], check=True, capture_output=True, text=True)
    assert (done.stdout, done.stderr) == ("", "")
    assert "x" * 100_000 in told_act("x" * 100_000)


def told_act(act: str) -> str:
    return planned("t.py --act relu", act=act)


def test_a_sweep_in_one_program_shows_no_way_to_say_nothing():
    """Its command has no --amp in runs with amp and without: that is not how either is told."""
    best = [
        replace(planted().best[0], command="python sweep.py", parameters=(("amp", value),))
        for value in (True, False)
    ]
    for value in (True, False):
        told = f"python YOUR_SCRIPT --amp {str(value).lower()} --seed 3"
        assert planned("python sweep.py", *best, amp=value) == f"knobwise run -- {told}"


def test_a_list_has_no_place_behind_one_without_a_value():
    names = ("h.0", "h.1", "h.2", "lr", "x.3")
    assert unbroken((("h.0", 8), ("h.1", None), ("h.2", 2), ("lr", 1)), names) == (
        ("h.0", 8), ("h.1", None), ("lr", 1),
    )  # fmt: skip
    both = (("lr", 0.1), ("lr.0", 0.2), ("lr.1", 0.3))
    assert unbroken(both, ("lr", "lr.0", "lr.1")) == (("lr", 0.1),)
    assert unbroken((("lr", None), *both[1:]), ("lr", "lr.0", "lr.1")) == (("lr", None), *both[1:])
    assert unbroken((("h.0", 8), ("h.2", 2), ("x.3", 1)), names) == (("h.0", 8), ("x.3", 1))
    whole = (("h.0", 8), ("h.1", 4), ("h.2", 2))
    assert unbroken(whole, names) == whole
