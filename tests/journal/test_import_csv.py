"""``knobwise import csv``: what is wrong about a table, and what cures it."""

import locale
import subprocess
from pathlib import Path

import pytest

import journal
from analysis.runs import OUTCOMES, outcome
from journal.csv_table import STATUS_WORDS

KOREAN = "학습률,정확도\n0.1,0.5\n"


@pytest.mark.parametrize(
    ("data", "own", "guess"),
    [
        (KOREAN.encode("cp949"), "UTF-8", "CP949"),
        (KOREAN.encode("utf-16"), "UTF-8", "UTF-16"),
        ("lr,精度\n".encode("cp932"), "cp932", "CP932"),
        ("größe,acc\n".encode("latin-1"), "UTF-8", "ENCODING"),
        ("größe,acc\n".encode("latin-1"), "ISO-8859-1", "ENCODING"),  # it takes any bytes
        (KOREAN.encode("cp949") + b"\xff", "UTF-8", "ENCODING"),
    ],
)
def test_the_encoding_is_guessed_where_the_bytes_speak_for_it(
    knobwise, monkeypatch, data, own, guess
):
    monkeypatch.setattr(locale, "getencoding", lambda: own)
    Path("t.csv").write_bytes(data)
    refused = knobwise("import", "csv", "t.csv", "-m", "acc")
    assert refused.status == 2
    assert "the encoding it was saved in" in refused.err
    assert f"iconv -f {guess} -t UTF-8 t.csv > utf8.csv" in refused.err


def test_equal_complaints_are_one_and_all_that_is_wrong_is_said_at_once(knobwise):
    rows = [f"{n / 8},{n} %,{word}" for n, word in enumerate(["ok", "weird", "queued"] * 30)]
    Path("t.csv").write_text("\n".join(["lr,acc,state", *rows, "1,2"]))
    words = ["import", "csv", "t.csv", "-m", "acc", "--status", "state"]
    shown = knobwise(*words, "--dry-run")
    said = [line for line in shown.out.splitlines() if "not understood" in line]
    few = [f"row {n + 2}: the metric acc is '{n} %'" for n in range(3)]
    assert shown.status == 2
    assert [line.partition(" (")[0] for line in said] == [
        f"not understood: {'; '.join(few)}; and 87 rows more",
        "not understood: row 3: the status 'weird'; row 4: the status 'queued'; and 58 rows more",
        "not understood: row 92: 2 cells under 3 columns",
    ]
    assert "without %; in a table: sed 's/ *%//g' TABLE" in said[0]
    refused = knobwise(*words)
    assert (refused.status, "and 2 complaints more" in refused.err) == (2, True)
    assert not Path("data").exists()


def test_without_percent_signs_the_table_is_read(knobwise):
    Path("t.csv").write_text("lr,acc\n1,10 %\n2,20%\n")
    subprocess.run("sed 's/ *%//g' t.csv > plain.csv", shell=True, check=True)
    assert knobwise("import", "csv", "plain.csv", "-m", "acc", "--dry-run").status == 0
    assert "2 runs imported" in knobwise("import", "csv", "plain.csv", "-m", "acc").err


def test_a_fault_of_the_header_is_said_too(knobwise):
    Path("t.csv").write_text("lr,a\x07cc\n1,2\n")
    refused = knobwise("import", "csv", "t.csv", "-m", "a\x07cc")
    assert (refused.status, "control character" in refused.err) == (2, True)


def test_a_status_column_is_read_as_the_analyst_reads_a_tables(knobwise):
    """But for what the journal has no status for: a run under way, and no word at all."""
    assert {word for words in STATUS_WORDS.values() for word in words} <= OUTCOMES.keys()
    ends = [*OUTCOMES, "OK", "0", "0.0", "1", "-9", "137.0"]
    for place, word in enumerate(ends):
        table = f"t{place}.csv"
        Path(table).write_text(f"lr,acc,state\n{place},0.5,{word}\n")
        told = knobwise("import", "csv", table, "-m", "acc", "--status", "state", "--journal", "j")
        assert told.status == (2 if word in {"", "none"} or outcome(word) == "running" else 0), word
    read = {str(run.params["lr"]): run.status for run in journal.open("j").runs()}
    assert read == {
        str(place): {"pruned": "killed", "interrupted": "killed"}.get(outcome(word), outcome(word))
        for place, word in enumerate(ends)
        if word not in {"", "none"} and outcome(word) != "running"
    }
