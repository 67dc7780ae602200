"""What a parameter, a metric, a name may be, and how each is read from text.

A *scalar* is None, a boolean, an integer of any size up to 4,000 digits, a float (NaN and the
infinities included) or text. Nested parameters flatten with dots, lists by position:
``{"optim": {"betas": [0.9, 0.99]}}`` is ``optim.betas.0`` and ``optim.betas.1``; an empty mapping
or list is kept as the text ``{}`` or ``[]``.

What would not come back exactly is refused before anything is written: text with lone surrogates
(no UTF-8 for it), names that are empty or hold control characters, anything above the limits.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Mapping, Sequence

from journal.errors import ValueRefused, a_kind_of, mapping_of, plainer
from journal.masking import masked, masked_note

Scalar = None | bool | int | float | str

NAME_BYTES = 1024
"""Longest name of a parameter or metric: 1 KiB of UTF-8."""
TEXT_BYTES = 1 << 20
"""Longest text value or note: 1 MiB of UTF-8."""
INTEGER_DIGITS = 4000
"""Most digits of an integer: below the 4,300 at which Python itself refuses to read one back."""

_INTEGER_LIMIT: int = 10**INTEGER_DIGITS
_QUOTE = "quote it to keep it as text"
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")
_INTEGER = re.compile(r"[-+]?[0-9]+")
_BASED = re.compile(r"0x[0-9a-fA-F]+|0o[0-7]+")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
_NONFINITE = re.compile(r"([-+]?)\.?(inf|Inf|INF|Infinity)|\.?(nan|NaN|NAN)")
_ATOMS = frozenset({float, int, str, bool, type(None)})
_CHECKED_NAMES = 20_000
_checked: set[str] = set()
"""Names known to be right: most runs of a journal have the same."""
_WORDS: dict[str, bool | None] = {
    "": None, "~": None, "null": None, "Null": None, "NULL": None,
    "true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False,
}  # fmt: skip


def read_scalar(text: str) -> Scalar:
    """The value that YAML 1.2 (core schema) sees in this text.

    ``true``, ``1e-3``, ``0x1f``, ``null``, ``.inf``; quotes make text of anything: ``'1.10'``.
    Beyond YAML, ``inf`` and ``nan`` are read without their dot, as Python and C print them.
    Raises ValueRefused for a number that is too large to be kept as one.
    """
    word = text.strip()
    if word in _WORDS:
        return _WORDS[word]
    if _INTEGER.fullmatch(word):
        return kept(int(word) if len(word) <= INTEGER_DIGITS + 1 else _INTEGER_LIMIT, hint=_QUOTE)
    if _FLOAT.fullmatch(word):
        if (real := float(word)) - real != 0.0:
            hint = f"infinity is inf; {_QUOTE}"
            raise ValueRefused(f"{word:.80} is too large for a number", hint=hint, word=word)
        return real
    if _BASED.fullmatch(word):
        return kept(int(word, 0), hint=_QUOTE)
    if special := _NONFINITE.fullmatch(word):
        return float((special[1] or "") + (special[2] or special[3]).lower())
    if len(word) >= 2 and word[0] == word[-1] and word[0] in "'\"":
        return word[1:-1].replace("''", "'") if word[0] == "'" else _double_quoted(word)
    return text


def kept(number: int, what: str = "an integer", *, hint: str = "") -> int:
    """The number itself. Raises ValueRefused where it has more digits than would be read back."""
    if not -_INTEGER_LIMIT < number < _INTEGER_LIMIT:
        raise ValueRefused(f"{what} has more than {INTEGER_DIGITS} digits", hint=hint)
    return number


def read_word(text: str) -> Scalar:
    """The same; the text where no number is as large (an id of digits and one e, say)."""
    try:
        return read_scalar(text)
    except ValueRefused:
        return text


def _double_quoted(word: str) -> str:
    import json

    try:
        return str(json.loads(word, strict=False))
    except ValueError:
        return word[1:-1]


def write_scalar(value: Scalar) -> str:
    """The text that ``read_scalar`` turns back into this value, floats exactly."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        try:
            if read_scalar(value) == value and isinstance(read_scalar(value), str):
                return value
        except ValueRefused:
            pass  # a number that would not be read back
        return "'" + value.replace("'", "''") + "'"
    return repr(value)


