"""The planner against exact posteriors, planted gaps and conditions, and random choice."""

import json
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
import pytest
import typer
from typer.testing import CliRunner

from analysis import plan_cli
from analysis.assessment import assess
from analysis.errors import InputError
from analysis.frame import Frame
from analysis.plan_cli import as_commands, as_data
from analysis.planner import GAP, plan, targets
from analysis.planner_gain import greedy_picks
from analysis.planner_pool import distances, random_settings, spread, unseen
from analysis.planner_repeats import SECOND_SEED
from analysis.planner_words import check_template, command_line
from analysis.results import PlannedRun
from analysis.sentences import finding


@dataclass
class Linear:
    """A Bayesian linear surrogate: f = x b, b normal with a known covariance."""

    covariance: np.ndarray

    def mean(self, codes):
        return np.nan_to_num(codes) @ np.ones(codes.shape[1])

    def draws(self, codes, n_draws, rng):
        root = np.linalg.cholesky(self.covariance)
        slopes = rng.normal(size=(n_draws, len(root))) @ root.T
        return slopes @ np.nan_to_num(codes).T


def table(n=60, *, seed=0):
    rng = np.random.default_rng(seed)
    act = rng.choice(["relu", "leaky", "tanh"], n)
    lr = 10 ** rng.uniform(-5, -1, n)
    slope = [float(s) if a == "leaky" else None for s, a in zip(rng.random(n), act, strict=True)]
    y = -((np.log10(lr) + 3) ** 2) + 0.2 * rng.random(n) + 0.1 * (act == "relu")
    return pd.DataFrame(
        {
            "lr": lr,
            "act": act,
            "slope": pd.Series(slope, dtype=object),
            "depth": rng.integers(1, 9, n),
            "fixed": 7,
            "seed": 1,
            "y": y,
        }
    )


def framed(data, **options):
    names = [c for c in data if c not in ("y", "seed", "status")]
    options |= {"direction": "maximize", "seed": "seed"}
    return Frame.from_table(data, parameters=names, metric="y", **options)


@pytest.fixture(scope="module")
def frame():
    return framed(table())


@pytest.fixture(scope="module")
def report(frame):
    """An answer in which act and slope are not settled."""
    found = assess(frame)
    assert found.answer == "given"
    rows = tuple(
        replace(
            item,
            verdict="undetermined" if item.name in ("act", "depth") else "fine",
            more_runs={"act": 8, "depth": 400}.get(item.name),
        )
        for item in found.parameters
    )
    return replace(found, parameters=rows)


def planned(frame, report, *, n=16, surrogate="linear", seed=0):
    made = Linear(np.eye(len(frame.space))) if surrogate == "linear" else surrogate
    return plan(frame, report, surrogate=made, n=n, rng=np.random.default_rng(seed))


def exact_variance(points, covariance, contrasts, noise):
    """Posterior variance of linear contrasts after runs at the points, in closed form."""
    precision = np.linalg.inv(covariance) + points.T @ points / noise
    return float(np.trace(contrasts @ np.linalg.inv(precision) @ contrasts.T))


def test_the_first_pick_is_the_best_run_in_closed_form():
    rng = np.random.default_rng(0)
    covariance = np.diag([1.0, 4.0, 0.25])
    candidates, contrasts = rng.normal(size=(40, 3)), np.array([[0.0, 1.0, 0.0]])
    surrogate = Linear(covariance)
    draws = surrogate.draws(np.vstack([candidates, contrasts]), 4000, rng)
    picks = greedy_picks(draws[:, :40], [draws[:, 40:]], n=1, noise_variance=0.5)
    after = [exact_variance(c[None], covariance, contrasts, 0.5) for c in candidates]
    assert after[picks[0].candidate] <= min(after) * 1.02


