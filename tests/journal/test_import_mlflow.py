"""``knobwise import mlflow``: nested runs, and what MLflow's own lists leave out."""

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

import journal
from tests.journal.stores import FILES, unpack_mlruns


@pytest.fixture
def stores(tmp_path):
    """MLflow's folder and its SQLite file, with the same runs."""
    unpack_mlruns(tmp_path)
    with closing(sqlite3.connect("mlflow.db")) as connection:
        connection.executescript((FILES / "mlflow.sql").read_text())
    return tmp_path


def changed(statement: str, *values: str) -> None:
    with closing(sqlite3.connect("mlflow.db")) as connection, connection:
        connection.execute(statement, values)


def experiment() -> Path:
    """The folder of the experiment that has the runs."""
    return next(Path("mlruns").glob("*/*/params")).parents[1]


@pytest.mark.parametrize("store", ["mlruns", "mlflow.db"])
def test_a_nested_run_says_of_which_it_is(knobwise, stores, store):
    tag = next(experiment().glob("*/tags/rating")).with_name("mlflow.parentRunId")
    tag.write_text("abc")
    child = tag.parents[1].name
    if store == "mlflow.db":
        shown = "SELECT run_uuid FROM tags WHERE key = 'rating' LIMIT 1"
        with closing(sqlite3.connect("mlflow.db")) as connection:
            ((child,),) = connection.execute(shown)
        changed("INSERT INTO tags VALUES ('mlflow.parentRunId', 'abc', ?)", child)
    assert knobwise("import", "mlflow", store).status == 0
    told = [run.context["mlflow"] for run in journal.open().runs()]
    parents = {one["run_id"]: one.get("parent") for one in told if isinstance(one, dict)}
    assert {run: parent for run, parent in parents.items() if parent} == {child: "abc"}


@pytest.mark.parametrize("store", ["mlruns", "trash", "mlflow.db"])
def test_runs_of_a_deleted_experiment_are_counted_among_the_deleted(knobwise, stores, store):
    folder = experiment()
    if store == "trash":
        (folder.parent / ".trash").mkdir(exist_ok=True)
        folder.rename(folder.parent / ".trash" / folder.name)
    else:
        meta = folder / "meta.yaml"
        text = meta.read_text()
        meta.write_text(text.replace("lifecycle_stage: active", "lifecycle_stage: deleted"))
        changed("UPDATE experiments SET lifecycle_stage = 'deleted'")
    told = knobwise("import", "mlflow", "mlflow.db" if store == "mlflow.db" else "mlruns")
    assert (told.status, "6 runs that are deleted" in told.err) == (1, True)


@pytest.mark.parametrize("store", ["mlruns", "."])
def test_a_database_beside_the_folder_is_told_of(knobwise, stores, store):
    """Newer MLflow keeps its runs in mlflow.db, and in mlruns what they wrote."""
    told = knobwise("import", "mlflow", store)
    assert "4 runs imported" in told.err
    assert "knobwise: mlflow.db may have more runs: import it as well" in told.err
    shutil.rmtree("mlruns")
    Path("mlruns/1/abc/artifacts").mkdir(parents=True)
    refused = knobwise("import", "mlflow", store)
    assert (refused.status, "its runs may be in mlflow.db" in refused.err) == (2, True)
    Path("mlflow.db").write_text("no database")
    assert "mlflow.db" not in knobwise("import", "mlflow", store).err
    assert "mlflow.db" not in knobwise("import", "mlflow", "mlruns").err


def test_an_experiment_whose_file_is_no_text_is_named_and_the_others_are_imported(knobwise, stores):
    broken = Path("mlruns/999/meta.yaml")
    broken.parent.mkdir()
    broken.write_bytes(b"name: caf\xe9\n")
    done = knobwise("import", "mlflow", "mlruns")
    assert done.status == 1
    assert "4 runs imported" in done.err
    assert f"not understood: {broken}: 'utf-8' codec" in done.err


@pytest.mark.parametrize("column", ["start_time", "end_time"])
def test_a_database_with_a_word_for_a_time_is_refused_in_a_line(knobwise, stores, column):
    changed(f"UPDATE runs SET {column} = 'soon'")
    refused = knobwise("import", "mlflow", "mlflow.db")
    assert (refused.status, "MLflow does not write this: " in refused.err) == (1, True)
    assert "soon" in refused.err
    assert not Path("data").exists()


def test_a_run_without_a_status_has_not_ended(knobwise, stores):
    changed("UPDATE runs SET status = NULL WHERE status = 'FINISHED'")
    done = knobwise("import", "mlflow", "mlflow.db")
    assert done.status == 0
    assert "left out: 2 runs that are of no status" in done.err
