"""Values of planned runs as they are typed, against what reads them: the journal's own rules."""

import math
import shlex
import subprocess

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from analysis.commands import exact
from analysis.errors import Misused
from analysis.planner_words import check_template, command_line
from analysis.results import PlannedRun
from journal.values import read_scalar, write_scalar

words = st.from_regex(
    r"\A\s?[-+.]?(0[xo][0-9a-fg_]*|[0-9]*\.?[0-9]*(e[-+]?[0-9]+)?|inf|NaN|Null|~|TRUE|['\"].{0,3}['\"])\s?\Z"
)
scalars = st.none() | st.booleans() | st.integers() | st.floats() | st.text() | words


def same(read: object, value: object) -> bool:
    """The same value of the same type, NaN included."""
    if isinstance(value, float) and math.isnan(value):
        return isinstance(read, float) and math.isnan(read)
    return type(read) is type(value) and read == value


@given(scalars)
def test_every_value_is_read_back_as_it_was(value):
    assert same(read_scalar(exact(value)), value)


@given(st.text() | words)
def test_text_is_put_in_quotes_only_where_it_would_be_read_otherwise(text):
    assume(not text.strip().startswith(("0x", "0o")))
    assert exact(text) == write_scalar(text)


@pytest.mark.parametrize(
    "value",
    [1e-5, 0.1 + 0.2, 3, True, None, "a;b", "1.10", "true", "", "0x10", "0o17", "'a'", "it's", '"'],
)
def test_a_planned_pair_comes_back_through_shell_and_journal(value):
    line = command_line("{pairs}", PlannedRun(parameters=(("a", value),), seed=1, reason=""))
    (word,) = shlex.split(line)
    assert same(read_scalar(word.removeprefix("a=")), value)


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
