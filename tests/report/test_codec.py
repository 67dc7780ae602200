"""A report and its JSON say the same, and the contract is the committed schema."""

import json
import math
from dataclasses import replace
from pathlib import Path

import jsonschema
import pytest

from analysis import invocation
from analysis.codec import contract, from_json, saved, to_json, to_report_json
from analysis.errors import ReportUnreadable
from analysis.plan_cli import as_data
from tests.report.planted import planted, withheld
from tests.report.planted_detail import detailed

SCHEMA = json.loads((Path(__file__).parents[2] / "docs/importance.schema.json").read_text())
REPORTS = {"given": planted(), "withheld": withheld(), "detailed": detailed()}


def _validator() -> jsonschema.Draft202012Validator:
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    return jsonschema.Draft202012Validator(SCHEMA)


@pytest.mark.parametrize("name", REPORTS)
def test_contract_and_saved_report_satisfy_the_schema(name):
    _validator().validate(json.loads(to_json(REPORTS[name])))
    _validator().validate(json.loads(to_report_json([REPORTS[name]])))


def test_schema_refuses_what_is_not_the_contract():
    broken = json.loads(to_json(planted()))
    broken["parameters"][0]["verdict"] = "important"
    assert list(_validator().iter_errors(broken))


def test_contract_has_exactly_the_required_keys():
    made = json.loads(to_json(planted()))
    parameter = made["parameters"][0]
    assert list(made) == SCHEMA["required"]
    assert list(parameter) == SCHEMA["$defs"]["parameter"]["required"]
    assert list(parameter["anova"]) == SCHEMA["$defs"]["anova"]["required"]
    assert parameter["shapley"] == {"share": 0.61}
    assert made["failures"]["parameters"][0].keys() == {"name", "total"}


@pytest.mark.parametrize("name", REPORTS)
def test_the_contract_has_no_key_that_the_schema_does_not_name(name):
    assert _strangers(json.loads(to_json(REPORTS[name])), SCHEMA) == set()
    assert "best" in _strangers(json.loads(to_report_json([REPORTS[name]])), SCHEMA)


def _strangers(value, schema):
    """Keys of objects at any depth that are none of their schema's properties."""
    if isinstance(value, list):
        inner = _found(schema, "items")
        return {key for item in value for key in _strangers(item, inner)}
    if not isinstance(value, dict):
        return set()
    known = _found(schema, "properties")
    found = set(value) - set(known) if known else set()
    return found.union(*(_strangers(value[key], known[key]) for key in value if key in known))


def _found(schema, word):
    """What a schema says under this word, its references and alternatives included."""
    if "$ref" in schema:
        return _found(SCHEMA["$defs"][schema["$ref"].rpartition("/")[2]], word)
    parts = [_found(part, word) for part in schema.get("allOf", schema.get("anyOf", []))]
    return {**schema.get(word, {}), **{key: p for part in parts for key, p in part.items()}}


def test_a_report_saved_without_what_is_needed_now_is_refused_with_a_remedy():
    plain = json.loads(to_report_json([planted()]))
    del plain["runs"]["excluded"][0]["failed"]
    with pytest.raises(ReportUnreadable, match=r"failed.*\n?.*write it again with this version"):
        from_json(json.dumps(plain))


def test_saved_report_is_a_superset_with_the_same_numbers():
    def within(part, whole):
        if isinstance(part, dict):
            return all(key in whole and within(part[key], whole[key]) for key in part)
        if isinstance(part, list):
            return len(part) == len(whole) and all(map(within, part, whole))
        return part == whole

    assert within(contract(planted()), saved(planted()))
    assert not within(contract(planted()), saved(withheld()))


def test_the_contract_says_why_there_is_no_answer_and_what_would_change_that():
    silent, given = contract(withheld()), contract(planted())
    assert silent["withheld_because"] == withheld().withheld_because
    assert silent["withheld_cure"] == withheld().withheld_cure
    assert silent["withheld_because"]
    assert (given["withheld_because"], given["withheld_cure"]) == (None, None)


@pytest.mark.parametrize("name", REPORTS)
def test_a_saved_report_comes_back_equal(name):
    assert from_json(to_report_json([REPORTS[name]])) == (REPORTS[name],)


def test_several_metrics_are_kept_in_order():
    reports = (planted(), withheld())
    assert from_json(to_report_json(reports)) == reports


def test_extreme_and_odd_values_come_back():
    report = planted()
    odd = (2**70, 1e300, 5e-324, -0.0, "half \ud800 character", "따옴표 \" ' </script>", None, True)
    best = replace(report.best[0], parameters=tuple((f"p{i}", v) for i, v in enumerate(odd)))
    report = replace(report, best=(best,))
    text = to_report_json([report])
    (back,) = from_json(text.encode("utf-8"))
    assert back == report
    assert str(back.best[0].parameters[3][1]) == "-0.0"


def test_infinite_settings_come_back_as_numbers_and_text_as_text():
    best = replace(planted().best[0], parameters=SETTINGS, command=None)
    run = replace(planted().plan.runs[0], parameters=SETTINGS)
    plan = replace(planted().plan, runs=(run,), recorded=None)
    levels = replace(planted().parameters[0], levels=(math.inf, -math.inf, "inf", "{}"))
    report = replace(planted(), best=(best,), plan=plan, parameters=(levels,))
    text = to_report_json([report])
    json.loads(text, parse_constant=pytest.fail)
    (back,) = from_json(text)
    assert to_report_json([back]) == text
    assert back.best[0].parameters[:2] == (("clip", math.inf), ("said", "inf"))
    assert math.isnan(dict(back.best[0].parameters)["t"])
    assert back.parameters[0].levels == levels.levels
    assert invocation.runs(back) == invocation.runs(report)
    assert "--clip inf " in invocation.runs(back)[0]


SETTINGS = (("clip", math.inf), ("said", "inf"), ("t", math.nan))


def test_the_contract_names_what_json_cannot_say():
    report = detailed()
    (stratum, *_) = report.strata
    made = json.loads(to_json(replace(report, strata=(replace(stratum, value=math.inf),))))
    assert made["strata"][0]["value"] == "inf"
    _validator().validate(made)


def test_a_plan_is_json_also_where_a_setting_is_infinite():
    run = replace(planted().plan.runs[0], parameters=SETTINGS)
    report = replace(planted(), plan=replace(planted().plan, runs=(run,)))
    made = json.loads(as_data(report), parse_constant=pytest.fail)
    assert made["runs"][0]["params"] == {
        "clip": {"float": "inf"}, "said": "inf", "t": {"float": "nan"},
    }  # fmt: skip


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{", "not JSON"),
        ("[]", "no report"),
        ('{"a": 1}', "no report of Knobwise"),
        ('{"schema": 9}', "schema 9"),
        ('{"schema": "9"}', "no report of Knobwise"),
        pytest.param("[" * 100_000, "nested too deeply", id="deep"),
        pytest.param('{"schema": ' + "[" * 900 + "]" * 900 + "}", "no report of", id="odd schema"),
        (to_json(planted()), "short form"),
        (to_report_json([planted()]).replace('"critical"', '"vital"'), "vital"),
    ],
)
def test_what_is_no_saved_report_is_refused_by_name(text, said):
    with pytest.raises(ReportUnreadable, match=said) as caught:
        from_json(text, where="old.json")
    assert str(caught.value).startswith("old.json: ")
