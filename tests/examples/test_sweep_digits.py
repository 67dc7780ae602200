"""The sweep draws what it says, keeps every run, and made the journal that is committed."""

import math
from collections import Counter
from dataclasses import fields
from pathlib import Path

import numpy as np
import pytest

import journal
from examples.sweep_digits import SPACE, main, plan
from examples.train_digits import Settings, train

ROOT = Path(__file__).parents[2]
DIGITS = ROOT / "data" / "digits"


@pytest.fixture(scope="module")
def planned():
    return list(plan(400, rng=np.random.default_rng(0)))


def test_the_space_names_the_training_scripts_parameters():
    assert {choice.name for choice in SPACE} == {field.name for field in fields(Settings)}


def test_a_quarter_of_the_configurations_has_two_seeds_or_more(planned):
    seeds_of = Counter(run.settings for run in planned)
    assert len(planned) == 550
    assert len(seeds_of) == 400
    assert sum(count > 1 for count in seeds_of.values()) == 100


def test_no_two_runs_share_a_seed(planned):
    assert len({run.seed for run in planned}) == len(planned)


def test_every_value_lies_within_what_is_declared(planned):
    for run in planned:
        values = run.settings.parameters()
        for choice in SPACE:
            if choice.name in values:
                value = values[choice.name]
                inside = value in choice.levels if choice.levels else choice.low <= value
                assert inside, choice.name
                assert choice.levels or value <= choice.high


@pytest.mark.parametrize("name", ["lr", "wd", "init", "width"])
def test_log_parameters_are_uniform_in_their_logarithm(planned, name):
    """A quarter of the configurations in each quarter of the log range, give or take chance."""
    (choice,) = (choice for choice in SPACE if choice.name == name)
    low, high = math.log(choice.low), math.log(choice.high)
    settings = dict.fromkeys(run.settings for run in planned)
    places = [(math.log(getattr(one, name)) - low) / (high - low) for one in settings]
    counts = np.histogram(places, bins=4, range=(0, 1))[0]
    assert counts.sum() == 400
    assert np.sum((counts - 100) ** 2 / 100) < 16.3  # chi squared, 3 d.f.: p = 0.001


def test_the_slope_is_drawn_only_for_leaky_relu(planned):
    for run in planned:
        assert ("slope" in run.settings.parameters()) == (run.settings.act == "leaky_relu")


def test_a_small_sweep_keeps_every_run_and_its_declarations(tmp_path, capsys):
    path = tmp_path / "small"
    arguments = ["--journal", str(path), "--configurations", "5", "--epochs", "1"]
    assert main(arguments) == 0
    assert "8 runs, 2 failed" in capsys.readouterr().out
    with journal.open(path) as book:
        runs, declarations = list(book.runs()), book.declarations()
    assert sorted(run.seed for run in runs) == list(range(8))
    for run in runs:
        assert run.seconds > 0
        if run.status == "failed":
            assert run.notes[0].startswith("diverged in epoch 1")
            assert run.metrics == {}
        else:
            assert run.status == "finished"
            assert 0 <= run.metrics["val_error"] <= 1
    assert declarations.metrics["val_error"].direction == "minimize"
    assert declarations.metrics["val_accuracy"].direction == "maximize"
    assert declarations.parameters["lr"].domain == (1e-4, 1.0)
    assert declarations.parameters["lr"].scale == "log"
    assert declarations.parameters["batch"].levels == (8, 16, 32, 64, 128, 256)
    assert declarations.parameters["slope"].condition == {"act": ("leaky_relu",)}


def test_a_sweep_does_not_add_to_a_journal_that_exists(tmp_path, capsys):
    with pytest.raises(SystemExit) as ended:
        main(["--journal", str(tmp_path)])
    assert ended.value.code == 2
    assert "exists already" in capsys.readouterr().err


@pytest.fixture(scope="module")
def kept():
    with journal.open(DIGITS) as book:
        assert book.read().damage == ()
        return list(book.runs())


def test_the_committed_journal_holds_exactly_the_planned_runs(kept, planned):
    settings = {run.seed: run.settings.parameters() for run in planned}
    assert {run.seed: dict(run.params) for run in kept} == settings
    assert len(kept) == len(planned)


def test_runs_of_the_committed_journal_really_diverged(kept):
    failed = [run for run in kept if run.status == "failed"]
    assert 0.02 < len(failed) / len(kept) < 0.15
    assert all(run.notes[0].startswith("diverged in epoch") for run in failed)
    assert all(run.status in ("finished", "failed") for run in kept)


def test_a_run_of_the_committed_journal_can_be_done_again(kept):
    """Two stable runs; to a tolerance, as other processors round otherwise."""
    stable = [run for run in kept if run.params["lr"] < 1e-3 and run.params["batch"] >= 128]
    for run in stable[:2]:
        metrics = train(Settings(**run.params), seed=run.seed)
        assert metrics["train_loss"] == pytest.approx(run.metrics["train_loss"], rel=1e-2)
        assert metrics["val_error"] == pytest.approx(run.metrics["val_error"], abs=0.01)
