"""The grammar of ``journal.filters``, read from left to right."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime, timedelta

from journal.errors import UsageError, ValueRefused
from journal.facts import MISSING, lookup
from journal.guesses import guess, nearest
from journal.identity import key
from journal.pairs import QUOTED, read_name
from journal.runs import Run
from journal.times import parse_moment
from journal.values import Scalar, read_scalar, read_word

STATUSES = ("finished", "failed", "killed", "running", "interrupted")
KEYS = ("tag", "note", "has", "since", "until")
"""What may stand before a colon."""
_COLUMNS = {"tag": "tags", "note": "notes", "since": "started", "until": "started"}
"""What a filter with such a key is about; ``has`` names it itself."""
_UNITS = {"s": 1, "m": 60, "min": 60, "h": 3600, "d": 86400, "w": 604800}
_NAME = re.compile(r"""[^\s<>=!~'",]+""")
_OPERATOR = re.compile(r"\s*(<=|>=|==|!=|<>|=|<|>|~|(?:not\s+)?in(?=\s))")
_SPACED = re.compile(r"""([^\s<>=!~'",:]+(?:\s+[^\s<>=!~'",:]+)+)\s*([<>=!~]=?\S*)""")
"""What may be a comparison with a name of several words."""
_OR, _AND = {"or", "||", "|"}, {"and", "&&", "&"}
_BOUNDS = re.compile(r"(?P<name>[^\s<>=!~]+)(?:(?P<operator><=?|>=?)(?P<value>[^\s<>=!~]+))?")
"""What stands behind ``0.1<``, where a bound was written before its name."""
_SEVERAL = re.compile(r"([^,;&|]+)(?:[,;]|&&?|\|\|?)(.*[<>=~].*)")
"""A value and a filter behind it, without a space between them."""
_FLIPPED = {"<": ">", "<=": ">=", ">": "<", ">=": "<="}
_BARE = re.compile(r"[^\s'\"]\S*")
_ITEM = re.compile(r"[^\s,'\"][^\s,]*")
_SPAN = re.compile(r"(\d+(?:\.\d*)?)(s|m|min|h|d|w)")
_ORDER: dict[str, Callable[[float, float], bool]] = {
    "<": lambda a, b: a < b,
    "<=": lambda a, b: a <= b,
    ">": lambda a, b: a > b,
    ">=": lambda a, b: a >= b,
}

Test = Callable[[Run], bool]


def fault(text: str, said: str, *, start: int, end: int, hint: str = "") -> UsageError:
    """An error about ``text[start:end]``; at the end of the text, about its last character."""
    start = max(0, min(start, len(text) - 1))
    end = min(max(end, start + 1), max(len(text), 1))
    return UsageError(said, word=text, span=(start, end), hint=hint)


class Reader:
    """Reads filters from left to right; ``at`` is where it stands."""

    def __init__(self, text: str, now: datetime) -> None:
        self.text = text
        self.now = now
        self.at = 0
        self.names: list[tuple[str, int]] = []
        self.asked: list[tuple[str, str, int]] = []
        self.columns: list[str] = []
        self._turned = False

    def whole(self) -> tuple[tuple[Test, ...], tuple[tuple[str, int], ...]]:
        """All filters up to the end, and each compared name with its place."""
        tests: list[Test] = []
        while self._skip() < len(self.text):
            if tests and self._take(re.compile(r"and(?=\s)")):
                self._skip()
            tests.append(self._filter())
            if self.at < len(self.text) and not self.text[self.at].isspace():
                raise self._fault("filters are separated by spaces", self.at, self.at + 1)
        return tuple(tests), tuple(self.names)

    def _filter(self) -> Test:
        if self._take(re.compile(r"!\s*|not\s+(?!in\s)")):
            self._turned = not self._turned
            test = self._filter()
            self._turned = not self._turned
            return lambda run: not test(run)
        start = self.at
        if key := self._take(re.compile(f"({'|'.join(KEYS)}):")):
            value, raw = self._value(_BARE, after=key, example=_EXAMPLES[key[:-1]])
            text = raw if raw[0] not in "'\"" else str(value)
            return self._keyed(key[:-1], text, start + len(key))
        name = self._quoted() if self._peek() in {"'", '"'} else self._take(_NAME)
        if not name:
            end = start + len(re.match(r"[<>=!~,]*", self.text[start:])[0])  # type: ignore[index]
            raise self._fault("a name is missing here", start, end, hint="for example lr<1e-3")
        operator = self._take(_OPERATOR).strip()
        if operator in {"", "~", "<>"}:
            raise self._no_operator(name, operator, start)
        self._skip()
        self.names.append((name, start))
        self.columns.append(name)
        if operator.endswith("in"):
            return self._membership(name, negated=operator.startswith("not"))
        return self._comparison(name, operator)

    def _no_operator(self, name: str, operator: str, start: int) -> UsageError:
        key, colon, rest = name.partition(":")
        near = nearest(key, KEYS) if colon and not operator else None
        hint = f"did you mean {near}:{rest}?" if near else "one of = != < <= > >= in, not in"
        if operator == "<>":
            return self._fault("<> is no comparison", self.at - 2, self.at, hint="did you mean !=?")
        if operator:
            return self._fault("~ is no comparison", self.at - 1, self.at, hint=hint)
        if not near:
            hint += f" (quoted: the shell takes < and >); does a run have it at all: has:{name}"
        if spaced := _SPACED.match(self.text, start):
            one = f"\"'{spaced[1]}'{spaced[2]}\""
            hint = f"a name with spaces is quoted: {one}; else {hint}"
        hint = _slip(name) or hint
        return self._fault(f"a comparison is missing after {name}", start, self.at, hint=hint)

    def _comparison(self, name: str, operator: str) -> Test:
        example = (
            f"for example {name}{operator}0.1" if operator in _ORDER else "null is a value too"
        )
        value, raw = self._value(_BARE, after=operator, example=example)
        start = self.at - len(raw)
        if raw[:1] in set("<>=!~"):
            hint = f"did you mean {raw[0]}{operator}?" if raw[0] + operator in _FLIPPED else ""
            said = f"{operator}{raw[:1]} is no comparison"
            raise self._fault(said, start - 1, start + 1, hint=hint)
        order = _ORDER.get(operator)
        if order is not None:
            if value is None or isinstance(value, str | bool):
                hint = _moment_hint(name) or _bounds_hint(name, operator, raw)
                raise self._fault(f"{raw} is not a number", start, self.at, hint=hint)
            return _ordered(name, order, value)
        turned, self._turned = self._turned, self._turned is not (operator == "!=")
        accept = self._accept(name, value, raw, start)
        self._turned = turned
        if operator == "!=":
            return lambda run: (v := lookup(run, name)) is not MISSING and not accept(v)
        return lambda run: accept(lookup(run, name))

    def _membership(self, name: str, *, negated: bool) -> Test:
        accepts: list[Callable[[object], bool]] = []
        turned, self._turned = self._turned, self._turned is not negated
        while True:
            value, raw = self._value(_ITEM, after="in", example="act in relu,tanh")
            accepts.append(self._accept(name, value, raw, self.at - len(raw)))
            if not self._take(re.compile(r"\s*,\s*")):
                break
        self._turned = turned

        def test(run: Run) -> bool:
            found = lookup(run, name)
            inside = any(accept(found) for accept in accepts)
            return found is not MISSING and inside is not negated

        return test

    def _accept(self, name: str, value: Scalar, raw: str, start: int) -> Callable[[object], bool]:
        """Is what a run has this value?"""
        if name == "id":
            wanted = raw.strip("'\"").lower()
            self._ask("id", wanted, start)
            return lambda found: str(found).startswith(wanted) or str(found).endswith(wanted)
        if name == "status" and value not in STATUSES:
            hint = guess(str(value), STATUSES, otherwise="one of " + ", ".join(STATUSES))
            raise self._fault(f"no run has the status {raw}", start, self.at, hint=hint)
        wanted_keys = {key(value), key(raw)}
        return lambda found: key(found) in wanted_keys

    def _ask(self, key: str, text: str, start: int) -> None:
        """Some run is to have this tag, this name, this id; who asks for none may mistype it."""
        if not self._turned:
            self.asked.append((key, text, start))

    def _keyed(self, key: str, text: str, start: int) -> Test:
        self.columns.append(_COLUMNS.get(key, text))
        if key in {"tag", "has"}:
            self._ask(key, text, start)
        if key == "tag":
            return lambda run: text in run.tags
        if key == "note":
            wanted = text.casefold()
            return lambda run: any(wanted in note.casefold() for note in run.notes)
        if key == "has":
            return lambda run: lookup(run, text) is not MISSING
        time = self._moment(text, start)
        if key == "since":
            return lambda run: run.started_at >= time
        return lambda run: run.started_at < time

    def _moment(self, text: str, start: int) -> datetime:
        try:
            if span := _SPAN.fullmatch(text):
                return self.now - timedelta(seconds=float(span[1]) * _UNITS[span[2]])
            return parse_moment(text)
        except (ValueRefused, OverflowError):  # no time of the calendar, or before its year 1
            hint = "for example 90m, 2d, 1w, 2026-11-23 or 2026-11-23T14:05"
            raise self._fault(f"{text} is not a time", start, self.at, hint=hint) from None

    def _value(self, bare: re.Pattern[str], *, after: str, example: str) -> tuple[Scalar, str]:
        """The value here, and its text as it was written."""
        start = self.at
        if self._peek() in {"'", '"'}:
            text = self._quoted()
            return text, self.text[start : self.at]
        raw = self._take(bare)
        if not raw:
            raise self._fault(f"a value is missing after {after}", start - 1, start, hint=example)
        return read_scalar(raw), raw

    def _quoted(self) -> str:
        start = self.at
        if not (word := self._take(QUOTED)):
            said = f"the quote {self.text[start]} is not closed"
            raise self._fault(said, start, len(self.text))
        return read_name(word)

    def _take(self, pattern: re.Pattern[str]) -> str:
        found = pattern.match(self.text, self.at)
        if found is None:
            return ""
        self.at = found.end()
        return found[0]

    def _peek(self) -> str:
        return self.text[self.at : self.at + 1]

    def _skip(self) -> int:
        while self._peek().isspace():
            self.at += 1
        return self.at

    def _fault(self, said: str, start: int, end: int, *, hint: str = "") -> UsageError:
        return fault(self.text, said, start=start, end=end, hint=hint)


def _ordered(name: str, order: Callable[[float, float], bool], value: float) -> Test:
    def test(run: Run) -> bool:
        found = lookup(run, name)
        number = isinstance(found, int | float) and not isinstance(found, bool)
        return number and order(found, value)  # type: ignore[arg-type] # number says so

    return test


def _slip(name: str) -> str:
    """What was meant by something else than a name where one belongs; empty for a name."""
    if name.lower() in _OR:
        return "or is not there: act in relu,tanh is, and two calls are"
    if name.lower() in _AND:
        return "filters are separated by spaces, or by and"
    if sign := next((sign for sign in "≤≥≠" if sign in name), ""):
        return f"did you mean {name.replace(sign, {'≤': '<=', '≥': '>=', '≠': '!='}[sign])}?"
    if re.search("[<>=]", name):
        return f"quotes are around a name or a value, not around all of it: {name}"
    return ""


def _bounds_hint(name: str, operator: str, raw: str) -> str:
    """What is to be written for a comparison by size with what is no number."""
    if several := _SEVERAL.fullmatch(raw):
        return f"filters are separated by spaces: {name}{operator}{several[1]} {several[2]}"
    bounds = _BOUNDS.fullmatch(raw)
    if bounds and isinstance(read_word(name), int | float):
        first = f"{bounds['name']}{_FLIPPED[operator]}{name}"
        if bounds["operator"] is None:
            return f"the name stands first: {first}"
        second = f"{bounds['name']}{bounds['operator']}{bounds['value']}"
        return f"the name stands first, and two bounds are two filters: {first} {second}"
    return "quantities are compared by size; two bounds are two filters: lr>1e-4 lr<0.1"


def _moment_hint(name: str) -> str:
    return "times: since:2026-11-23 until:2026-11-24" if name in {"started", "started_at"} else ""


_EXAMPLES = {
    "tag": "for example tag:sweep",
    "note": "for example note:diverged",
    "has": "for example has:momentum",
    "since": "for example since:2d or since:2026-11-23",
    "until": "for example until:1h or until:2026-11-23",
}
