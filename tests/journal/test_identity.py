"""Which values are the same setting: one answer, wherever the journal asks."""

import itertools

import pytest

import journal
from journal import filters
from journal.best import best
from journal.diff import diff
from journal.events import Defaulted
from journal.ids import uuid7
from journal.understanding import summary
from journal.values import write_scalar

KINDS = [
    (1, 1.0), (0, -0.0, 0.0), (True,), (False,), ("1",), ("true",), ("",), (None,),
    (float("nan"), float("nan")), (float("inf"),), (10**20, 1e20), (10**20 + 1,), (0.1,),
]  # fmt: skip
"""Values of one line are the same, of different lines they are not."""
PAIRS = [
    pytest.param(a, b, one is other, id=f"{a!r}-{b!r}")
    for one, other in itertools.combinations_with_replacement(KINDS, 2)
    for a, b in itertools.product(one, other)
]


@pytest.mark.parametrize(("a", "b", "alike"), PAIRS)
def test_all_questions_have_the_same_answer(book, a, b, alike):
    for value in (a, b):
        book.log({"n": value}, metrics={"acc": 1})
    at = book.store.now()
    book.append([
        Defaulted(id=uuid7(), run=None, at=at, parameter="k", default=5, condition={"n": (a,)})
    ])  # fmt: skip
    one, other = book.runs()
    met = filters.parse(f"n={write_scalar(a)}")
    assert met(one)
    assert met(other) is (alike or b == write_scalar(a))  # a bare word is that text as well
    assert one.params["k"] == 5
    assert ("k" in other.params) is alike
    found = best([one, other], "acc", direction="maximize")
    assert found.compared == (1 if alike else 2)
    (parameters,) = (section for section in diff(one, other) if section.title == "parameters")
    assert ("n" in parameters.equal) is alike
    assert f"{1 if alike else 2} distinct" in summary([a, b])


@pytest.mark.parametrize(("a", "b", "alike"), PAIRS)
def test_a_run_goes_on_with_the_same_setting_only(book, a, b, alike):
    run = book.log({"n": a})
    if alike:
        book.run(n=b, resume=run)
    else:
        with pytest.raises(journal.ValueRefused, match="another value is another run"):
            book.run(n=b, resume=run)


def test_when_and_ls_mean_the_same_runs(knobwise):
    for value in ("1", "1.0", "true"):
        assert knobwise("log", f"n={value}", "-m", "acc=1").status == 0
    assert "in 2 runs" in knobwise("default", "k", "5", "--when", "n=1", "--new").err
    assert len(knobwise("ls", "n=1", "--csv").out.splitlines()) == 1 + 2
