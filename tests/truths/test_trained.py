"""Grids trained here: every cell is a model of its own, and one that diverges is no gap."""

from __future__ import annotations

from functools import partial

import numpy as np
import pytest
from sklearn.datasets import load_iris
from sklearn.dummy import DummyClassifier

from benchmarks.truths import grids
from benchmarks.truths.axes import Axis
from benchmarks.truths.trained import COMMAND, GRIDS
from benchmarks.truths.training import Trained

GUESS = Axis(name="constant", kind="ordinal", levels=(0, 1, 7))
"""The species that is always guessed; there is no species 7."""


def _guessing(_seed: int, *, constant: int) -> DummyClassifier:
    return DummyClassifier(strategy="constant", constant=constant)


def test_every_seed_has_a_split_and_a_model_that_diverges_an_accuracy_of_zero():
    iris = partial(load_iris, return_X_y=True)
    runs = Trained("val_acc", (GUESS,), (iris, 90, 60), _guessing).runs()
    assert runs.shape == (3, 2)
    assert 0.2 < runs[:2].min() < runs[:2].max() < 0.5
    assert runs[0, 0] != runs[0, 1]
    assert runs[2].tolist() == [0.0, 0.0]


def test_a_grid_that_was_not_trained_names_the_command(monkeypatch, tmp_path):
    monkeypatch.setattr(grids, "CACHE", tmp_path)
    assert grids.held_out() == []
    with pytest.raises(FileNotFoundError, match=COMMAND):
        grids.grid.__wrapped__(next(iter(GRIDS)))


def test_a_grid_that_was_trained_with_fewer_seeds_is_not_the_same(monkeypatch, tmp_path):
    monkeypatch.setattr(grids, "CACHE", tmp_path)
    shape = tuple(len(axis.levels) for axis in GRIDS["forest_breast"].axes)
    np.savez(tmp_path / "forest_breast.npz", runs=np.ones((*shape, 2)))
    with pytest.raises(FileNotFoundError, match=f"other seeds: run {COMMAND} forest_breast"):
        grids.grid.__wrapped__("forest_breast")
