"""Cells of a table that are read in a way of their own: ends of runs, percentages, commas."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence
from decimal import Decimal

from journal import values
from journal.counts import counted
from journal.errors import UsageError, ValueRefused
from journal.shell import quoted
from journal.values import Scalar

STATUS_WORDS = {
    "finished": (
        "finished", "complete", "completed", "success", "succeeded", "ok", "done", "terminated",
        "true",
    ),
    "failed": (
        "failed", "fail", "failure", "error", "errored", "crashed", "crash", "diverged", "oom",
        "nan", "false",
    ),
    "killed": (
        "killed", "cancelled", "canceled", "aborted", "stopped", "preempted", "pruned", "timeout",
        "interrupted",
    ),
}  # fmt: skip
"""How other tools name the ends of a run; an exit code is one, too. (``analysis.runs.OUTCOMES``
reads each as it is read here; a test compares the two. But *interrupted*, which the journal derives
and cannot record, is killed here.)"""
UNDER_WAY = frozenset({"", "none", "running", "pending", "waiting", "queued", "started"})
"""What a run has for a status while it has not ended."""
_EXIT_CODE = re.compile(r"[-+]?\d+(\.0*)?")
_STATUS = {word: status for status, words in STATUS_WORDS.items() for word in words}
_PERCENT = re.compile(r"\s*([-+]?(?:\d+\.?\d*|\.\d+))\s*%\s*", re.ASCII)
_COMMA = re.compile(r"\s*[-+]?(?:\d+,\d+|,\d+)(?:[eE][-+]?\d+)?\s*%?\s*", re.ASCII)
_THOUSANDS = re.compile(r"\s*[-+]?[1-9]\d{0,2}(?:,\d{3})+(?:\.\d+)?\s*%?\s*", re.ASCII)
_LABEL = re.compile(r"\d+(\.\d*[1-9]0*)?", re.ASCII)
_POINT = re.compile(
    r"\s*[-+]?(?:\d+\.\d*|\.\d+|\d{1,3}(?:\.\d{3})+(?:,\d+)?)(?:[eE][-+]?\d+)?\s*%?\s*", re.ASCII
)
_TRUTHS = frozenset({"true", "false", "nan", "none", ""})
"""Words for the end of a run that a parameter may as well have."""
_ROWS = 8
"""Fewer rows may be numbered by chance: one layer, two, three."""


def is_under_way(cell: str) -> bool:
    """Does the status say that the run has not ended?"""
    return cell.strip().lower() in UNDER_WAY


def status(cell: str) -> str:
    """How the run ended. Raises ValueRefused for a word that nobody uses for that."""
    word = cell.strip().lower()
    if _EXIT_CODE.fullmatch(word):
        return "failed" if float(word) else "finished"
    if word not in _STATUS:
        raise ValueRefused(
            f"the status {cell!r}", hint="an exit code, or one of " + ", ".join(_STATUS)
        )
    return _STATUS[word]


def parameter(cell: str, column: str, *, as_text: bool) -> Scalar:
    """The value of a cell. Raises ValueRefused, with the column, for a number that is none."""
    try:
        return values.plain(cell if as_text else values.read_scalar(cell), column)
    except ValueRefused as refused:
        hint = f"text that looks like a number: --text {quoted(column)}"
        raise ValueRefused(refused.message, where=column, hint=hint) from None


def measured(cell: str, column: str) -> float:
    """The number in a cell. Raises ValueRefused, with what cures a percent sign or a comma."""
    try:
        return values.number(cell, column)
    except ValueRefused as refused:
        if _THOUSANDS.fullmatch(cell):
            hint = "; ".join(_of_thousands(cell.strip()))
        elif _COMMA.fullmatch(cell):
            hint = "--decimal , reads 0,5 as 0.5"
        elif _PERCENT.fullmatch(cell):
            hint = f"--percent {quoted(column)} reads 10 % as 0.1"
        else:
            raise
        raise ValueRefused(refused.message, hint=hint) from None


def _of_thousands(cell: str) -> list[str]:
    """What cures a comma that may stand between thousands."""
    cures = [f"{cell.replace(',', '')} is written without commas"]
    return cures + (
        [f"--decimal , reads {cell.replace(',', '.')}"] if _COMMA.fullmatch(cell) else []
    )


def of_percent(cell: str) -> str:
    """The cell with ``10 %`` as 0.1, to the last digit; as it is where it is no percentage."""
    found = _PERCENT.fullmatch(cell)
    return repr(float(Decimal(found[1]).scaleb(-2))) if found else cell


def remark(cells: Iterable[str], column: str, *, read: bool) -> str:
    """What is to be said of a column's percentages; empty where nothing is. read: as numbers."""
    told = [cell for cell in cells if cell.strip()]
    signed = sum(_PERCENT.fullmatch(cell) is not None for cell in told)
    plain = sum(isinstance(values.read_word(cell), int | float) for cell in told)
    if not signed or (read and not plain):
        return ""
    beside = (
        f", {plain:,} {'is a number' if plain == 1 else 'are numbers'} without" if plain else ""
    )
    said = f"{column}: {counted(signed, 'cell')} with %{beside}: "
    if read:
        return said + "10 % is read as 0.1, and these as they are"
    return said + f"10 % is read as text; --percent {quoted(column)} reads it as 0.1"


