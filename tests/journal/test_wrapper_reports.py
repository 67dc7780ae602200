"""What a wrapped program reports: printed lines, a file, the API, steps from the shell."""

import sys
import time
from typing import Any

import journal
from tests.journal.programs import await_line, begin, end, perform

PYTHON = sys.executable


def only():
    (run,) = journal.open().runs()
    return run


def context() -> Any:
    return dict(only().context)


def wrapped(*words, **variables):
    return perform(["run", *words], variables=variables)


def test_printed_lines_report_steps_and_results():
    script = """
echo 'loss=9'
echo 'knobwise: step=0.0 loss=0.5, acc = 0.1'
printf 'progress 1\\rknobwise: step=1 loss=nan\\n'
echo 'knobwise: accuracy=0.93' >&2
echo 'knobwise: accuracy is fine'
echo 'knobwise: accuracy=high'
printf 'knobwise: last=1'
"""
    status, out, err = wrapped("--", "sh", "-c", script)
    assert (status, out.count("\n")) == (0, 6)
    assert "not understood as a report: 'knobwise: accuracy=high'" in err
    run = only()
    assert run.series["loss"][0] == (0, 0.5)
    assert len(run.series["loss"]) == 2
    assert {name: run.metrics[name] for name in ("acc", "accuracy", "last")} == {
        "acc": 0.1, "accuracy": 0.93, "last": 1.0,
    }  # fmt: skip


def test_what_others_write_without_an_equals_sign_is_told_once():
    lines = [
        "acc: 0.5",
        "acc 0.5",
        "loss: 1e-3, acc: 92%",
        "lr is 3",
        "step 3",
        "3 runs",
        "done 2 of",
    ]
    echo = "; ".join(f"echo 'knobwise: {line}'" for line in lines)
    status, _, err = wrapped("--", "sh", "-c", echo)
    said = "not understood as a report: 'knobwise: acc: 0.5' (and 3 more); write name=value"
    assert (status, err.count("not understood"), said in err) == (0, 1, True), err
    _, _, err = wrapped("--", "sh", "-c", "echo 'knobwise: lr is 3'; echo 'acc: 0.5'")
    assert "not understood" not in err
    _, _, err = wrapped("--prefix", "", "--", "sh", "-c", "echo 'acc: 0.5'")
    assert "not understood" not in err


def test_a_line_of_many_numbers_that_is_no_report_is_passed_over_at_once():
    """Its digits could once be cut in 8 ways each, and all 8^40 were tried."""
    numbers = " ".join(f"a{place} 12345678" for place in range(40))
    status, _, err = wrapped("--", PYTHON, "-c", f"print('knobwise: {numbers} and done')")
    assert (status, "not understood" in err) == (0, False), err
    _, _, err = wrapped("--", PYTHON, "-c", f"print('knobwise: {numbers}')")
    assert "not understood" in err


def test_without_a_prefix_every_line_of_values_is_a_report():
    wrapped("--prefix", "", "--", "sh", "-c", "echo hello; echo a=b; echo accuracy=0.5")
    assert only().metrics == {"accuracy": 0.5}


def test_a_file_of_json_lines_reports_too():
    script = """
import json, os, time
with open(os.environ["KNOBWISE_METRICS"], "a", buffering=1) as file:
    for step in range(3):
        print(json.dumps({"step": step, "loss": step / 2, "note": None}), file=file)
    print("{oops", file=file)
    file.write('{"metrics": {"accuracy": 0.5}}')
"""
    status, _, err = wrapped("--", PYTHON, "-c", script)
    assert status == 0
    assert "not understood as a report: '{oops'" in err
    assert only().series["loss"] == ((0, 0.0), (1, 0.5), (2, 1.0))
    assert only().metrics["accuracy"] == 0.5


def test_what_is_reported_can_be_read_while_the_program_runs():
    script = """
        echo '{"step": 1, "a": 1}' > $KNOBWISE_METRICS
        echo "knobwise: step=1 b=2"
        echo ready; exec sleep 60
        """
    process = begin(["run", "--", "sh", "-c", script])
    await_line(process, "ready")
    limit = time.monotonic() + 20
    while set(only().metrics) != {"a", "b"}:
        assert time.monotonic() < limit
        time.sleep(0.05)
    assert only().status == "running"
    process.terminate()
    end(process)


def test_a_program_that_records_itself_joins_and_knows_better(tmp_path):
    (tmp_path / "elsewhere").mkdir()
    script = """
import os, journal
os.chdir("elsewhere")
with journal.run(lr=0.0003, depth=2, seed=7) as run:
    run.log(0, loss=1)
    run.result(accuracy=0.5)
with journal.run(own=1):
    pass
"""
    status, _, _ = wrapped("-p", "lr=1", "-p", "b=2", "--", PYTHON, "-c", script)
    assert status == 0
    first, second = journal.open().runs()
    assert dict(first.params) == {"lr": 0.0003, "b": 2, "depth": 2}
    assert (first.seed, first.status, first.exit_code) == (7, "finished", 0)
    assert first.metrics == {"loss": 1.0, "accuracy": 0.5}
    assert dict(second.params) == {"own": 1}
    assert not (tmp_path / "elsewhere" / "data").exists()


def test_a_failure_in_the_program_has_its_exception_as_reason():
    script = "import journal\nwith journal.run() as run:\n    raise ValueError('loss is nan')"
    assert wrapped("--", PYTHON, "-c", script)[0] == 1
    assert (only().status, only().error, only().exit_code) == (
        "failed",
        "ValueError: loss is nan",
        1,
    )
    assert "Traceback" in context()["output_tail"]


def test_steps_from_the_shell_find_the_wrappers_run_and_inner_wrappers_are_runs_of_their_own():
    knobwise = f"{PYTHON} -m journal"
    script = f"{knobwise} metric loss=0.5 --step 1 && {knobwise} run -p inner=1 -- true"
    assert wrapped("-p", "outer=1", "--", "sh", "-c", script)[0] == 0
    outer, inner = journal.open().runs()
    assert (dict(outer.params), outer.metrics) == ({"outer": 1}, {"loss": 0.5})
    assert dict(inner.params) == {"inner": 1}


def test_that_no_metric_was_reported_is_said():
    said = "no metric was reported; knobwise run --help says how"
    joins = f"{PYTHON} -c 'import journal\nwith journal.run() as run: %s'"
    silent = ["echo accuracy=0.93", "echo knobwise: step=3", "echo '{}' > $KNOBWISE_METRICS"]
    for script in (*silent, joins % "pass"):
        assert said in wrapped("--", "sh", "-c", script)[2], script
    heard = [
        "echo knobwise: a=1",
        "echo knobwise: step=1 a=1 >&2",
        "echo knobwise: a=high",
        """echo '{"a": 1}' > $KNOBWISE_METRICS""",
        f"{PYTHON} -m journal metric a=1",
        f"{PYTHON} -m journal metric a=1 --step 3",
        f"{PYTHON} -m journal finish $KNOBWISE_RUN -m a=1",
        f"unset KNOBWISE_METRICS; {joins % 'run.result(a=1)'}",
        joins % "run.log(1, a=1)",
        "exit 1",
    ]
    for script in heard:
        assert said not in wrapped("--", "sh", "-c", script)[2], script


def test_of_two_wrappers_neither_reads_what_the_other_says():
    told = wrapped("--", PYTHON, "-m", "journal", "run", "--", "true")[2]
    assert told.count("no metric was reported") == 2
    assert "not understood" not in told
