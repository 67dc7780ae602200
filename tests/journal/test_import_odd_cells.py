"""``knobwise import optuna | mlflow`` of databases whose cells are not of their columns' kinds.

SQLite holds anything in any column. A run with such a cell is named with it and left out; the
others are imported, and what is written is as it should be.
"""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

import journal

FILES = Path(__file__).with_name("files")
ODD: tuple[object, ...] = (b"\xff\xfe", None, 1 << 62, float("inf"), "teXt")
UNREAD = ("alembic_version", "version_info", "latest_metrics")
FIRST = "(SELECT min(rowid) FROM {table})"


def loose(name: str) -> sqlite3.Connection:
    """The example's database without what its schema demands of a cell."""
    there = sqlite3.connect(":memory:")
    there.executescript((FILES / f"{name}.sql").read_text())
    made = sqlite3.connect("t.db")
    for (table,) in there.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall():
        columns = [row[1] for row in there.execute(f"PRAGMA table_info({table})")]
        made.execute(f"CREATE TABLE {table} ({', '.join(columns)})")
        marks = ", ".join("?" * len(columns))
        made.executemany(
            f"INSERT INTO {table} VALUES ({marks})", there.execute(f"SELECT * FROM {table}")
        )
    made.commit()
    there.close()
    return made


def cells(name: str) -> list[tuple[str, str]]:
    """Every table with rows that is read, and its columns."""
    with closing(sqlite3.connect(":memory:")) as there:
        there.executescript((FILES / f"{name}.sql").read_text())
        tables = [
            table
            for (table,) in there.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
            if table not in UNREAD and there.execute(f"SELECT count(*) FROM {table}").fetchone()[0]
        ]
        return [(t, row[1]) for t in tables for row in there.execute(f"PRAGMA table_info({t})")]


@pytest.mark.parametrize(
    ("name", "table", "column"),
    [(name, *cell) for name in ("optuna", "mlflow") for cell in cells(name)],
)
def test_whatever_a_cell_holds_is_told_in_lines_and_harms_no_journal(knobwise, name, table, column):
    for place, odd in enumerate(ODD):
        Path("t.db").unlink(missing_ok=True)
        with closing(loose(name)) as made, made:
            changed = f"UPDATE {table} SET {column} = ? WHERE rowid = {FIRST.format(table=table)}"
            made.execute(changed, (odd,))
        book = f"book{place}"
        done = knobwise("import", name, "t.db", "--journal", book)
        assert done.status in {0, 1}
        assert max(map(len, done.err.splitlines())) < 300
        if Path(book).exists():
            assert knobwise("verify", "--journal", book).status == 0


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (
            "trial_params SET param_name = x'6c72' WHERE trial_id = 2",
            "study digits, trial 1: Optuna does not write this: trial_params.param_name is b'lr', ",
        ),
        (
            "trial_user_attributes SET value_json = x'ff' WHERE trial_id = 1",
            "b'\\xff', not text or null (in a copy: SET value_json = CAST(value_json AS TEXT))",
        ),
        (
            "trial_values SET value = NULL WHERE trial_id = 1",
            "trial 0: Optuna does not write this: trial_values.value is null",
        ),
        (
            "trials SET state = 'DONE' WHERE trial_id = 1",
            "trial 0: Optuna does not write this: trials.state is 'DONE'",
        ),
        ("trials SET study_id = 9 WHERE trial_id = 1", "trial_id 1: no study has its study_id, 9"),
    ],
)
def test_a_trial_with_an_odd_cell_is_left_out_alone(knobwise, change, said):
    with closing(loose("optuna")) as made, made:
        made.execute(f"UPDATE {change}")
    done = knobwise("import", "optuna", "t.db")
    assert (done.status, "6 runs imported" in done.err) == (1, True)
    assert said in done.err


@pytest.mark.parametrize("name", [None, b"digits", 3])
def test_a_study_with_an_odd_cell_is_left_out_alone(knobwise, name):
    with closing(loose("optuna")) as made, made:
        made.execute("UPDATE studies SET study_name = ? WHERE study_id = 1", (name,))
    done = knobwise("import", "optuna", "t.db")
    assert (done.status, done.err.count("not understood")) == (1, 1)
    assert f"study {name}: Optuna does not write this: studies.study_name is " in done.err
    assert {run.tags for run in journal.open().runs()} == {("two",)}


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ("params SET value = NULL", "params.value is null, not text\n"),
        ("params SET key = x'ff'", "params.key is b'\\xff', not text (in a copy: SET key = CAST("),
        ("metrics SET key = 3", "metrics.key is 3, not text\n"),
        ("metrics SET step = 'x'", "metrics.step is 'x', not an integer\n"),
        ("runs SET status = 3", "runs.status is 3, not text or null\n"),
    ],
)
def test_a_run_with_an_odd_cell_is_left_out_alone(knobwise, change, said):
    with closing(loose("mlflow")) as made, made:
        ((run,),) = made.execute("SELECT run_uuid FROM params ORDER BY rowid LIMIT 1")
        made.execute(f"UPDATE {change} WHERE run_uuid = ?", (run,))
    done = knobwise("import", "mlflow", "t.db")
    assert (done.status, "3 runs imported" in done.err) == (1, True)
    assert f"not understood: run {run}: MLflow does not write this: {said}" in done.err
