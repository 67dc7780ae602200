"""The side of `benchmarks.peers` that runs in the peers' environment: one JSON line per request.

A request is {"peer", "seed", "space", "columns", "y"} (or, to draw points, {"peer": "tpe", "truth",
"n", "seed"}); the reply holds "first_order", "total" (None where the peer gives none) and the CPU
seconds the peer itself took.
"""

from __future__ import annotations

import contextlib
import io
import json
import math
import sys
import time
import warnings
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import optuna

warnings.filterwarnings("ignore")
optuna.logging.set_verbosity(optuna.logging.ERROR)

Space = list[dict[str, Any]]
Shares = dict[str, float]


def study_of(
    space: Space, columns: dict[str, list[Any]], *, y: list[float], levels: bool
) -> optuna.Study:
    """An Optuna study of these runs; numeric levels as numbers, or as categories if `levels`."""
    distributions = {axis["name"]: _distribution(axis, levels=levels) for axis in space}
    study = optuna.create_study(direction="maximize")
    trials = []
    for row, value in enumerate(y):
        given = {n: columns[n][row] for n in distributions if columns[n][row] is not None}
        trials.append(
            optuna.trial.create_trial(
                params=given, distributions={n: distributions[n] for n in given}, value=value
            )
        )
    study.add_trials(trials)
    return study


def _distribution(axis: dict[str, Any], *, levels: bool) -> optuna.distributions.BaseDistribution:
    values = axis["levels"]
    if values and (levels or axis["kind"] in ("categorical", "boolean")):
        return optuna.distributions.CategoricalDistribution(values)
    low, high = (min(values), max(values)) if values else (axis["low"], axis["high"])
    if axis["kind"] == "integer":
        return optuna.distributions.IntDistribution(int(low), int(high), log=axis["log"])
    return optuna.distributions.FloatDistribution(float(low), float(high), log=axis["log"])


def fanova(request: dict[str, Any], *, levels: bool = False) -> tuple[Shares, None]:
    """Optuna's fANOVA, 64 trees, not normalized: shares of each tree's variance."""
    study = study_of(request["space"], request["columns"], y=request["y"], levels=levels)
    evaluator = optuna.importance.FanovaImportanceEvaluator(seed=request["seed"])
    return evaluator.evaluate(study), None


def ped_anova(request: dict[str, Any]) -> tuple[Shares, None]:
    """Optuna's default."""
    study = study_of(request["space"], request["columns"], y=request["y"], levels=False)
    return optuna.importance.get_param_importances(study), None


def _problem(request: dict[str, Any]) -> tuple[dict[str, Any], np.ndarray, np.ndarray]:
    axes = request["space"]
    if any(axis["levels"] or axis["parent"] or axis["none_share"] for axis in axes):
        raise ValueError("numbers only")
    names = [axis["name"] for axis in axes]
    unit = []
    for axis in axes:
        x = np.array(request["columns"][axis["name"]], dtype=float)
        low, high = axis["low"], axis["high"]
        if axis["log"]:
            x, low, high = np.log(x), math.log(low), math.log(high)
        unit.append((x - low) / (high - low))
    problem = {"num_vars": len(names), "names": names, "bounds": [[0.0, 1.0]] * len(names)}
    return problem, np.column_stack(unit), np.array(request["y"])


def rbd_fast(request: dict[str, Any], *, resamples: int = 2) -> tuple[Shares, Shares | None]:
    """SALib RBD-FAST, first order; with resamples the half widths of its 95 % intervals too."""
    from SALib.analyze import rbd_fast as method

    problem, x, y = _problem(request)
    found = method.analyze(problem, x, y, num_resamples=resamples, seed=request["seed"])
    first, half = (
        dict(zip(problem["names"], map(float, found[key]), strict=True))
        for key in ("S1", "S1_conf")
    )
    return first, half if resamples > 2 else None


