"""Write the files beside this one, with the trackers themselves. See README.md.

python make.py FOLDER, in an environment with: optuna, mlflow-skinny, sqlalchemy, alembic, wandb,
tensorboardX.
"""
# mypy: ignore-errors

import math
import os
import shutil
import sqlite3
import sys
import tarfile
import tempfile
from pathlib import Path

os.environ |= {
    "WANDB_MODE": "offline",
    "WANDB_SILENT": "true",
    "WANDB_DISABLE_GIT": "true",
    "MLFLOW_ALLOW_FILE_STORE": "true",
}


def of_optuna(folder: Path, scratch: Path) -> None:
    import optuna
    from optuna.storages.journal import JournalFileBackend

    def objective(trial):
        lr = trial.suggest_float("lr", 1e-5, 1e-1, log=True)
        depth = trial.suggest_int("depth", 1, 4)
        act = trial.suggest_categorical("act", ["relu", "leaky_relu", None])
        if act == "leaky_relu":
            trial.suggest_float("slope", 0.01, 0.3)
        trial.suggest_categorical("bias", [True, False])
        trial.set_user_attr("seed", trial.number)
        trial.set_user_attr("test_error", 0.5 + trial.number)
        for step in range(3):
            trial.report(1 / (step + 1), step)
            if trial.number == 2 and step == 1:
                raise optuna.TrialPruned
        if trial.number == 3:
            raise RuntimeError("diverged")
        return math.inf if trial.number == 1 else lr * depth

    log, database = folder / "optuna.log", scratch / "optuna.db"
    backend = JournalFileBackend(str(log))
    for storage in (optuna.storages.JournalStorage(backend), f"sqlite:///{database}"):
        one, two = (optuna.samplers.RandomSampler(seed=1) for _ in range(2))
        study = optuna.create_study(storage=storage, study_name="digits", sampler=one)
        study.set_metric_names(["error"])
        study.optimize(objective, n_trials=5, catch=(RuntimeError,))
        both = optuna.create_study(
            storage=storage, study_name="two", directions=["minimize", "maximize"], sampler=two
        )
        both.optimize(
            lambda t: (t.suggest_float("x", 0, 1), t.suggest_int("n", 1, 64, log=True)), n_trials=2
        )
        study.ask()
    dump(database, folder / "optuna.sql")


def of_mlflow(folder: Path, scratch: Path) -> None:
    import mlflow

    for uri in (f"file://{scratch}/mlruns", f"sqlite:///{scratch}/mlflow.db"):
        mlflow.set_tracking_uri(uri)
        mlflow.create_experiment("digits", artifact_location="artifacts")
        mlflow.set_experiment("digits")
        for i in range(3):
            try:
                note = "a note\nof two lines: 'quoted'" if i == 0 else None
                tags = {"team": "vision", "rating": str(i)}
                with mlflow.start_run(run_name=f"run {i}", description=note, tags=tags) as run:
                    act = ["relu", None][i % 2]
                    mlflow.log_params({"lr": 10.0**-i, "act": act, "flag": i > 0})
                    mlflow.log_params({"optim/beta": 0.9, "seed": i})
                    for step in range(3):
                        mlflow.log_metric("loss", 1 / (step + 1 + i), step=step)
                    mlflow.log_metric("val/acc", math.nan if i == 1 else 0.5)
                    mlflow.log_metric("worst", math.inf)
                    if i == 2:
                        raise RuntimeError("diverged")
            except RuntimeError:
                continue
        mlflow.start_run(run_name="stopped")
        mlflow.end_run("KILLED")
        client = mlflow.tracking.MlflowClient()
        gone = client.create_run(run.info.experiment_id, run_name="gone")
        client.delete_run(gone.info.run_id)
        client.create_run(run.info.experiment_id, run_name="under way")
    with tarfile.open(folder / "mlruns.tar.gz", "w:gz") as archive:
        archive.add(scratch / "mlruns", "mlruns")
    dump(scratch / "mlflow.db", folder / "mlflow.sql",
         {"experiments", "runs", "params", "metrics", "latest_metrics", "tags"})  # fmt: skip


def of_wandb(folder: Path, scratch: Path) -> None:
    import wandb

    quiet = wandb.Settings(x_disable_stats=True, x_disable_meta=True, console="off")
    for i in range(3):
        run = wandb.init(
            project="digits", dir=str(scratch), name=f"run {i}", tags=["sweep"], group="g",
            notes="a note" if i == 0 else None, settings=quiet,
            config={"lr": 10.0**-i, "act": ["relu", None][i % 2], "seed": i,
                    "optim": {"beta": 0.9, "layers": [32, 16]}},
        )  # fmt: skip
        for step in range(3):
            run.log({"loss": 1 / (step + 1 + i), "val": {"acc": 0.5 + step / 10}})
        run.summary["best"] = 0.9
        if i == 1:
            run.config.update({"late": "x"})
        run.finish(exit_code=1 if i == 2 else 0)
    for i, path in enumerate(sorted(scratch.glob("wandb/offline-run-*/run-*.wandb"))):
        shutil.copy(path, folder / f"run-{i}.wandb")


def of_wandb_media(folder: Path, scratch: Path) -> None:
    import wandb

    quiet = wandb.Settings(x_disable_stats=True, x_disable_meta=True, console="off")
    run = wandb.init(project="digits", dir=str(scratch), settings=quiet, config={"lr": 1.0})
    for step in range(2):
        shape = wandb.Histogram([1, 2, 2])
        page = wandb.Html("<p>", inject=False)
        run.log({"loss": 1.0 - step, "shape": shape, "val": {"page": page}, "said": "words"})
    run.summary["rank"] = [1, 2]
    run.finish()
    (path,) = scratch.glob("wandb/offline-run-*/run-*.wandb")
    shutil.copy(path, folder / "media.wandb")


def of_tensorboard(folder: Path, _scratch: Path) -> None:
    from tensorboardX import SummaryWriter

    for i in range(3):
        with SummaryWriter(str(folder / "tensorboard" / f"run{i}")) as writer:
            for step in range(3):
                writer.add_scalar("loss", 1 / (step + 1 + i), step)
            hparams = {"lr": 10.0**-i, "act": "relu", "depth": i, "flag": i > 0, "seed": i}
            writer.add_hparams(hparams, {"acc": 0.5 + i / 10}, name="hparams")


def dump(database: Path, path: Path, tables: set[str] | None = None) -> None:
    """The database as SQL, of these tables: text that git can keep."""
    connection = sqlite3.connect(database)
    for (name,) in connection.execute(
        "SELECT name FROM sqlite_master WHERE type='table'"
    ).fetchall():
        if tables is not None and name not in tables:
            connection.execute(f"DROP TABLE {name}")
    path.write_text("\n".join(connection.iterdump()) + "\n")


if __name__ == "__main__":
    place = Path(sys.argv[1]).resolve()
    for make in (of_optuna, of_mlflow, of_wandb, of_wandb_media, of_tensorboard):
        with tempfile.TemporaryDirectory() as other:
            make(place, Path(other))
