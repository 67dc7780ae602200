"""A name and a value as a command's word: written, taken by a shell, and read as they were."""

import subprocess
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import journal
from analysis.commands import named
from journal.cli import main
from journal.masking import masked
from journal.oneshot import assigned, read_parameters
from journal.pairs import read_name, write_name, write_pair
from journal.shell import quoted

ODD = [
    "a=b", "=", "==", "=a", "a=", "--lr", "-m", "-", "--", "-p=1", "two words", " lead", "trail ",
    "it's", "'", "''", '"', "'a'", '"a"', "'a'=b", "a'b\"c", "'\"", "<script>alert(1)</script>",
    "학습률", "$(touch pwned)", "`x`", "$HOME", "a\\b", "!x", "#x", "*", "~", "é" * 511, "a.b",
    "null", "1", "VALUE", "status", "seed", "\u200b", "\u2028", "\u202eabc", "a,b", "a:b", "{a}",
]  # fmt: skip
names = st.sampled_from(ODD) | st.text(
    st.characters(exclude_categories=("Cc", "Cs")) | st.sampled_from("='\"- "), min_size=1
).filter(lambda name: len(name.encode()) <= 1024)
texts = st.text(st.characters(exclude_characters="\0", exclude_categories=("Cs",)))
values = st.none() | st.booleans() | st.integers() | st.floats() | texts | st.sampled_from(
    [*ODD, "", "1.10", "0x1f", "nan", "true", " x ", "new\nline", "\ttab", "\x1b[31m", 10**400]
)  # fmt: skip


@given(names, values)
def test_a_pair_is_read_as_what_it_was_written_for(name, value):
    word = write_pair(name, value)
    assert repr(read_parameters([word])) == repr({name: value})
    assert word[0] != "-"
    if not name.startswith(("-", "'", '"')) and "=" not in name and name == name.strip():
        assert write_name(name) == name


@given(names)
def test_a_name_is_read_as_what_it_was_written_for(name):
    assert read_name(write_name(name)) == name
    assert write_name(name)[0] != "-"
    assert assigned([f"{write_name(name)}=VALUE"], "a parameter") == {name: "VALUE"}


@given(st.dictionaries(names, values, min_size=1, max_size=9))
@settings(max_examples=40)
def test_what_a_shell_is_told_is_what_is_recorded(params):
    params = dict(masked(params))
    told = " ".join(quoted(write_pair(name, value)) for name, value in params.items())
    shell = subprocess.run(
        ["bash", "-c", f"printf '%s\\0' {told}"], capture_output=True, check=True
    )
    words = shell.stdout.decode().split("\0")[:-1]
    for command in (["log", "--journal", "told", *words],
                    ["run", "--journal", "told", *(w for word in words for w in ("-p", word)),
                     "--", "true"]):  # fmt: skip
        assert main(command) == 0
        *_, run = journal.open("told").runs()
        assert repr(dict(run.params)) == repr(params)
        assert run.seed is None


@pytest.mark.parametrize("name", ODD)
def test_a_command_takes_a_name_by_itself_as_a_shell_gives_it(name, knobwise):
    book = journal.open("data/journal")
    run = book.log({name: 1}, metrics={name + "!": 0.5})
    word = subprocess.run(
        ["bash", "-c", f"printf %s {named(name)}"], capture_output=True, check=True
    ).stdout.decode()
    assert knobwise("declare", "parameter", word, "--role", "studied").status == 0
    assert knobwise("declare", "metric", word, "--direction", "minimize").status == 0
    assert knobwise("amend", run, f"{word}=2").status == 0
    assert knobwise("rename", word, "other").status == 0
    assert knobwise("rename", "other", word).status == 0
    assert knobwise("default", f"{word}=3").status == 0
    assert knobwise("default", word, "3", "--new").status == 0
    told = book.fold()
    assert [*told.declarations.parameters] == [*told.declarations.metrics] == [name]
    assert dict(told.runs[0].params) == {name: 2}


@pytest.mark.parametrize("word", ["'a=b", "'lr'x=1", "'a'", "'a' =1", "''=1", "=1", "a", " a=1"])
def test_a_word_that_is_no_pair_is_refused(word, knobwise):
    done = knobwise("log", word)
    assert done.status == 2
    assert not Path("data").exists()


def test_a_quoted_name_that_is_given_twice_is_pointed_at(knobwise):
    said = knobwise("log", "'a=b'=1", "'a=b'=2").err.splitlines()
    assert said[0] == "knobwise: a=b is given twice"
    assert said[2].strip() == "^" * len(said[2].strip())
