"""Which columns ``ls`` shows where there is no room for all, and how it names the others."""

import re

import pytest

import journal
from journal.listing import chosen
from journal.urgency import urgency


@pytest.fixture
def narrow(knobwise, monkeypatch):
    """``ls`` in a terminal so many columns wide: the headings shown, and those without room."""

    def ls(width, *words):
        monkeypatch.setenv("COLUMNS", str(width))
        outcome = knobwise("ls", *words)
        assert outcome.status == 0, outcome
        left = re.search(r"no room for (?:\d+ columns: )?(.*); --columns", outcome.err)
        return outcome.out.splitlines()[0].split(), left[1].split(", ") if left else []

    return ls


@pytest.fixture
def runs(knobwise):
    """Six runs: lr differs in all, act in two ways, fixed never; one of three metrics is rare."""
    for i in range(6):
        few = ["-m", "odd=1"] if i == 3 else []
        knobwise("log", "fixed=1", f"act={'relu' if i % 2 else 'tanh'}", f"lr=0.{i}1", "-m",
                 f"loss=0.{i}", "-m", f"acc=0.{9 - i}", *few, "--seed", str(i))  # fmt: skip


ALL = 200


@pytest.mark.usefixtures("runs")
def test_what_a_filter_or_the_order_names_is_there(narrow):
    assert narrow(ALL)[1] == []
    assert "fixed" in narrow(31, "fixed=1")[0]
    assert "act" in narrow(31, "act in relu,tanh")[0]
    assert "act" in narrow(31, "--sort", "-act")[0]
    assert "odd" in narrow(31, "has:odd")[0]
    assert not {"act", "fixed", "odd"} & set(narrow(31)[0])  # the control


@pytest.mark.usefixtures("runs")
def test_declared_metrics_stand_before_parameters_and_these_before_the_rest(knobwise, narrow):
    assert narrow(38)[0] == ["id", "status", "lr", "loss", "acc"]
    knobwise("declare", "metric", "acc", "--direction", "maximize")
    assert narrow(38)[0] == ["id", "status", "act", "lr", "acc"]
    assert narrow(45)[0] == ["id", "status", "act", "lr", "loss", "acc"]
    left = narrow(38)[1]
    assert {"fixed", "odd", "seed", "loss"} < set(left)


def test_the_queue_is_as_told():
    cells = {
        "id": ["1", "2"], "status": ["f", "f"], "seed": ["0", "1"], "started": ["a", "b"],
        "params.same": ["1", "1"], "params.some": ["", "2"], "params.two": ["1", "2"],
        "metrics.nan": ["nan", "nan"], "metrics.mine": ["1", "1"], "metrics.loss": ["1", "2"],
        "tags": ["x", ""],
    }  # fmt: skip

    def queue(**told):
        places = urgency(cells, **told)
        return sorted(cells, key=lambda key: places[key])[2:]

    mine = queue(declared=["mine", "not here"])
    assert mine == ["metrics.mine", "params.two", "params.some", "metrics.loss", "seed", "started",
                    "tags", "params.same", "metrics.nan"]  # fmt: skip
    assert queue()[:4] == ["metrics.loss", "params.two", "params.some", "seed"]
    assert queue(named=["same", "tags", "nobody"])[:3] == ["params.same", "tags", "metrics.loss"]
    one = {key: column[:1] for key, column in cells.items() if column[0]}
    places = urgency(one)  # one run: nothing can be called constant
    assert places["params.same"] < places["seed"] < places["tags"]


def test_a_name_that_two_things_have_is_told_with_its_kind(knobwise, narrow):
    for i in range(2):
        knobwise("log", f"loss=0.{i}", f"seconds=0.{i}", f"lr=0.{i}", "-m", f"loss=0.{i}")
    shown, left = narrow(20)
    assert (shown, {"params.loss", "metrics.loss", "params.seconds", "lr"} <= {*left}) == (
        ["id", "status"], True,
    )  # fmt: skip
    assert set(narrow(ALL)[0]) >= {"params.loss", "metrics.loss", "params.seconds", "lr"}
    names = [name for name in left if not name.startswith("started")]
    assert chosen(",".join(names), list(journal.open().runs())) == names