def check_name(name: str) -> str:
    """The name itself. Raises ValueRefused where it is empty, too long or not printable."""
    if name in _checked:
        return name
    if not name:
        raise ValueRefused("an empty name")
    if _CONTROL.search(name):
        raise ValueRefused(f"the name {name!r:.80} holds a control character")
    try:
        size = len(name.encode())
    except UnicodeEncodeError:
        raise ValueRefused(f"the name {name!r:.80} is not valid Unicode text") from None
    if size > NAME_BYTES:
        raise ValueRefused(
            f"the name {name[:40]!r}… is {size:,} bytes long, {NAME_BYTES:,} at most"
        )
    if len(_checked) >= _CHECKED_NAMES:
        _checked.clear()
    _checked.add(name)
    return name


def check_text(text: object, what: str) -> str:
    """The text itself. Raises ValueRefused for what is none, is too long or has lone surrogates."""
    if not isinstance(text, str):
        raise ValueRefused(f"{what} is {a_kind_of(text)}, not a text")
    try:
        size = len(text) if text.isascii() else len(text.encode())
    except UnicodeEncodeError:
        hint = "the bytes were not UTF-8"
        raise ValueRefused(f"{what} is not valid Unicode text", hint=hint) from None
    if size > TEXT_BYTES:
        raise ValueRefused(f"{what} is {size:,} bytes long, {TEXT_BYTES:,} at most")
    return text


def note(text: object) -> str:
    """A note, its credentials masked. Raises ValueRefused where it cannot be kept."""
    return masked_note(check_text(text, "the note"))


def plain(value: object, name: str) -> Scalar:
    """This value as a scalar; what numpy, torch, pathlib and datetime offer is converted.

    Raises ValueRefused for anything that is not one value.
    """
    if value is None or value is True or value is False or type(value) is float:
        return value
    if isinstance(value, float):
        return float(value)
    if isinstance(value, int):
        return int(kept(value, name))
    if isinstance(value, str):
        return check_text(str.__str__(value), name)
    isoformat = getattr(value, "isoformat", None)
    if callable(isoformat) and not isinstance(value, type):
        return str(isoformat())
    if isinstance(value, os.PathLike):
        return check_text(os.fsdecode(value), name)
    item = getattr(value, "item", None)
    if callable(item):
        try:
            inner = item()
        except (TypeError, ValueError, RuntimeError):
            inner = value
        if type(inner) is not type(value):
            return plain(inner, name)
    raise ValueRefused(f"{name} is {a_kind_of(value)}, not one value", hint=plainer(value))


def are_names(names: Iterable[object]) -> bool:
    """Were all of these checked before, as names?"""
    return _checked.issuperset(names)


def mapping(told: object, what: str) -> Mapping[str, object]:
    """Names with their values, of ``what`` (``metrics are``). Raises ValueRefused for all else."""
    if isinstance(told, Mapping):
        return told
    call = mapping_of(told)
    hint = f"{call} is one" if call else "names with their values: {'lr': 3e-4}"
    raise ValueRefused(f"{what} a mapping, not {a_kind_of(told)}", hint=hint)


def parameters(nested: Mapping[str, object]) -> dict[str, Scalar]:
    """Parameters as a flat mapping of scalars, nested ones named with dots, credentials masked.

    Raises ValueRefused for what cannot be kept exactly, and where two flatten to one name.
    """
    mapping(nested, "parameters are")
    if _ATOMS.issuperset(map(type, nested.values())) and {str}.issuperset(map(type, nested)):
        return masked({check_name(name): plain(value, name) for name, value in nested.items()})
    flat: dict[str, Scalar] = {}
    for name, value in nested.items():
        path = str(name)
        if type(value) in _ATOMS:
            leaves: Iterable[tuple[str, Scalar]] = ((check_name(path), plain(value, path)),)
        else:
            leaves = _leaves(path, value, 0)
        for leaf, scalar in leaves:
            if leaf in flat:
                raise ValueRefused(f"two parameters are named {leaf}", hint="one is nested")
            flat[leaf] = scalar
    return masked(flat)


