"""Lines out of pieces: as if all bytes had come at once, and no more kept than a line may have."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from journal import wrapper_reports
from journal.line_buffer import LineBuffer
from journal.lines import LINE_BYTES


@given(st.lists(st.text("ab\n", max_size=9).map(str.encode)))
def test_pieces_are_cut_as_their_whole_is(pieces):
    buffer = LineBuffer()
    lines = [line for piece in pieces for line in buffer.take(piece)]
    assert [*lines, buffer.rest()] == b"".join(pieces).split(b"\n")
    assert buffer.rest() == b""


@pytest.mark.parametrize("length", [9, 10, 11, 12, 1000])
def test_of_a_line_too_long_a_byte_too_many_is_kept(length):
    buffer = LineBuffer(10)
    for _ in range(length):
        assert buffer.take(b"a") == []
    assert [len(line) for line in buffer.take(b"\nb\n")] == [min(length, 11), 1]


def test_a_line_longer_than_a_journals_is_refused_once_and_the_next_is_logged(knobwise, book):
    text = "x" * LINE_BYTES
    Path("runs.jsonl").write_text(
        "\n".join(json.dumps({"params": {"a": v}}) for v in (1, text, 2)) + f"\n{text}x"
    )
    outcome = knobwise("log", "--jsonl", "runs.jsonl", "--journal", book.address)
    assert outcome.status == 1
    assert [run.params for run in book.runs()] == [{"a": 1}, {"a": 2}]
    said = "an event too large for one line: more than 8,388,608 bytes"
    assert [line.partition(" (")[0] for line in outcome.err.splitlines()[1:]] == [
        f"knobwise: runs.jsonl:2: {said}",
        f"knobwise: runs.jsonl:4: {said}",
        "knobwise: 2 lines refused, 2 runs logged",
    ]


def test_a_file_of_metrics_keeps_of_a_line_no_more_than_a_journals(tmp_path, monkeypatch, book):
    monkeypatch.setattr(wrapper_reports, "LINE_BYTES", 100)
    (tmp_path / "metrics").write_text('{"loss": 1' + " " * 500 + '}\n{"loss": 2}\n')
    with book.run() as run:
        reports = wrapper_reports.FileReports(run, str(tmp_path / "metrics"))
        reports.close()
    assert [len(line) for line in reports.misread] == [101]
    assert [one.metrics for one in book.runs()] == [{"loss": 2.0}]