def hdmr(request: dict[str, Any]) -> tuple[Shares, Shares]:
    """SALib's high-dimensional model representation, second order; needs 300 runs."""
    from SALib.analyze import hdmr as method

    problem, x, y = _problem(request)
    size = len(y)
    with contextlib.redirect_stdout(io.StringIO()):
        found = method.analyze(
            problem, x, y, maxorder=2, maxiter=100, m=2, K=1, R=size, alpha=0.95,
            lambdax=0.01, seed=request["seed"],
        )  # fmt: skip
    names = problem["names"]
    first = {name: float(np.nan_to_num(found["S"][i])) for i, name in enumerate(names)}
    total = {name: float(np.nan_to_num(found["ST"][i])) for i, name in enumerate(names)}
    return first, total


def ax(request: dict[str, Any]) -> tuple[Shares, Shares]:
    """Ax: Sobol indices of the mean of the Gaussian process that BoTorch fits by default."""
    import torch
    from ax.utils.sensitivity.sobol_measures import SobolSensitivityGPMean
    from botorch.fit import fit_gpytorch_mll
    from botorch.models import SingleTaskGP
    from botorch.models.transforms import Standardize
    from gpytorch.mlls import ExactMarginalLogLikelihood

    torch.set_num_threads(1)
    torch.manual_seed(request["seed"])
    problem, x, y = _problem(request)
    model = SingleTaskGP(
        torch.tensor(x), torch.tensor(y, dtype=torch.double)[:, None],
        outcome_transform=Standardize(1),
    )  # fmt: skip
    fit_gpytorch_mll(ExactMarginalLogLikelihood(model.likelihood, model))
    bounds = torch.tensor(problem["bounds"], dtype=torch.double).T
    # Its quasi-random inputs give Ishigami wrong by 28 points however many runs there are.
    found = SobolSensitivityGPMean(model, bounds, num_mc_samples=10**4)
    first, total = found.first_order_indices().tolist(), found.total_order_indices().tolist()
    names = problem["names"]
    return dict(zip(names, first, strict=True)), dict(zip(names, total, strict=True))


def tpe(request: dict[str, Any]) -> dict[str, Any]:
    """The runs that Optuna's TPE sampler chooses on a truth: columns and y."""
    from benchmarks.peers import find
    from benchmarks.truths.truth import Truth

    truth = find(request["truth"])
    if isinstance(truth, Truth):
        truth = replace(truth, noise_share=request["noise_share"])
    rng = np.random.default_rng(request["seed"])
    study = optuna.create_study(
        direction=truth.direction, sampler=optuna.samplers.TPESampler(seed=request["seed"])
    )
    axes = {axis.name: axis for axis in truth.axes}
    unit: list[list[float]] = []
    ys = []
    for _ in range(request["n"]):
        trial = study.ask()
        point = []
        for axis in axes.values():
            # On the unit scale: what a log distribution does, without its rounding.
            if axis.levels:
                code = trial.suggest_categorical(axis.name, list(range(len(axis.levels))))
                point.append((code + 0.5) / len(axis.levels))
            else:
                point.append(trial.suggest_float(axis.name, 0.0, 1.0))
        y = truth.observed(np.array([point]), rng)
        study.tell(trial, float(y[0]))
        unit.append(point)
        ys.append(float(y[0]))
    return {"unit": unit, "y": ys}


BOOTSTRAPS = 100
"""SALib's default number of resamples."""
METHODS: dict[str, Callable[[dict[str, Any]], tuple[Shares, Shares | None]]] = {
    "fanova": fanova,
    "fanova_levels": lambda request: fanova(request, levels=True),
    "ped_anova": ped_anova,
    "rbd_fast": rbd_fast,
    "hdmr": hdmr,
    "ax": ax,
}


def answer(request: dict[str, Any]) -> dict[str, Any]:
    """The reply to one request; {"refused": why} where the peer cannot."""
    if request["peer"] == "tpe":
        return tpe(request)
    started = time.process_time()
    try:
        if request["peer"] == "rbd_fast_interval":
            first, half = rbd_fast(request, resamples=BOOTSTRAPS)
            return {"first_order": first, "half_width": half}
        first, total = METHODS[request["peer"]](request)
    except Exception as error:  # noqa: BLE001 - a peer may fail in any way; that is a result too
        return {"refused": f"{type(error).__name__}: {error}"}
    return {"first_order": first, "total": total, "cpu": time.process_time() - started}


def main() -> None:
    for line in sys.stdin:
        print(json.dumps(answer(json.loads(line))), flush=True)


if __name__ == "__main__":
    main()