def _leaves(path: str, value: object, depth: int) -> Iterable[tuple[str, Scalar]]:
    if depth > 50:
        raise ValueRefused(f"{path[:80]}… is nested more than 50 deep")
    if isinstance(value, Mapping):
        inside: Iterable[tuple[object, object]] = value.items()
    elif isinstance(value, Sequence) and not isinstance(value, str | bytes | bytearray):
        inside = enumerate(value)
    else:
        return [(check_name(path), plain(value, path))]
    if not value:
        return [(check_name(path), "{}" if isinstance(value, Mapping) else "[]")]
    return [leaf for key, inner in inside for leaf in _leaves(f"{path}.{key}", inner, depth + 1)]


def metrics(measured: Mapping[str, object]) -> dict[str, float]:
    """Metrics as floats; one that is None was not measured and is left out.

    Raises ValueRefused for what is not a number, or is an integer that no float equals.
    """
    return {
        check_name(str(name)): number(value, str(name))
        for name, value in mapping(measured, "metrics are").items()
        if value is not None
    }


def number(value: object, name: str) -> float:
    """A metric's value. Text is read where it is a number's, as in ``-m loss=nan``."""
    if type(value) is float:
        return value
    scalar = plain(value, name)
    if isinstance(scalar, str):
        scalar = read_scalar(scalar)
    if scalar is None or isinstance(scalar, str):
        hint = "a metric is a number; nan and inf count as numbers"
        if str(value).rstrip().endswith("%"):
            hint = "a metric is a number without %; in a table: import csv --percent COLUMN"
        raise ValueRefused(f"the metric {name} is {value!r:.80}", hint=hint, word=f"{name}={value}")
    try:
        exact = float(scalar)
    except OverflowError:
        exact = float("nan")
    if isinstance(scalar, int) and exact != scalar:
        raise ValueRefused(f"the metric {name} is {value!s:.80}, which no float equals")
    return exact


def duration(value: object) -> float:
    """How long it took, in seconds. Raises ValueRefused unless that is finite and 0 or more."""
    scalar = plain(value, "seconds")
    try:
        if isinstance(scalar, str):
            scalar = read_scalar(scalar)
        exact = -1.0 if scalar is None or isinstance(scalar, str | bool) else float(scalar)
    except (OverflowError, ValueRefused):
        exact = -1.0
    if exact < 0 or exact - exact != 0:
        hint = "a duration is a number of seconds, 0 or more, as 12.5"
        raise ValueRefused(f"seconds is {value!r:.80}", hint=hint, word=f"{value}")
    return exact


def seed(value: object) -> int | None:
    """A seed: an integer or None. 0 is a seed. Raises ValueRefused for anything else."""
    if value is None or (type(value) is int and 0 <= value < 1 << 63):
        return value
    scalar = plain(value, "the seed")
    if isinstance(scalar, str):
        scalar = read_scalar(scalar)
    if isinstance(scalar, float) and scalar.is_integer():
        scalar = int(scalar)
    if scalar is None or (isinstance(scalar, int) and not isinstance(scalar, bool)):
        return scalar
    raise ValueRefused(f"the seed is {value!r:.80}, not an integer", word=f"{value}")


def labels(told: object) -> tuple[str, ...]:
    """Tags: one, or several. Raises ValueRefused."""
    several = [told] if isinstance(told, str) else told
    if not isinstance(several, Iterable):
        raise ValueRefused(f"tags are texts, not {a_kind_of(told)}")
    return tuple(check_text(label, "a tag") for label in several)
