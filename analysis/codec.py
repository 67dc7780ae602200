"""Report <-> JSON.

Two texts come from one `Report`. The *contract* (`to_json`, what `knobwise importance --json`
prints) has exactly the keys of `docs/importance.schema.json`. The *saved report*
(`to_report_json`, what `knobwise report -o report.json` writes) is a superset of it: the same keys
with the same numbers, and beside them all that the other renderings show, so that `from_json` gives
the `Report` back without its journal.

Shapes differ from the dataclasses in two places only: a Shapley effect is `{"share": x}`, and a
value of a parameter that is infinite or not a number, which JSON cannot say, is
`{"float": "inf"}` ("-inf", "nan") in the saved report, so that it is no text when it comes back,
and its name alone in the contract. Every other number is finite by the contract of
`analysis.results`.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable, Sequence

import msgspec

from analysis.errors import ReportUnreadable, shown
from analysis.results import Report

Json = bool | int | float | str | list["Json"] | dict[str, "Json"] | None

SCHEMA = 1

_REPORT_KEYS = (
    "schema", "knobwise", "metric", "runs", "answer", "withheld_because", "withheld_cure", "noise",
    "surrogate", "margin", "parameters", "interactions", "groups", "failures", "findings",
    "classical", "strata",
)  # fmt: skip
_KEPT: dict[str, tuple[str, ...]] = {
    "metric": ("name", "direction", "transform"),
    "noise": ("sd", "df", "source", "share_of_single_run"),
    "surrogate": ("name", "skill", "ceiling"),
    "parameters": (
        "name", "kind", "scale", "domain", "role", "condition", "switched_off_by", "first_order",
        "total", "shapley", "effect", "anova", "tuning_risk", "recommendation", "verdict",
        "because", "more_runs",
    ),
    "runs.excluded": ("reason", "count", "failed"),
    "findings": ("level", "code", "parameters", "message", "hint"),
    "failures": ("share", "parameters"),
    "classical": ("method", "terms", "dropped", "lack_of_fit", "contrasts", "notes"),
    "classical.dropped": ("parameters", "reason"),
    "strata": ("by", "value", "runs", "configurations", "answer", "because", "parameters"),
    "failures.parameters": ("name", "total"),
}  # fmt: skip
"""What the contract has of the objects at a path; of those at other paths it has everything."""
_SURROGATES = re.compile("[\ud800-\udfff]")


def contract(report: Report) -> dict[str, Json]:
    """The keys of `docs/importance.schema.json`, as plain data."""
    full = _plain(report, str)
    return {key: _kept(full[key], key) for key in _REPORT_KEYS}


def saved(report: Report) -> dict[str, Json]:
    """Everything in the report, as plain data: a superset of `contract`."""
    return _plain(report, _packed)


def packed(value: object) -> Json:
    """Plain JSON, infinities and NaN as the journal's own lines have them: `{"float": "inf"}`."""
    return _finite(value, _packed)


def _plain(report: Report, unsayable: Callable[[float], Json]) -> dict[str, Json]:
    plain = msgspec.to_builtins(report)
    for parameter in plain["parameters"]:
        if parameter["shapley"] is not None:
            parameter["shapley"] = {"share": parameter["shapley"]}
    named: dict[str, Json] = {"schema": SCHEMA, "knobwise": report.provenance.knobwise}
    return named | {key: _finite(value, unsayable) for key, value in plain.items()}


def to_json(report: Report) -> str:
    """The contract as text, indented, ending with a newline."""
    return _text(contract(report), indent=2) + "\n"


def to_report_json(reports: Sequence[Report]) -> str:
    """The saved report as text: an object, or an array of them for several metrics.

    One line per top-level key: it can be read and compared, and a large journal costs no
    indentation.
    """
    texts = []
    for report in reports:
        lines = [f"{_text(key)}: {_text(value)}" for key, value in saved(report).items()]
        texts.append("{\n" + ",\n".join(lines) + "\n}")
    return (texts[0] if len(texts) == 1 else "[" + ",\n".join(texts) + "]") + "\n"


