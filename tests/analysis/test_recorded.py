"""A recorded command line is read as it was recorded: the analyst and the journal agree."""

import shlex

from hypothesis import example, given
from hypothesis import strategies as st

from analysis.recorded import Recorded, reads_as
from journal.flags import flag_parameters
from journal.identity import same
from journal.values import read_scalar

WORDS = st.sampled_from(
    ["--lr", "--lr=", "--lr=1", "--no-lr", "--h", "--h.0", "--h.0=5", "--a-b", "--a_b=2", "--no-",
     "--no-no-lr", "--seed", "--seed=x", "a=1", "a=", "+a=2", "++h.1=3", "--", "-b", "-1", "-1e-3",
     "1", "2", "1_0", "inf", "-nan", "", "x", "a b", "'1'", "nULL", "TRUE", "~", "0x1f", "1.10",
     "--학습률", "학습률=3", "++größe=3", "--no-größe", "--٣=1", "²=1"]
)  # fmt: skip
TEXTS = st.text("-=+ae1.'\"$ \\é\n\t#~", max_size=5)
COMMANDS = st.lists(WORDS | TEXTS, max_size=8).map(lambda words: ["train", *words])
IN_AN_ENVIRONMENT = st.lists(WORDS | TEXTS, max_size=6).map(lambda words: ["/usr/bin/env", *words])


@given(COMMANDS | IN_AN_ENVIRONMENT)
@example(["train", "--h.0", "5", "--h", "1", "2"])
@example(["train", "--lr", ""])
@example(["train", "--학습률", "3", "größe=2", "--٣", "1"])
@example(["train", "--lr="])
def test_the_analyst_reads_a_command_line_as_the_journal_does(words):
    params, seed = flag_parameters(words)
    recorded = {**params, **({} if seed is None else {"seed": seed})}
    read = Recorded(shlex.join(words)).parameters
    assert read.keys() == recorded.keys()
    for name, text in read.items():
        assert same(read_scalar(text), recorded[name])


@given(WORDS | TEXTS, WORDS.map(read_scalar) | TEXTS | st.floats() | st.booleans() | st.none())
@example("nULL", None)
@example("", None)
def test_a_word_is_said_to_be_a_value_only_where_it_is_recorded_as_that(word, value):
    if reads_as(word, value):
        assert same(read_scalar(word), value)


def test_every_value_that_a_word_is_recorded_as_is_recognized_where_it_is_written_plainly():
    for word in ("", "~", "null", "NULL", "True", "false", "0.1", "relu", "-3", "inf"):
        assert reads_as(word, read_scalar(word))
