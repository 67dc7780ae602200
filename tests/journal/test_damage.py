"""Damage: every cut, flips, torn tails; nothing sound is lost and nothing wrong is presented."""

import os
import random
import shutil
import tempfile
from pathlib import Path

import pytest

import journal
from journal.ids import uuid7
from journal.lines import TORN
from journal.segments import json_reader
from journal.store import read, read_run
from tests.journal.conftest import segment_of, whole
from tests.journal.programs import perform


def filled(book, n=4):
    for i in range(n):
        book.log({"i": i, "text": "ä{"}, metrics={"m": i / 3})
    book.close()
    return segment_of(book)


def events_of(folder):
    return read(journal.open(folder).store).events


def test_what_is_about_one_run_is_found_in_whatever_is_read_at_all(book):
    first = book.run(lr=1).start()
    book.run(lr=2).start().finish()
    first.note("as in " + uuid7())
    first.finish("failed")
    book.run(lr=3, note=f"like {first.id}").start().finish()
    book.close()
    sound = segment_of(book).read_bytes()
    rng = random.Random(0)
    for _ in range(300):
        data = bytearray(sound)
        data[rng.randrange(len(data))] = rng.choice(b"\n\t x")
        segment_of(book).write_bytes(data[: rng.randrange(len(data) // 2, 2 * len(data))])
        every = book.read().events
        for run in {first.id, *(event.run for event in every)}:
            assert read_run(book.store, run) == tuple(e for e in every if e.run == run)
    segment_of(book).write_bytes(sound)
    named = [record for batch in book.store.batches(first.id) for record in batch.records]
    assert len(named) == 4  # its three, and the one whose note names it
    with pytest.raises(journal.JournalNotFound):
        read_run(journal.open("nowhere").store, first.id)


def test_a_journal_cut_at_every_byte_keeps_every_whole_line_and_takes_a_further_one(book, tmp_path):
    data = filled(book, 3).read_bytes()
    ends = [i + 1 for i, byte in enumerate(data) if byte == 10]
    whole = events_of(book.address)
    segment = segment_of(book)
    for cut in range(len(data) + 1):
        segment.write_bytes(data[:cut])
        again = journal.open(book.address)
        reading = again.read()
        kept = sum(cut >= end - 1 for end in ends)
        assert reading.events == whole[:kept]
        assert all(found.harmless for found in reading.damage)
        again.log({"i": 99})
        again.close()
        after = again.read()
        assert after.events[:kept] == whole[:kept]
        assert len(after.events) == kept + 1
        assert all(found.harmless for found in after.damage)
        for other in Path(book.address).glob("*.jsonl"):
            other.unlink()


def test_flipped_bits_cost_at_most_their_lines_and_are_named(book):
    segment = filled(book, 12)
    data = segment.read_bytes()
    sound = {event.id: event for event in events_of(book.address)}
    rng = random.Random(0)
    loads = json_reader()
    for _ in range(3000):
        position, bit = rng.randrange(len(data)), rng.randrange(8)
        flipped = bytearray(data)
        flipped[position] ^= 1 << bit
        batch = whole(bytes(flipped), "s", loads)
        assert len(batch.records) >= len(sound) - 1
        assert batch.damage
        assert any(abs(found.offset - position) <= 600 for found in batch.damage)
        for record in batch.records:
            assert record["id"] in sound


@pytest.mark.parametrize("newline", [b"J", b"\x0b", b" "])
def test_two_lines_run_together_are_both_read(book, newline):
    segment = filled(book, 3)
    lines = segment.read_bytes().split(b"\n")
    segment.write_bytes(lines[0] + newline + lines[1] + b"\n" + lines[2] + b"\n")
    reading = book.read()
    assert len(reading.events) == 3
    assert [found.kind for found in reading.damage] == ["altered"]


def test_line_ends_that_were_converted_are_told_from_other_damage_and_every_run_is_read(book):
    segment = filled(book)
    segment.write_bytes(segment.read_bytes().replace(b"\n", b"\r\n"))
    reading = book.read()
    assert len(reading.events) == 4
    assert [damage.kind for damage in reading.damage] == ["altered"] * 4
    assert all("*.jsonl -text in .gitattributes" in damage.message for damage in reading.damage)
    segment.write_bytes(segment.read_bytes().replace(b"\r\n", b"\r!\n"))
    assert {damage.message for damage in book.read().damage} == {"not as it was written"}


def test_a_file_that_is_no_segment_is_told_as_that_once(book, knobwise):
    segment = filled(book)
    place = segment.with_name("export.jsonl")
    refused = knobwise("export", "-o", str(place), "--journal", book.address)
    assert (refused.status, "read as its own" in refused.err) == (2, True)
    assert knobwise("export", "-o", "runs.jsonl", "--journal", book.address).status == 0
    Path("runs.jsonl").rename(place)
    told = [str(damage) for damage in book.read().damage]
    assert len(told) == 4
    assert told[0].startswith(
        "export.jsonl:1: byte 0: altered: not as it was written: if this file"
    )
    assert all(line.endswith("not as it was written") for line in told[1:])
    place.unlink()
    segment.write_bytes(segment.read_bytes().replace(b'"i":', b'"j":'))
    assert not any("segment" in damage.message for damage in book.read().damage)


def test_missing_exchanged_and_forked_lines_are_named(book):
    segment = filled(book, 4)
    a, b, c, d, _ = segment.read_bytes().split(b"\n")
    kinds = {
        b"\n".join([a, c, d, b""]): ["missing"],
        b"\n".join([a, c, b, d, b""]): ["missing", "unchained", "missing"],
        b"\n".join([a, b, b, c, d, b""]): ["unchained"],
        b"\n".join([b, c, d, b""]): ["missing"],
        b"\n".join([a, b"x", d, b""]): ["altered", "missing"],
        b"\n".join([a, b"x", c, d, b""]): ["altered"],
    }
    for data, expected in kinds.items():
        assert [found.kind for found in whole(data, "s", json_reader()).damage] == expected


def test_a_torn_tail_is_sealed_by_the_next_writer_and_stays_readable(book):
    segment = filled(book, 2)
    torn = segment.read_bytes()[:-30]
    segment.write_bytes(torn)
    book.log({"i": 2})
    book.close()
    assert segment.read_bytes().startswith(torn + TORN)
    reading = book.read()
    assert [found.kind for found in reading.damage] == ["torn"]
    assert [event.params["i"] for event in reading.events] == [0, 2]


def test_an_altered_end_is_left_alone_and_a_new_segment_begun(book):
    segment = filled(book, 2)
    data = bytearray(segment.read_bytes())
    data[-60] ^= 1
    segment.write_bytes(data)
    book.log({"i": 2})
    assert segment.read_bytes() == data
    assert len(list(Path(book.address).glob("*.jsonl"))) == 2


def test_a_folder_that_cannot_be_read_is_not_empty():
    """As root, the program becomes somebody else first."""
    folder = Path(tempfile.mkdtemp())
    try:
        folder.chmod(0o755)
        with journal.open(folder / "book") as book:
            book.log({"i": 0})
        told = perform(
            f"""
            import os, journal
            book = journal.open({str(folder / "book")!r})
            print(len(list(book.runs())))
            os.chmod(book.address, 0)
            if os.geteuid() == 0:
                os.setuid(65534)
            try:
                print(len(list(book.runs())))
            except journal.ReadFailed as failed:
                print(failed)
            """
        )
    finally:
        (folder / "book").chmod(0o700)
        shutil.rmtree(folder)
    assert (told[0], told[1][:2]) == (0, "1\n")
    assert "book: the folder cannot be read: Permission denied (ask its owner" in told[1]


def listed_without(*withheld: str, linked: bool = False) -> tuple[int, str, str]:
    """What `ls` says of a journal of the segments mine and theirs, some of which may not be read.

    As root, the program becomes somebody else first; what it imports is imported by then. Linked,
    they are links into a folder that may not be entered.
    """
    folder = Path(tempfile.mkdtemp())
    try:
        folder.chmod(0o755)
        for name in ("mine", "theirs"):
            with journal.open(folder / name) as book:
                book.log({"whose": name})
            segment_of(book).rename(folder / f"{name}.jsonl")
        if linked:
            for name in withheld:
                (folder / f"{name}.jsonl").rename(folder / name / "there.jsonl")
                (folder / f"{name}.jsonl").symlink_to(folder / name / "there.jsonl")
        return perform(
            f"""
            import os, sys
            from journal.cli import main
            words = ["ls", "--journal", {str(folder)!r}]
            main(words)
            for name in {withheld}:
                os.chmod(os.path.join({str(folder)!r}, name + ({linked} and "" or ".jsonl")), 0)
            if os.geteuid() == 0:
                os.setuid(65534)
            print("AGAIN", flush=True)
            sys.exit(main(words))
            """
        )
    finally:
        shutil.rmtree(folder)


def test_segments_that_may_not_be_read_are_no_empty_journal():
    status, out, err = listed_without("mine", "theirs")
    assert (status, out.partition("AGAIN\n")[2]) == (1, "")
    assert ": none of its segments may be read\n  ask its owner" in err


def test_one_that_may_not_be_read_is_named_and_the_rest_shown():
    status, out, err = listed_without("theirs")
    shown = out.partition("AGAIN\n")[2]
    assert (status, "mine" in shown, "theirs" in shown) == (0, True, False)
    assert "theirs.jsonl: unreadable: Permission denied; the runs in it are left out" in err


def test_a_link_to_where_one_may_not_go_is_one_that_may_not_be_read():
    status, out, err = listed_without("theirs", linked=True)
    shown = out.partition("AGAIN\n")[2]
    assert (status, "mine" in shown, "theirs" in shown) == (0, True, False)
    assert "theirs.jsonl: unreadable: Permission denied; the runs in it are left out" in err


def test_a_link_to_nothing_is_not_said_to_be_withheld(book, knobwise):
    Path(book.address).mkdir()
    (Path(book.address) / "gone.jsonl").symlink_to("nowhere")
    outcome = knobwise("ls", "--journal", book.address)
    assert "gone.jsonl: unreadable: No such file or directory" in outcome.err
    assert "may not be read" not in outcome.err


def test_what_is_no_file_is_not_waited_for(book):
    """In a program of its own, which is ended if it waits."""
    book.log({"i": 0})
    os.mkfifo(Path(book.address) / "pipe.jsonl")
    status, _, err = perform(["ls", "--journal", book.address])
    assert status == 0
    assert "pipe.jsonl: unreadable: not a file" in err
    above = str(Path(book.address).parent)
    os.mkfifo(Path(above) / "pipe.jsonl")
    status, _, err = perform(["ls", "--journal", str(Path(above).parent)])
    assert status == 1
    (found,) = book.read().damage
    assert not found.harmless
    with pytest.warns(journal.DamageWarning, match="not a file"):
        assert [run.params["i"] for run in book.runs()] == [0]