def test_planned_runs_settle_more_than_random_ones():
    """The negative control is random choice: on average it leaves half as much again."""
    rng = np.random.default_rng(1)
    d, n = 6, 6
    covariance, contrasts = np.eye(d), np.eye(d)[:2]
    ratios = []
    for _ in range(10):
        candidates = rng.normal(size=(60, d))
        draws = Linear(covariance).draws(np.vstack([candidates, contrasts]), 400, rng)
        picks = greedy_picks(draws[:, :60], [draws[:, 60:]], n=n, noise_variance=0.3)
        chosen = [pick.candidate for pick in picks]
        ours = exact_variance(candidates[chosen], covariance, contrasts, 0.3)
        others = [
            exact_variance(candidates[rng.choice(60, n, replace=False)], covariance, contrasts, 0.3)
            for _ in range(30)
        ]
        ratios.append(np.mean(others) / ours)
    assert np.mean(ratios) > 1.5


def test_nothing_is_picked_where_nothing_is_uncertain():
    assert greedy_picks(np.ones((50, 10)), [np.ones((50, 3))], n=4, noise_variance=1.0) == []


def test_a_plan_has_seeds_unsettled_parameters_and_gaps(frame, report):
    made = planned(frame, report)
    reasons = [run.says for run in made.runs]
    assert len(reasons) == 16
    assert (reasons.count(SECOND_SEED), reasons.count(GAP)) == (4, 3)  # none repeated: a quarter
    crowd = (*report.findings, finding("crowded.uneven", names=(), share=0.1))
    reasons = [run.says for run in planned(frame, replace(report, findings=crowd)).runs]
    assert (reasons.count(SECOND_SEED), reasons.count(GAP)) == (4, 6)  # half of the other twelve
    told = {run.reason for run in made.runs if run.says not in (SECOND_SEED, GAP)}
    assert told <= {"to settle act", "to learn about depth"}
    assert targets(frame, report)[0] in ("act", "depth")


def test_only_what_few_enough_runs_settle_is_promised(frame, report):
    assert planned(frame, report, n=16).settles == ("act",)
    assert planned(frame, report, n=4).settles == ()


def test_second_seeds_repeat_a_configuration_to_the_last_digit(frame, report):
    made = planned(frame, report)
    assert {run.says == SECOND_SEED for run in made.runs} == {True, False}
    known = {tuple(row) for row in frame.values}
    for run in made.runs:
        row = tuple(dict(run.parameters).get(name) for name in frame.space.names)
        assert (row in known) == (run.says == SECOND_SEED)
        assert run.seed == (2 if run.says == SECOND_SEED else 1)


def test_enough_replicates_near_the_best_need_no_more(report):
    data = table()
    best = data.nlargest(9, "y").assign(seed=2)
    frame = framed(pd.concat([data, best.assign(y=best["y"] + 0.01)]))
    assert SECOND_SEED not in {run.says for run in planned(frame, report).runs}


def test_every_planned_setting_lies_inside_what_was_searched(frame, report):
    for run in planned(frame, report, n=60).runs:
        values = dict(run.parameters)
        assert values["fixed"] == 7
        assert ("slope" in values) == (values["act"] == "leaky")
        low, high = frame.space["lr"].domain
        assert low <= values["lr"] <= high
        assert isinstance(values["depth"], int)


def test_the_same_generator_gives_the_same_plan(frame, report):
    assert planned(frame, report, seed=3) == planned(frame, report, seed=3)
    assert planned(frame, report, seed=3) != planned(frame, report, seed=4)


def test_without_a_surrogate_the_gaps_are_filled(frame, report):
    made = planned(frame, report, surrogate=None)
    assert {run.says for run in made.runs} == {SECOND_SEED, GAP}
    equal = planned(framed(table().assign(y=0.5)), report, surrogate=None)
    assert {run.says for run in equal.runs} == {GAP}  # none is best, none is worth a second seed


def test_maximin_fills_the_hole_that_random_choice_misses():
    rng = np.random.default_rng(0)
    X = rng.random((200, 2))
    X = X[(X[:, 0] < 0.6) | (X[:, 1] < 0.6)]
    data = pd.DataFrame({"a": X[:, 0], "b": X[:, 1], "y": rng.random(len(X)), "seed": 0})
    frame = framed(data)
    pool = random_settings(frame.space, 128, rng=rng)
    chosen = pool[spread(frame.space, pool, near=frame.configuration_codes, n=4)]
    assert np.all(chosen[:2] > 0.6)
    assert not np.all(pool[:4] > 0.6)