def remark_on_versions(cells: Iterable[str], column: str) -> str:
    """What is to be said where texts that differ are read as one number; empty without any.

    1.1 and 1.10 may be versions, 7 and 007 labels; 1 and 1.0 are what programs write of numbers.
    """
    texts: dict[float, str] = {}
    for cell in dict.fromkeys(cell.strip() for cell in cells):
        if _LABEL.fullmatch(cell) and (first := texts.setdefault(float(cell), cell)) != cell:
            said = f"{column}: {first} and {cell} are read as one number; "
            return said + f"--text {quoted(column)} keeps them apart"
    return ""


def with_points(lines: Sequence[Sequence[str]], *, but: Collection[str]) -> list[list[str]]:
    """The table with decimal commas as points; columns ``but`` stay as they are.

    Raises UsageError for a number that has a point: a mark between thousands, or a decimal one?
    """
    header = [name.strip() for name in lines[0]]
    stays = {place for place, name in enumerate(header) if name in but}
    told = [list(cells) for cells in lines]
    for row, cells in enumerate(told[1:], start=2):
        for place, cell in enumerate(cells):
            if place in stays:
                continue
            if _COMMA.fullmatch(cell):
                cells[place] = cell.replace(",", ".")
            elif _POINT.fullmatch(cell):
                column = header[place] if place < len(header) else ""
                hint = "write numbers without marks between thousands"
                hint += f"; text that looks like a number: --text {quoted(column)}"
                said = f"row {row}: {column} is {cell}, and decimals follow a comma"
                raise UsageError(said, word=",", hint=hint)
    return told


def remark_on_commas(cells: Iterable[str], column: str) -> str:
    """What is to be said of numbers with a comma that are read as text; empty without any."""
    found = [
        cell.strip()
        for cell in cells
        if (_COMMA.fullmatch(cell) or _THOUSANDS.fullmatch(cell)) and "%" not in cell
    ]
    if not found:
        return ""
    said = f"{column}: {counted(len(found), 'cell')} such as {found[0]} read as text; "
    cures = [f"--decimal , reads {found[0].replace(',', '.')}"]
    if _THOUSANDS.fullmatch(found[0]):
        cures = _of_thousands(found[0])
    return said + ", ".join([*cures, f"--text {quoted(column)} says it is text"])


def remark_on_index(cells: Sequence[str], column: str) -> str:
    """What is to be said of a column that counts the rows, as pandas writes its index; else empty.

    As a parameter it makes every row a configuration of its own, without a replicate.
    """
    for first in (0, 1):
        counts = [str(number) for number in range(first, first + len(cells))]
        if len(cells) >= _ROWS and [cell.strip() for cell in cells] == counts:
            cure = f"--ignore {quoted(column)} leaves it out, --seed takes it as the seed"
            return f"{column}: counts the rows, so no two are one configuration; {cure}"
    return ""


def remark_on_states(cells: Iterable[str], column: str) -> str:
    """What is to be said of a column that says how runs ended and is read as a parameter."""
    words = {cell.strip().lower() for cell in cells}
    if not words - _TRUTHS or words - _STATUS.keys() - UNDER_WAY:
        return ""
    name = quoted(column)
    said = f"{column}: says how runs ended, and is read as a parameter; "
    return said + f"--status {name} reads it as that, --ignore {name} leaves it out"
