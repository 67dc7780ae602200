"""The training script really trains, really diverges, and is decided by its seed."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from examples.train_digits import (
    DivergedError,
    Images,
    Network,
    Settings,
    digits,
    main,
    softmax_loss,
    train,
)

ROOT = Path(__file__).parents[2]
QUICK = 3  # epochs


def test_good_settings_learn_the_digits():
    assert train(Settings(), seed=0, epochs=QUICK)["val_error"] < 0.1


def test_a_learning_rate_far_too_small_learns_nothing():
    assert train(Settings(lr=1e-6), seed=0, epochs=QUICK)["val_error"] > 0.7


@pytest.mark.parametrize("seed", [0, 1])
def test_a_learning_rate_far_too_large_diverges(seed):
    with pytest.raises(DivergedError, match="diverged in epoch 1: training loss"):
        train(Settings(lr=1.0, depth=4, init=3.0), seed=seed, epochs=QUICK)


def test_same_seed_same_metrics_and_another_seed_others():
    settings = Settings(act="leaky_relu", slope=0.05, dropout=0.3, batch=128)
    first, again, other = (train(settings, seed=seed, epochs=1) for seed in (0, 0, 1))
    assert first == again
    assert first["train_loss"] != other["train_loss"]


@pytest.mark.parametrize(
    "settings",
    [
        Settings(act="tanh", depth=2, width=5, wd=0.1),
        Settings(act="relu", depth=1, width=5),
        Settings(act="leaky_relu", slope=0.2, depth=3, width=5),
    ],
    ids=lambda settings: settings.act,
)
def test_the_gradient_is_the_slope_of_the_loss(settings):
    """One step with lr 1 and no momentum moves the weights by the gradient: compare differences."""
    training, _ = digits()
    batch = Images(training.pixels[:16].astype(np.float64), training.digits[:16])

    def network():
        made = Network(settings, np.random.default_rng(3))
        for values in (made.weights, made.biases, made.velocities):
            values[:] = [array.astype(np.float64) for array in values]
        return made

    stepped, base = network(), network()
    stepped.settings = Settings(**{**settings.parameters(), "lr": 1.0, "momentum": 0.0})
    stepped.step(batch, np.random.default_rng(0))
    for layer in range(len(base.weights)):
        index = (layer, 1)
        numeric, size = 0.0, 1e-5
        for sign in (1, -1):
            moved = network()
            moved.weights[layer][index] += sign * size
            numeric += sign * softmax_loss(moved.logits(batch.pixels), batch.digits)[0] / (2 * size)
        numeric += settings.wd * base.weights[layer][index]
        by_step = base.weights[layer][index] - stepped.weights[layer][index]
        assert by_step == pytest.approx(numeric, rel=1e-4, abs=1e-7)


def test_a_slope_belongs_to_leaky_relu_alone():
    with pytest.raises(ValueError, match="slope"):
        Settings(act="relu", slope=0.1)
    with pytest.raises(ValueError, match="slope"):
        Settings(act="leaky_relu")
    assert "slope" not in Settings(act="tanh").parameters()
    assert Settings(act="leaky_relu", slope=0.1).parameters()["slope"] == 0.1


@pytest.mark.parametrize("wrong", [{"lr": 0.0}, {"dropout": 1.0}, {"momentum": -0.1}, {"depth": 0}])
def test_settings_that_cannot_be_trained_are_refused(wrong):
    with pytest.raises(ValueError, match="must"):
        Settings(**wrong)


def test_the_command_prints_a_line_per_metric():
    command = [sys.executable, "examples/train_digits.py", "--epochs", "1", "--batch", "256"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    printed = dict(line.split("=") for line in done.stdout.splitlines())
    assert float(printed["val_error"]) == pytest.approx(1 - float(printed["val_accuracy"]))
    assert {"train_loss", "val_loss", "epochs", "n_weights", "train_seconds"} <= set(printed)
    assert done.stderr == ""


def test_a_diverged_command_exits_with_1_and_one_line(capsys):
    assert main(["--lr", "1", "--depth", "4", "--init", "3"]) == 1
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith("diverged in epoch 1")
    assert err.count("\n") == 1
