"""The side of `benchmarks.trackers` that runs in the trackers' environment.

    tracker_worker.py TRACKER TASK FOLDER [N]

Tasks: `one` logs a run; `write` logs N and prints runs per second; `load` reads all runs into a
frame and prints the seconds.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path
from typing import Any

PARAMETERS = {f"p{i}": i * 0.5e-3 for i in range(10)}
METRICS = {"accuracy": 0.931, "loss": 0.21, "seconds": 12.5}


def optuna_study(folder: Path) -> Any:  # noqa: ANN401 - the tracker is not installed here
    import optuna
    from optuna.storages import JournalStorage
    from optuna.storages.journal import JournalFileBackend

    optuna.logging.set_verbosity(optuna.logging.ERROR)
    storage = JournalStorage(JournalFileBackend(str(folder / "optuna.log")))
    return optuna.create_study(study_name="s", storage=storage, load_if_exists=True)


def optuna_write(folder: Path, n: int) -> None:
    import optuna

    study = optuna_study(folder)
    space = {name: optuna.distributions.FloatDistribution(0, 1) for name in PARAMETERS}
    for _ in range(n):
        trial = optuna.trial.create_trial(
            params=PARAMETERS, distributions=space, value=METRICS["accuracy"], user_attrs=METRICS
        )
        study.add_trial(trial)


def optuna_load(folder: Path) -> int:
    return len(optuna_study(folder).trials_dataframe())


def mlflow_write(folder: Path, n: int) -> None:
    import mlflow

    mlflow.set_tracking_uri(f"sqlite:///{folder / 'mlflow.db'}")
    mlflow.set_experiment("s")
    for _ in range(n):
        with mlflow.start_run():
            mlflow.log_params(PARAMETERS)
            mlflow.log_metrics(METRICS)


def mlflow_load(folder: Path) -> int:
    import mlflow

    mlflow.set_tracking_uri(f"sqlite:///{folder / 'mlflow.db'}")
    return len(mlflow.search_runs(experiment_names=["s"], max_results=50_000))


def main() -> None:
    tracker, task, place = sys.argv[1:4]
    n = int(sys.argv[4]) if len(sys.argv) > 4 else 1
    write, load = {
        "optuna journal": (optuna_write, optuna_load),
        "mlflow sqlite": (mlflow_write, mlflow_load),
    }[tracker]
    if task == "load":
        started = time.perf_counter()
        load(Path(place))
        print(time.perf_counter() - started)
        return
    write(Path(place), 1)
    started = time.perf_counter()
    write(Path(place), n - 1)
    print((n - 1) / (time.perf_counter() - started))


if __name__ == "__main__":
    main()
