"""Columns of text: how wide they are, how many there is room for, a row of them."""

from __future__ import annotations

from collections.abc import Sequence

from analysis.numerals import display_width

Columns = Sequence[Sequence[str]]
"""Each with its heading first; all of one length."""


def fitting(columns: Columns, width: int) -> Columns:
    """As many of the columns as there is room for, from the left; two in any case."""
    kept = columns
    while len(kept) > 2 and width_of(kept) > width:
        kept = kept[:-1]
    return kept


def width_of(columns: Columns) -> int:
    """What these columns take, with the blank before them and those between them."""
    return 1 + sum(max(map(display_width, column)) for column in columns) + 2 * (len(columns) - 1)


def line_of(cells: Sequence[str], columns: Columns, *, n_left: int = 3) -> str:
    """Cells in their columns; the first few to the left, numbers to the right."""
    made = []
    for index, (cell, column) in enumerate(zip(cells, columns, strict=True)):
        pad = " " * (max(map(display_width, column)) - display_width(cell))
        made.append(pad + cell if index >= n_left else cell + pad)
    return " " + "  ".join(made)
