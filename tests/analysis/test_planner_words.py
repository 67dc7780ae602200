"""Values of planned runs as they are typed, against what reads them: the journal's own rules."""

import shlex
import subprocess
from dataclasses import replace

import pytest

from analysis import story
from analysis.errors import Misused
from analysis.plan_cli import said as plan_said
from analysis.planner_words import check_template, command_line, left_out
from analysis.results import PlannedRun
from analysis.sentences import said
from analysis.words import Voice, words
from journal.values import read_scalar
from tests.report.planted import planted, withheld

ENGLISH = Voice(words("en"))


@pytest.mark.parametrize(
    "value",
    [1e-5, 0.1 + 0.2, 3, True, None, "a;b", "1.10", "true", "", "0x10", "0o17", "'a'", "it's", '"'],
)
def test_a_planned_pair_comes_back_through_shell_and_journal(value):
    line = command_line("{pairs}", PlannedRun(parameters=(("a", value),), seed=1, reason=""))
    (word,) = shlex.split(line)
    read = read_scalar(word.removeprefix("a="))
    assert (type(read), read) == (type(value), value)


def test_what_is_put_behind_an_open_quote_is_refused():
    with pytest.raises(Misused, match="within quotes"):
        check_template("t 'open", set())


@pytest.mark.parametrize(
    "template",
    ['t --cfg "act={act}"', "t 'act={act}'", "t `echo {act}`", "t \\{act}", "t 'open {act}",
     "t 'a' \"b'{act}'\"", "cat <<E\n{act}\nE",
     "t $'a\\'{act}'"],
)  # fmt: skip
def test_a_placeholder_within_quotes_is_refused(template):
    """What fills it is quoted: in other quotes a shell would run `$(…)` of a value."""
    with pytest.raises(Misused, match="within quotes") as refused:
        check_template(template, {"act"})
    assert refused.value.hint == "leave it outside: act={act}"


def test_a_value_is_one_word_wherever_a_placeholder_may_stand(tmp_path):
    for template in ("t 'a b' \"c\" act={act} 'd'", "t it\\'s {act}", "t <<<{act}", "t {args}"):
        check_template(template, {"act"})
    for value in ("$(touch X)", "`touch X`", "a'; touch X; '", "it's\x01 $(touch X) '"):
        run = PlannedRun(parameters=(("act", value),), seed=1, reason="")
        line = command_line("printf %s act={act} {args} {pairs}", run)
        for shell in ("sh", "bash"):
            subprocess.run([shell, "-c", line], cwd=tmp_path, check=True, capture_output=True)
        assert not list(tmp_path.iterdir())


def test_an_option_that_plan_has_not_is_said_to_be_another_commands():
    apart = said("withheld.skill.apart", skill=0.1, block="data")
    lines = [
        plan_said(replace(report, plan=replace(report.plan, settles=())))
        for report in (withheld(apart), withheld())
    ]
    assert lines[0].endswith("Ask for each: --by data (an option of knobwise importance).")
    assert "no answer yet" in lines[1]
    assert "option of" not in lines[1]


@pytest.mark.parametrize("verdict", ["negligible", "not_estimable", "undetermined"])
def test_all_is_settled_where_nothing_is_undetermined_and_all_can_be_estimated(verdict):
    report = planted()
    rows = [p if p.verdict == "critical" else replace(p, verdict="fine") for p in report.parameters]
    rows[-1] = replace(rows[-1], verdict=verdict, role="studied")
    report = replace(report, parameters=tuple(rows), plan=replace(report.plan, settles=()))
    settled = "Nothing is undetermined" in " ".join(story.do_next(report, ENGLISH))
    assert settled == (verdict == "negligible")
    assert plan_said(report).endswith("so they narrow the intervals") == settled
    assert plan_said(report).endswith("what cannot be estimated") == (verdict == "not_estimable")


def test_what_a_command_of_ones_own_has_no_place_for_is_named():
    assert left_out("t {lr} --wd={wd}", ["act", "lr", "wd"]) == ["act"]
    for template in ("t", "t {args}", "t {lr} {pairs}", "t {act} {lr} {wd}"):
        assert left_out(template, ["act", "lr", "wd"]) == []