def test_distances_know_levels_and_inactive_parameters(frame):
    space = frame.space
    rows = np.full((3, len(space)), 0.5)
    rows[:, space.index("act")] = [0, 0, 2]
    rows[:, space.index("depth")] = 0
    rows[:, space.index("slope")] = [0.2, 0.5, np.nan]
    apart = distances(space, rows, b=rows)
    assert apart[0, 1] == pytest.approx(0.3)
    assert apart[0, 2] == pytest.approx(1.0)  # another activation; its slope is not compared
    assert np.all(np.diag(apart) == 0)


def test_a_finished_grid_is_repeated_rather_than_left_short(report):
    grid = pd.DataFrame([(a, b) for a in range(3) for b in "xyz"], columns=["a", "b"])
    data = pd.concat([grid] * 4, ignore_index=True)
    data = data.assign(seed=np.repeat(range(4), 9), y=np.random.default_rng(0).random(36))
    frame = framed(data)
    made = planned(frame, assess(frame), n=5)
    assert all(run.seed >= 4 for run in made.runs)
    assert {run.says for run in made.runs} == {SECOND_SEED}
    assert len({(run.parameters, run.seed) for run in made.runs}) == 5


def test_a_plan_of_no_runs_is_an_error(frame, report):
    with pytest.raises(InputError):
        planned(frame, report, n=0)


def test_repeated_settings_are_unseen_once(frame):
    codes = np.vstack([frame.configuration_codes[:2], np.full((2, len(frame.space)), 0.0)])
    assert unseen(frame, codes).tolist() == [False, False, True, False]


RUN = PlannedRun(
    parameters=(("act", "leaky relu"), ("lr", 0.0032842227576202494), ("on", True), ("w", None)),
    seed=3,
    reason="to settle act",
)


@pytest.mark.parametrize(
    ("template", "line"),
    [
        (
            "t",
            "t --act 'leaky relu' --lr 0.0032842227576202494 --on true --seed 3",
        ),
        ("go {lr} {seed} ${HOME}", "go 0.0032842227576202494 3 ${HOME}"),
        ("log {pairs}", "log 'act=leaky relu' lr=0.0032842227576202494 on=true w=null"),
    ],
)
def test_placeholders_are_filled_with_exact_values(template, line):
    assert command_line(template, RUN) == line


def test_a_placeholder_that_stands_for_nothing_is_refused():
    check_template("train {lr} {args}", {"lr"})
    with pytest.raises(InputError, match="rl"):
        check_template("train {rl}", {"lr"})


def test_the_command_prints_one_line_per_run(monkeypatch, frame):
    monkeypatch.setattr("analysis.intake.told", lambda path: path)
    monkeypatch.setattr("analysis.intake.frame_of", lambda known, **_: frame)
    app = typer.Typer()
    plan_cli.mount(app)
    result = CliRunner().invoke(app, ["-m", "y", "-n", "5", "--command", "t {lr}"])
    assert result.exit_code == 0
    lines = result.stdout.splitlines()
    assert len(lines) == 5
    assert all(line.startswith("t ") and "  # " in line for line in lines)
    assert "5 runs" in result.stderr


def test_json_and_commands_hold_the_same_runs(frame, report):
    made = replace(report, plan=planned(frame, report, n=6))
    data = json.loads(as_data(made))
    assert [run["reason"] for run in data["runs"]] == [run.reason for run in made.plan.runs]
    assert len(as_commands(made, None).splitlines()) == 6
    assert data["settles"] == []


def test_what_never_changed_where_it_exists_is_not_told_where_it_does_not():
    data = table().assign(slope=lambda t: t["slope"].where(t["slope"].isna(), 0.2))
    found = framed(data)
    (slope,) = (p for p in found.constants if p.name == "slope")
    assert slope.condition is not None
    runs = [dict(run.parameters) for run in assess(found, rng=0).plan.runs]
    assert {run["act"] for run in runs} > {"leaky"}
    assert all(("slope" in run) == (run["act"] == "leaky") for run in runs)