def from_json(text: str | bytes, *, where: str = "report") -> tuple[Report, ...]:
    """The reports that `to_report_json` wrote.

    Raises: ReportUnreadable, naming the place, when the text is no saved report.
    """
    if not isinstance(text, str | bytes):
        raise ReportUnreadable(f"a report's text, not {shown(text)}", where=where)
    try:
        return _reports(text, where)
    except RecursionError as error:
        raise ReportUnreadable("it is nested too deeply to be a report", where=where) from error


def _reports(text: str | bytes, where: str) -> tuple[Report, ...]:
    try:
        data = json.loads(text, object_hook=_floats)
    except (ValueError, UnicodeDecodeError) as error:
        raise ReportUnreadable(
            f"this is not JSON ({error})",
            where=where,
            hint="give the .json that `knobwise report -o report.json` wrote",
        ) from error
    items = data if isinstance(data, list) else [data]
    if not items:
        raise ReportUnreadable("there is no report in it", where=where)
    return tuple(_report(item, where) for item in items)


def _report(item: object, where: str) -> Report:
    if not isinstance(item, dict) or not isinstance(item.get("schema"), int):
        raise ReportUnreadable(
            "this JSON is no report of Knobwise",
            where=where,
            hint="give the .json that `knobwise report -o report.json` wrote",
        )
    if item["schema"] != SCHEMA:
        raise ReportUnreadable(
            f"schema {item['schema']} is not known here (this version reads {SCHEMA})",
            where=where,
            hint="upgrade knobwise",
        )
    if "provenance" not in item:
        raise ReportUnreadable(
            "this is the short form, which no report can be made from",
            where=where,
            hint="write the long one: knobwise report -m METRIC -o report.json",
        )
    plain = {key: value for key, value in item.items() if key not in ("schema", "knobwise")}
    try:
        plain["parameters"] = [
            {**row, "shapley": row["shapley"]["share"] if row["shapley"] else None}
            for row in plain["parameters"]
        ]
        return msgspec.convert(plain, Report)
    except (KeyError, TypeError, msgspec.ValidationError) as error:
        hint = "write it again with this version: knobwise report -m METRIC -o report.json"
        raise ReportUnreadable(f"{error}", where=where, hint=hint) from error


def _kept(value: Json, at: str) -> Json:
    """What is at this path of a report with the contract's keys only, in the contract's order."""
    if isinstance(value, list):
        return [_kept(item, at) for item in value]
    if isinstance(value, dict):
        return {key: _kept(value[key], f"{at}.{key}") for key in _KEPT.get(at, value)}
    return value


def _packed(number: float) -> Json:
    return {"float": str(number)}


def _finite(value: object, unsayable: Callable[[float], Json]) -> Json:
    """Plain JSON: tuples as lists; unsayable: what infinities and NaN are."""
    if isinstance(value, float) and not math.isfinite(value):
        return unsayable(value)
    if isinstance(value, list | tuple):
        return [_finite(item, unsayable) for item in value]
    if isinstance(value, dict):
        return {str(key): _finite(item, unsayable) for key, item in value.items()}
    assert value is None or isinstance(value, bool | int | float | str)
    return value


def _floats(told: dict[str, object]) -> object:
    """The number that `saved` could not say in JSON; else the object itself."""
    name = told.get("float") if len(told) == 1 else None
    return float(name) if isinstance(name, str) and name in ("inf", "-inf", "nan") else told


def _text(value: Json, *, indent: int | None = None) -> str:
    """JSON as people read it: other scripts as they are, half characters escaped."""
    text = json.dumps(value, indent=indent, ensure_ascii=False, allow_nan=False)
    return _SURROGATES.sub(lambda match: f"\\u{ord(match[0]):04x}", text)
