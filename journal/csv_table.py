"""Runs out of a CSV table: one row a run, columns chosen as parameters, metrics, seed, and so on.

A run's id is the hash of what its row says (and of how many equal rows came before it), so
importing a table twice, or a longer version of it, adds only what is new.
"""

from __future__ import annotations

import codecs
import csv
import io
import json
import locale
import re
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from journal import values
from journal.absent import unreadable
from journal.counts import counted
from journal.csv_cells import (
    is_under_way,
    measured,
    of_percent,
    parameter,
    remark,
    remark_on_commas,
    remark_on_index,
    remark_on_states,
    remark_on_versions,
    status,
)
from journal.errors import JournalError, UsageError, ValueRefused
from journal.guesses import guess
from journal.ids import uuid_of
from journal.masking import masked
from journal.packing import pack_scalar
from journal.shell import quoted
from journal.values import Scalar

_Fault = tuple[int, str, JournalError]
"""A row's number, the column, and what is wrong about it there."""
_SHOWN = 3
_SEPARATOR = re.compile(r"sep=([^\r\n\"])\r?\n", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """Which columns are what. Without ``parameters``, all columns not named otherwise are.

    ``percent``: those in which ``10 %`` is 0.1.
    """

    metrics: tuple[str, ...]
    parameters: tuple[str, ...] = ()
    blocks: tuple[str, ...] = ()
    text: tuple[str, ...] = ()
    ignored: tuple[str, ...] = ()
    percent: tuple[str, ...] = ()
    seed: str | None = None
    status: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A run as its row tells it. ``run`` is its id."""

    run: str
    params: Mapping[str, Scalar]
    metrics: Mapping[str, float]
    seed: int | None
    status: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """What was understood. ``refused`` says what was not: one complaint for all rows alike.

    ``partly``: what is readable of the rows that are refused; the status is empty where it is not.
    ``left_out``: what is not imported and why. ``remarks``: what may be meant otherwise.
    """

    header: tuple[str, ...]
    parameters: tuple[str, ...]
    choice: Choice
    rows: tuple[Row, ...]
    refused: tuple[str, ...]
    partly: tuple[Row, ...] = ()
    left_out: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()


def read_rows(path: Path, *, delimiter: str) -> list[list[str]]:
    """All rows of a CSV file in UTF-8. Raises UsageError with the line where it is none.

    A first line ``sep=;``, which Excel writes and obeys, says the delimiter.
    """
    word = str(path)
    try:
        data = path.read_bytes()
        text = data.decode("utf-8-sig")
    except OSError as failed:
        raise unreadable(path, failed) from None
    except UnicodeDecodeError as failed:
        line = data.count(b"\n", 0, failed.start) + 1
        guess = _encoding(data)
        seems = f" ({guess}, as it seems)" if guess else ""
        hint = f"save it as UTF-8, or turn it from the encoding it was saved in{seems}: "
        hint += f"iconv -f {guess or 'ENCODING'} -t UTF-8 {quoted(word)} > utf8.csv"
        raise UsageError(f"{path}:{line}: the text is not UTF-8", word=word, hint=hint) from None
    csv.field_size_limit(2 * values.TEXT_BYTES)
    line = 1
    if told := _SEPARATOR.match(text):
        text, delimiter, line = text[told.end() :], told[1], 2
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    rows, above = list[list[str]](), line
    try:
        for row in reader:
            rows.append(row)
            line = reader.line_num + above
    except csv.Error as failed:
        _delimited(rows[:1], path)  # by the wrong delimiter no quote is where it should be
        said = "a quote is not closed" if "unexpected end" in str(failed) else str(failed)
        hint = 'a cell with a quote is written "so ""quoted"" it is"'
        raise UsageError(f"{path}:{line}: {said}", word=word, hint=hint) from None
    if not rows:
        raise UsageError(f"{path}: the file is empty", word=word)
    return _delimited(rows, path)


def _encoding(data: bytes) -> str:
    """What encoding these bytes may be in; empty where none of the likely ones can be told.

    One that takes any bytes, as Latin-1 does, says nothing by taking these.
    """
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "UTF-16"
    own = locale.getencoding()
    if _decoded(data, own) and not _decoded(bytes(range(256)), own):
        return own.upper()
    foreign = [letter for letter in _decoded(data, "cp949") if not letter.isascii()]
    hangul = sum("가" <= letter <= "힣" for letter in foreign)  # from German it makes Hanja
    return "CP949" if 2 * hangul > len(foreign) else ""


def _decoded(data: bytes, encoding: str) -> str:
    """The text; empty where it is none in this encoding."""
    try:
        return data.decode(encoding)
    except UnicodeDecodeError:
        return ""


def _delimited(rows: list[list[str]], path: Path) -> list[list[str]]:
    """The rows. Raises UsageError for a header that is one column by the wrong delimiter only."""
    head = rows[0][0] if rows and len(rows[0]) == 1 else ""
    for other, typed in ((";", "';'"), ("\t", r"$'\t'"), ("|", "'|'")):
        if other in head:
            said = f"{path}: the header is one column: {head}"
            raise UsageError(said, word=str(path), hint=f"--delimiter {typed}")
    return rows


def table_of(lines: Sequence[Sequence[str]], choice: Choice) -> Table:
    """These rows, the first of which is the header, as runs.

    Raises UsageError where the columns are not as told.
    """
    header = [name.strip() for name in lines[0]]
    parameters = _parameters(header, choice)
    rows, partly = list[Row](), list[Row]()
    faults, seen = list[_Fault](), dict[str, int]()
    n_under_way = 0
    for number, cells in enumerate(lines[1:], start=2):
        if not any(cell.strip() for cell in cells):
            continue
        if len(cells) != len(header):
            said = ValueRefused(f"{len(cells)} cells under {len(header)} columns")
            faults.append((number, "", said))
            continue
        told = dict(zip(header, cells, strict=True))
        if choice.status and is_under_way(told[choice.status]):
            n_under_way += 1
            continue
        told |= {name: of_percent(told[name]) for name in choice.percent}
        try:
            rows.append(_row(told, choice, parameters, seen))
        except JournalError as error:
            found = list(_faults(told, choice, parameters)) or [("", error)]
            faults += ((number, *fault) for fault in found)
            partly += _readable(told, choice, parameters, {column for column, _ in found})
    left_out = (counted(n_under_way, "run that has not ended"),) if n_under_way else ()
    return Table(
        header=tuple(header), parameters=parameters, choice=choice, rows=tuple(rows),
        refused=tuple(_complaints(faults)), partly=tuple(partly), left_out=left_out,
        remarks=tuple(_remarks(lines, header, choice, parameters)),
    )  # fmt: skip


def _readable(
    told: Mapping[str, str], choice: Choice, parameters: Sequence[str], faulty: Collection[str]
) -> list[Row]:
    """The row without what is wrong about it; empty where nothing can be told of it."""
    rest = {name: "" if name in faulty else cell for name, cell in told.items()}
    known = None if choice.status in faulty else choice.status
    try:
        row = _row(rest, replace(choice, status=known), parameters, {})
    except JournalError:
        return []
    return [replace(row, status="") if choice.status in faulty else row]


def _remarks(
    lines: Sequence[Sequence[str]], header: Sequence[str], choice: Choice, parameters: Sequence[str]
) -> Iterator[str]:
    for place, name in enumerate(header):
        is_read = name in choice.percent
        if is_read or (name in parameters and name not in choice.text):
            cells = [cells[place] for cells in lines[1:] if len(cells) == len(header)]
            looks = (remark_on_commas, remark_on_index, remark_on_versions, remark_on_states)
            said = [remark(cells, name, read=is_read), *(look(cells, name) for look in looks)]
            yield from filter(None, said)


def _complaints(faults: Sequence[_Fault]) -> Iterator[str]:
    """A line for each column and remedy: the first few different faults, and how many more rows."""
    alike: dict[tuple[str, str], dict[str, int]] = {}
    count: Counter[tuple[str, str]] = Counter()
    for row, column, error in faults:
        kind = (column, error.hint)
        said = f"{error.where}: {error.message}" if error.where else error.message
        alike.setdefault(kind, {}).setdefault(said, row)
        count[kind] += 1
    for kind, first in alike.items():
        shown = [f"row {row}: {said}" for said, row in list(first.items())[:_SHOWN]]
        more = count[kind] - len(shown)
        shown += [f"and {counted(more, 'row')} more"] if more else []
        yield "; ".join(shown) + (f" ({kind[1]})" if kind[1] else "")


def _parameters(header: Sequence[str], choice: Choice) -> tuple[str, ...]:
    single = [name for name in (choice.seed, choice.status) if name is not None]
    named = [*choice.metrics, *choice.blocks, *choice.ignored, *single]
    for name in [*named, *choice.parameters, *choice.text, *choice.percent]:
        if name not in header:
            hint = guess(name, header, otherwise="columns: " + ", ".join(header))
            raise UsageError(f"there is no column {name}", word=name, hint=hint)
    if double := {name for name in header if header.count(name) > 1}:
        hint = "give one of them another name, in the first line of the file"
        raise UsageError(f"two columns are named {min(double)}", hint=hint)
    if both := set(named) & set(choice.parameters):
        raise UsageError(f"{min(both)} cannot be a parameter and something else", word=min(both))
    rest = choice.parameters or tuple(name for name in header if name and name not in named)
    return (*rest, *choice.blocks)


def _row(
    told: Mapping[str, str], choice: Choice, parameters: Sequence[str], seen: dict[str, int]
) -> Row:
    params = masked({
        values.check_name(name): parameter(told[name], name, as_text=name in choice.text)
        for name in parameters
        if told[name].strip()
    })  # fmt: skip
    metrics = values.metrics({n: told[n] for n in choice.metrics if told[n].strip()})
    seed = values.seed(told[choice.seed]) if choice.seed else None
    end = status(told[choice.status]) if choice.status else "finished"
    packed = [
        {name: pack_scalar(value) for name, value in params.items()},
        {name: pack_scalar(value) for name, value in metrics.items()},
        pack_scalar(seed),
        end,
    ]
    content = json.dumps(packed, sort_keys=True)
    seen[content] = seen.get(content, 0) + 1
    run = uuid_of(f"knobwise import csv {seen[content]} {content}".encode())
    return Row(run=run, params=params, metrics=metrics, seed=seed, status=end)


def _faults(
    told: Mapping[str, str], choice: Choice, parameters: Sequence[str]
) -> Iterator[tuple[str, JournalError]]:
    """All that is wrong about a row, by column: who mends one thing should know of the others."""
    looks: dict[str, Callable[[str], object]] = {
        name: partial(parameter, column=name, as_text=name in choice.text) for name in parameters
    }
    looks |= {name: partial(measured, column=name) for name in choice.metrics}
    if choice.seed:
        looks[choice.seed] = values.seed
    if choice.status:
        looks[choice.status] = status
    for column, look in looks.items():
        if told[column].strip() or column == choice.status:
            try:
                look(told[column])
            except JournalError as error:
                yield column, error
