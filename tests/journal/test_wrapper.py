"""``knobwise run``, with real programs: output, exit codes, signals, what is recorded."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import journal
from journal.wrapper import End, status_of
from tests.journal.programs import ROOT, await_line, begin, end, perform

PYTHON = sys.executable
REPORTS = "import os, sys; open(os.environ['KNOBWISE_METRICS'], 'a').write('{\"a\": 1}'); "
"""What a program does that has a metric, or the wrapper says that it has none."""


def only():
    (run,) = journal.open().runs()
    return run


def context() -> Any:
    return dict(only().context)


def wrapped(*words, **variables):
    return perform(["run", *words], variables=variables)


def test_the_program_is_as_it_would_be_and_the_run_is_recorded(monkeypatch):
    monkeypatch.setenv("HF_TOKEN", "hf_" + "a" * 30)
    script = REPORTS + "sys.stdout.buffer.write(b'out\\xff\\r\\n\\0'); sys.stderr.write('err')"
    words = [PYTHON, "-c", script, "--lr", "3e-4", "--batch=64", "--seed", "0", "--amp"]
    options = ["-p", "extra=x", "--tag", "t", "--note", "n"]
    done = subprocess.run(
        [PYTHON, "-m", "journal", "run", *options, "--", *words],
        env={**os.environ, "PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1"}, capture_output=True,
        check=False,
    )  # fmt: skip
    assert (done.returncode, done.stdout) == (0, b"out\xff\r\n\0")
    assert (
        done.stderr == f"knobwise: a new journal in {Path('data/journal').absolute()}\nerr".encode()
    )
    run = only()
    assert dict(run.params) == {"lr": 3e-4, "batch": 64, "amp": True, "extra": "x"}
    assert (run.seed, run.status, run.exit_code, run.error) == (0, "finished", 0, None)
    assert (run.tags, run.notes) == (("t",), ("n",))
    assert run.seconds is not None
    told = context()
    assert told["command"] == words
    assert told["cwd"] == str(Path.cwd())
    assert told["env"] == {"OMP_NUM_THREADS": "1"}
    assert told["peak_memory_bytes"] > 1_000_000
    assert told["python"] == ".".join(map(str, sys.version_info[:3]))
    assert "numpy" in told["installed"]
    assert "output_tail" not in told
    assert "hf_" not in json.dumps(told)


def test_of_a_text_of_several_words_the_first_is_recorded_and_that_is_said():
    several = ["--", PYTHON, "-c", "", "--features", "age", "sex", "--lr", "0.3"]
    said = "features: of several words the first is recorded; or say --param"
    assert said in wrapped(*several)[2]
    assert said not in wrapped("-p", "features=age sex", *several)[2]
    assert said not in wrapped("--no-flags", *several)[2]
    assert said not in wrapped(*several[:5], *several[6:])[2]


def test_of_a_flag_given_again_the_last_counts_and_that_is_said():
    repeated = ["--", PYTHON, "-c", "", "--lr", "0.2", "--lr", "0.3"]
    assert "lr is given more than once, the last is recorded" in wrapped(*repeated)[2]
    assert "more than once" not in wrapped("-p", "lr=0.2", *repeated)[2]
    assert "more than once" not in wrapped("--no-flags", *repeated)[2]
    assert [dict(run.params) for run in journal.open().runs()] == [{"lr": 0.3}, {"lr": 0.2}, {}]


def test_flags_may_be_left_alone_and_what_is_said_beside_them_holds():
    wrapped("--no-flags", "-p", "a=1", "--", "true", "--lr", "1")
    wrapped("-p", "lr=2", "--seed", "5", "--env", "MINE", "true", "--lr", "1", "--seed", "4",
            MINE="yes")  # fmt: skip
    first, second = journal.open().runs()
    assert (dict(first.params), first.seed) == ({"a": 1}, None)
    assert (dict(second.params), second.seed) == ({"lr": 2}, 5)
    assert second.context["env"] == {"MINE": "yes"}


@pytest.mark.parametrize(
    ("script", "code", "status", "error"),
    [
        ("exit 3", 3, "failed", "exit code 3"),
        ("kill -SEGV $$", 139, "failed", "SIGSEGV"),
        ("kill -40 $$", 168, "failed", "signal 40"),
        ("kill -KILL $$", 137, "killed", "SIGKILL"),
        ("kill -TERM $$", -signal.SIGTERM, "killed", "SIGTERM"),
        ("kill -INT $$", -signal.SIGINT, "killed", "SIGINT"),
    ],
)
def test_the_exit_code_is_the_programs(script, code, status, error):
    said = "echo starting; echo API_KEY=abcdefgh12345 >&2; ulimit -c 0; "
    assert wrapped("--", "sh", "-c", said + script)[0] == code
    run = only()
    assert (run.status, run.error) == (status, error)
    assert run.exit_code == (code if code > 0 else 128 - code)
    assert "starting" in context()["output_tail"]
    assert "abcdefgh12345" not in context()["output_tail"]


def test_the_tail_is_the_end_and_has_a_limit():
    wrapped("--", "sh", "-c", "seq 1 100000; exit 1")
    tail = context()["output_tail"]
    assert tail.endswith("99999\n100000\n")
    assert len(tail) == 8192


def test_much_output_passes_whole_and_in_order():
    script = REPORTS + "\nfor i in range(200000): print(i)\nsys.stderr.write('end')"
    status, out, err = wrapped("--", PYTHON, "-c", script)
    assert (status, err.splitlines()[-1]) == (0, "end")
    assert out == "".join(f"{i}\n" for i in range(200_000))


def test_stdout_and_stderr_in_one_file_keep_their_order():
    script = "for i in 1 2 3 4 5 6 7 8 9; do echo $i; echo e$i >&2; done"
    script += "; echo '{\"a\": 1}' > $KNOBWISE_METRICS"
    done = subprocess.run(
        [PYTHON, "-m", "journal", "run", "--journal", "j", "sh", "-c", script],
        env={**os.environ, "PYTHONPATH": str(ROOT)}, stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT, text=True, check=True,
    )  # fmt: skip
    expected = "".join(f"{i}\ne{i}\n" for i in range(1, 10))
    assert done.stdout.split("journal in", 1)[1].split("\n", 1)[1] == expected


def test_stdin_reaches_the_program_and_a_closed_reader_ends_it():
    script = f"""
        printf 'a\\nb\\n' | {PYTHON} -m journal run -- cat | cat
        {PYTHON} -m journal run -- yes | head -n 1; echo ${{PIPESTATUS[0]}}
        """
    done = subprocess.run(
        ["bash", "-c", script], env={**os.environ, "PYTHONPATH": str(ROOT)}, capture_output=True,
        text=True, check=True, timeout=60,
    )  # fmt: skip
    assert done.stdout == "a\nb\ny\n141\n"
    assert [run.status for run in journal.open().runs()] == ["finished", "failed"]


@pytest.mark.parametrize("name", ["SIGTERM", "SIGINT", "SIGHUP"])
def test_a_signal_to_the_wrapper_reaches_the_program_and_kills_the_run(name):
    number = getattr(signal, name)
    process = begin(["run", "--", "sh", "-c", "echo ready; exec sleep 60"])
    await_line(process, "ready")
    process.send_signal(number)
    assert end(process)[0] == -number
    assert (only().status, only().error, only().exit_code) == ("killed", name, 128 + number)


def test_a_program_that_ends_well_when_asked_to_was_killed_all_the_same():
    script = "trap 'echo saved; exit 0' TERM; echo ready; while :; do sleep 0.05; done"
    process = begin(["run", "--", "sh", "-c", script])
    await_line(process, "ready")
    process.send_signal(signal.SIGTERM)
    status, out, _ = end(process)
    assert (status, out) == (0, "saved\n")
    assert (only().status, only().error) == ("killed", "SIGTERM, exit code 0")


def test_other_signals_are_handed_on_and_end_nothing():
    script = "trap 'echo got; exit 0' USR1; echo ready; while :; do sleep 0.05; done"
    process = begin(["run", "--", "sh", "-c", script])
    await_line(process, "ready")
    process.send_signal(signal.SIGUSR1)
    assert end(process)[:2] == (0, "got\n")
    assert only().status == "finished"


@pytest.mark.parametrize(
    ("told", "asked", "status"),
    [
        ((0, None), None, "finished"), ((1, None), None, "failed"),
        ((0, None), signal.SIGINT, "killed"), ((1, None), signal.SIGINT, "killed"),
        ((0, None), signal.SIGHUP, "finished"), ((1, None), signal.SIGHUP, "killed"),
        ((134, signal.SIGABRT), None, "failed"), ((134, signal.SIGABRT), signal.SIGTERM, "killed"),
        ((137, signal.SIGKILL), None, "killed"),
    ],
)  # fmt: skip
def test_how_it_ended_follows_from_code_and_signals(told, asked, status):
    code, number = told
    ended = End(exit_code=code, signal=number, peak_memory_bytes=0, cpu_seconds=0)
    assert status_of(ended, asked) == status


def test_a_wrapper_that_is_killed_leaves_an_interrupted_run():
    process = begin(["run", "--", "sh", "-c", "echo ready; exec sleep 1"])
    await_line(process, "ready")
    assert only().status == "running"
    process.kill()
    process.wait()
    assert only().status == "interrupted"
    end(process)


def test_what_a_program_leaves_behind_is_not_waited_for():
    status, out, _ = wrapped("--", "sh", "-c", "sleep 30 & echo done")
    assert (status, out) == (0, "done\n")
    assert (only().status, (only().seconds or 99) < 25) == ("finished", True)


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["--", "no-such-program", "--lr", "1"], "there is no such program"),
        (["--", "./plain.txt"], "it is not executable"),
        (["--", "./plain.txt"], "begin with what runs it, as python ./plain.txt; or chmod +x"),
        (["--sed", "3", "true"], "--sed"),
        ([], "missing argument"),
        (["-p", "lr", "true"], "a parameter is written name=value"),
    ],
)
def test_what_cannot_be_run_is_said_and_no_run(words, told):
    Path("plain.txt").write_text("x")
    status, out, err = wrapped(*words)
    assert (status, out) == (2, "")
    assert told in err
    assert not Path("data/journal").exists() or not list(journal.open().runs())


def test_a_terminal_stays_a_terminal(tmp_path):
    """Through a pseudo-terminal of the test's: size, isatty, bytes, both streams in order."""
    script = """
import os, sys
print(sys.stdout.isatty(), os.get_terminal_size(1).columns, flush=True)
print("err", file=sys.stderr)
print("knobwise: acc=1")
"""
    master, slave = os.openpty()
    subprocess.run(["stty", "cols", "47", "rows", "10"], stdin=slave, check=True)
    process = subprocess.Popen(
        [PYTHON, "-m", "journal", "run", "--", PYTHON, "-c", script],
        env={**os.environ, "PYTHONPATH": str(ROOT)}, stdin=slave, stdout=slave, stderr=slave,
    )  # fmt: skip
    os.close(slave)
    said = b""
    try:
        while data := os.read(master, 4096):
            said += data
    except OSError:
        pass
    os.close(master)
    assert process.wait() == 0
    assert said.splitlines()[-3:] == [b"True 47", b"err", b"knobwise: acc=1"]
    assert b"\r\r" not in said
    assert only().metrics == {"acc": 1.0}


def test_ctrl_c_at_the_terminal_reaches_the_program_once(tmp_path):
    """The terminal sends it to the whole process group; handing it on would make it two."""
    (tmp_path / "child.py").write_text(
        """
import signal, time
count = 0
def handle(*_):
    global count
    count += 1
signal.signal(signal.SIGINT, handle)
print("ready", flush=True)
while not count:
    time.sleep(0.01)
time.sleep(0.5)
print("count", count, flush=True)
"""
    )
    words = [PYTHON, "-m", "journal", "run", "--", PYTHON, "child.py"]
    terminal = subprocess.Popen(
        [PYTHON, "-c", f"import pty; pty.spawn({words!r})"], text=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)}, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
    )  # fmt: skip
    with terminal:
        await_line(terminal, "ready")
        assert terminal.stdin is not None
        terminal.stdin.write("\x03")
        terminal.stdin.flush()
        assert terminal.stdout is not None
        assert terminal.stdout.read().endswith("count 1\n")
    assert (only().status, only().error) == ("killed", "SIGINT, exit code 0")
