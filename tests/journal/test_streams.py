"""Streams that take or give nothing: one clear line, no traceback, nothing lost."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

import journal
from tests.journal.programs import ROOT

KNOBWISE = f"PYTHONPATH={ROOT} {sys.executable} -W error -m journal"


def shell(words: str, **variables: str) -> tuple[int, str, str]:
    settings = " ".join(f"{name}={value}" for name, value in variables.items())
    done = subprocess.run(
        ["bash", "-c", words.replace("knobwise", f"{settings} {KNOBWISE}")],
        capture_output=True, text=True, errors="replace", check=False, timeout=60,
    )  # fmt: skip
    return done.returncode, done.stdout, done.stderr


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no /dev/full")
@pytest.mark.parametrize(
    "words", ["ls", "ls --json", "export", "verify", "show {run}", "--help", "ls --help"]
)
@pytest.mark.parametrize("end", [">/dev/full", ">&-"])
def test_a_stdout_that_takes_nothing_is_named_in_one_line(words, end):
    run = journal.open().log({"a": 1})
    status, _, err = shell(f"knobwise {words.format(run=run)} {end}")
    assert (status, len(err.splitlines())) == (1, 1)
    assert err.startswith("knobwise: stdout takes nothing: ")


@pytest.mark.parametrize("end", [">/dev/full", ">&-"])
@pytest.mark.parametrize("words", ["log a=1", "start a=1", "log --jsonl one"])
def test_a_run_whose_id_cannot_be_printed_is_logged_and_its_id_told(words, end):
    Path("one").write_text('{"params": {"a": 1}}\n')
    status, _, err = shell(f"knobwise {words} {end}")
    (run,) = journal.open().runs()
    assert status == 1
    assert "logged, but the id could not be printed" in err
    assert run.id in err
    assert "Traceback" not in err
    assert journal.open().read().damage == ()


@pytest.mark.parametrize("words", ["log --jsonl /tmp", "log --jsonl - <&-"])
def test_lines_that_cannot_be_read_are_an_error(words):
    status, _, err = shell(f"knobwise {words}")
    assert status == 1
    assert len(err.splitlines()) == 1
    assert err.startswith("knobwise: ")


def test_closed_standard_streams_do_not_lend_their_numbers_to_a_segment():
    assert shell("knobwise log a=1 >&- 2>&-")[0] == 1
    (run,) = journal.open().runs()
    assert run.params == {"a": 1}


@pytest.mark.parametrize("words", ["ls", "log a=1", "start a=1", "show 1"])
def test_a_working_directory_that_is_gone_is_named(tmp_path, words):
    status, _, err = shell(f"mkdir gone; cd gone; rmdir ../gone; knobwise {words}")
    assert status == 1
    assert "the working directory is no longer there" in err
    assert "--journal" in err
    assert "Traceback" not in err


def test_data_that_stdout_cannot_have_is_refused_with_the_remedy():
    journal.open().log({"이름": "값"})
    for words in ("ls --csv", "export"):
        status, _, err = shell(f"knobwise {words}", PYTHONIOENCODING="latin-1")
        assert status == 1
        assert "stdout is in latin-1" in err
        assert "PYTHONIOENCODING=utf-8" in err
        assert "Traceback" not in err


@pytest.mark.parametrize("encoding", ["ascii", "latin-1"])
def test_what_people_read_is_escaped_where_stdout_cannot_have_it(encoding):
    book = journal.open()
    run, other = (book.log({"이름": f"값{i}", "t": "x" * 99}, metrics={"é": i}) for i in range(2))
    table = shell("knobwise ls -n 1 --columns 이름,t", PYTHONIOENCODING=encoding)
    assert table == (
        0,
        "\\uc774\\ub984  t\n" + "\\uac121".rjust(12) + "  " + "x" * 23 + "...\n",
        "",
    )
    for words in (f"show {run}", f"diff {run} {other}", "best -m é --maximize", "verify"):
        assert shell(f"knobwise {words}", PYTHONIOENCODING=encoding)[0] == 0
    status, out, _ = shell("knobwise ls --json", PYTHONIOENCODING=encoding)
    assert status == 0
    assert json.loads(out)[0]["params"]["이름"] == "값0"
    assert out.isascii()
    assert "이름" in shell("knobwise ls --json", PYTHONIOENCODING="utf-8")[1]


def test_names_and_delimiters_that_are_none(knobwise):
    knobwise("log", "a=1")
    Path("r.csv").write_text("a;;acc\n1;;2\n")
    for words, said in [
        (["export", "-o", ""], "the file has no name"),
        (["import", "csv", "r.csv", "-m", "acc", "--delimiter", ";;"], "one character"),
        (["import", "csv", "r.csv", "-m", "acc", "--delimiter", ""], "one character"),
    ]:
        outcome = knobwise(*words)
        assert (outcome.status, said in outcome.err) == (2, True)


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("ls", 0), ("ls --csv", 0), ("ls --json", 0), ("best -m acc --maximize --csv", 0),
        ("export", 0), ("show {run}", 0), ("--help", 0), ("verify", 0),
        ("verify --journal damaged", 1), ("ls --journal none", 1), ("log a=1", 1),
    ],
)  # fmt: skip
def test_a_pipe_that_the_reader_closed_is_no_error(words, expected):
    (run, *_) = [journal.open().log({f"{'p' * 60}{i}": i}, metrics={"acc": i}) for i in range(40)]
    (segment,) = Path("data/journal").glob("*.jsonl")
    Path("damaged").mkdir()
    Path("damaged", segment.name).write_bytes(segment.read_bytes().replace(b"ppp", b"qqq") * 20)
    for size in ("", "PYTHONUNBUFFERED=1"):
        reader, writer = os.pipe()
        os.close(reader)
        done = subprocess.run(
            [sys.executable, "-W", "error", "-m", "journal", *words.format(run=run).split()],
            stdout=writer, stderr=subprocess.PIPE, check=False, timeout=60,
            env=os.environ | {"PYTHONPATH": str(ROOT)} | dict([size.split("=")] if size else []),
        )  # fmt: skip
        os.close(writer)
        assert done.returncode == expected, done.stderr
        assert b"Traceback" not in done.stderr
        assert b"Broken pipe" not in done.stderr or "log" in words
