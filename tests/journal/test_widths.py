"""Tables and carets stand where a terminal shows them, whatever alphabet names are in."""

import unicodedata

import pytest

from journal.widths import cut, flush_left, flush_right, width_of

COMPOSED = "é"
SPLIT = unicodedata.normalize("NFD", COMPOSED)


@pytest.mark.parametrize(
    ("text", "columns"),
    [
        ("lr", 2),
        ("학습률", 6),
        ("学習率", 6),
        ("🔥", 2),
        (COMPOSED, 1),
        (SPLIT, 1),
        ("ﾊﾟ", 2),
        ("", 0),
    ],
)
def test_a_text_takes_the_columns_that_a_terminal_gives_it(text, columns):
    assert width_of(text) == columns
    for padded in (flush_left(text, 9), flush_right(text, 9)):
        assert width_of(padded) == 9
        assert padded.strip() == text


@pytest.mark.parametrize(
    ("text", "wide", "shown"),
    [("learning", 5, "lear…"), ("lr", 2, "lr"), ("학습률", 6, "학습률"), ("학습률", 5, "학습…"),
     ("학습률", 4, "학…"), (SPLIT * 5, 5, SPLIT * 5), (SPLIT * 5, 3, SPLIT * 2 + "…")],
)  # fmt: skip
def test_a_text_without_room_is_cut_to_it(text, wide, shown):
    assert cut(text, wide) == shown


def test_columns_of_every_table_stand_below_their_heads(knobwise):
    one, other = (
        knobwise(
            "log", f"학습률={lr}", "optimizer=경사하강법", f"n={lr}", "-m", f"acc={lr}"
        ).out.strip()
        for lr in ("0.1", "0.22")
    )
    for words in (["ls", "--columns", "학습률,optimizer,n"], ["best", "-m", "acc", "--maximize"]):
        head, *rows = knobwise(*words).out.splitlines()[-3:]
        for name, starts in (("optimizer", True), ("학습률", False)):
            place = head.index(name) + (0 if starts else len(name))
            at = width_of(head[:place])
            cells = [row[: _place(row, at)] for row in rows]
            assert {width_of(cell) for cell in cells} == {at}
            assert all(cell.endswith(" " if starts else ("0.1", "0.22")) for cell in cells)
    told = knobwise("diff", one, other).out
    lines = [line for line in told.splitlines() if "0.22" in line and "acc" not in line]
    places = [{width_of(line[: line.index(cell)]) for line in lines} for cell in ("0.1", "0.22")]
    assert len(lines) == 2
    assert list(map(len, places)) == [1, 1]
    assert (
        "  학습률     0.1\n  optimizer  경사하강법\n  n          0.1\n" in knobwise("show", one).out
    )


def _place(row: str, columns: int) -> int:
    """How many characters of the row take so many columns."""
    return next(n for n in range(len(row) + 1) if width_of(row[:n]) >= columns)


def test_carets_stand_below_the_word(knobwise):
    knobwise("log", "학습률=0.1")
    _, line, carets, _ = knobwise("ls", "학습률<1", "홍길=3").err.splitlines()
    assert line == "  knobwise ls '학습률<1' '홍길=3'"
    assert carets == " " * width_of("  knobwise ls '학습률<1' '") + "^^^^"
    long = "가" * 60
    _, line, carets, _ = knobwise("ls", f"{long}=3", f"{long}=4").err.splitlines()
    assert width_of(line) <= 80
    assert 0 < width_of(carets) <= 80
