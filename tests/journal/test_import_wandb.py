"""``knobwise import wandb``: what is no number is no metric, and is said."""

import shutil
import struct
import zlib
from pathlib import Path

import journal
from journal import importers_wandb

FILES = Path(__file__).with_name("files")


def test_what_a_page_is_made_of_is_no_metric_and_is_said(knobwise):
    """Its size is a number, but nothing that was measured."""
    done = knobwise("import", "wandb", str(FILES / "media.wandb"))
    assert done.status == 0
    said = "no numbers (texts, images, tables …), so not imported: rank, said, shape, val.page"
    assert f"knobwise: {said}\n" in done.err
    (run,) = journal.open().runs()
    assert run.metrics == {"loss": 0.0}
    assert run.series == {"loss": ((0, 1.0), (1, 0.0))}


def test_of_many_such_names_the_first_are_shown():
    (line,) = importers_wandb._passed_over({f"m{i}" for i in range(10)})
    assert line.endswith(": m0, m1, m2, m3, m4, m5, m6, m7 and 2 more")
    assert list(importers_wandb._passed_over(set())) == []


def test_json_too_deep_to_be_read_refuses_its_file_alone(knobwise):
    """As the value of what was logged at a step; the numbers before a field are its length."""
    item = b"\x0a\x01m\x82\x01" + _length(30_000) + b"[" * 30_000
    history = b"\x0a" + _length(len(item)) + item
    record = b"\x01\x12" + _length(len(history)) + history
    head = struct.pack("<IH", zlib.crc32(record), len(record) - 1)
    Path("run-deep.wandb").write_bytes(b":W&B\0\0\0" + head + record)
    shutil.copy(FILES / "run-0.wandb", ".")
    done = knobwise("import", "wandb", ".")
    assert (done.status, "1 run imported" in done.err) == (1, True)
    assert "not understood: run-deep.wandb: " in done.err


def _length(number: int) -> bytes:
    """As protocol buffers write numbers below 2 million."""
    low = bytes([number & 0x7F | 0x80, number >> 7 & 0x7F | (0x80 if number >> 14 else 0)])
    return low + (bytes([number >> 14]) if number >> 14 else b"")
