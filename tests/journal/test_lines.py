"""The format: what a line is, that it vouches for itself, that the chain holds."""

import hashlib
import json
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from journal import values
from journal.bodies import entry_of, event_of
from journal.errors import ValueRefused
from journal.events import KINDS, Declared, Logged, Metrics
from journal.ids import uuid7, uuid_of
from journal.lines import LINE_BYTES, NO_LINE, encode, is_sound, plain_json, quick_json
from journal.packing import pack_scalar, unpack_scalar
from journal.segments import json_reader
from tests.journal.conftest import whole

AT = datetime(2026, 11, 23, 12, 50, 0, 123456, tzinfo=UTC)
RUN = "01a20894-8232-770a-89dc-68bab4e41578"

names = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=20)
scalars = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.integers(-(2**70), 2**70)
    | st.floats()
    | st.text(st.characters(exclude_categories=["Cs"]))
)


def encode_event(event, *, number, previous):
    return encode(entry_of(event), number=number, previous=previous)


def logged(**told) -> Logged:
    return Logged(id=RUN, run=RUN, at=AT, **told)


def test_a_line_is_the_documented_bytes():
    line, hashed = encode_event(logged(params={"lr": 0.001}, seed=0), number=1, previous=NO_LINE)
    head = (
        f'{{"knobwise":1,"n":1,"prev":"{NO_LINE}","id":"{RUN}","run":"{RUN}",'
        '"at":"2026-11-23T12:50:00.123456Z","type":"logged",'
        '"body":{"params":{"lr":0.001},"seed":0}'
    )
    assert line.decode() == head + f',"hash":"{hashed}"}}\n'
    assert hashed == hashlib.sha256(head.encode()).hexdigest()[:32]


@given(params=st.dictionaries(names, scalars, max_size=6), metric=st.floats())
def test_every_scalar_comes_back_exactly(params, metric):
    event = logged(params=params, metrics={"m": metric})
    for to_json in (plain_json, quick_json()):
        line, _ = encode(entry_of(event), number=1, previous=NO_LINE, to_json=to_json)
        for loads in (json.loads, json_reader()):
            (record,) = whole(line, "s", loads).records
            back = event_of(record)
            assert repr(back) == repr(event)


@pytest.mark.parametrize("to_json", [plain_json, quick_json()])
@pytest.mark.parametrize(
    "content",
    [
        {"context": {"deep": [float("nan")]}},
        {"context": {"at": AT}},
        {"note": "\udc80"},
        {"params": {"\udc80": 1}},
        {"context": {"n": {1, 2}}},
        {"context": {"n": [2**63]}},
        {"context": {"n": -float("inf")}},
    ],
)
def test_both_writers_of_json_refuse_what_would_not_come_back(content, to_json):
    entry = (RUN, RUN, "2026-11-23T12:50:00.123456Z", "logged", content)
    with pytest.raises(ValueRefused):
        encode(entry, number=1, previous=NO_LINE, to_json=to_json)


def test_a_writer_of_many_lines_writes_what_it_wrote_at_first(book):
    told = {"small": 1e-05, "large": 1e16, "huge": 2**70, "nan": float("nan"), "minus": -0.0}
    for seed in range(40):
        book.log({**told, "text": "ä\n\0"}, seed=seed, context={"deep": [{"n": 2**62}]})
    assert {repr(run.params) for run in book.runs()} == {repr({**told, "text": "ä\n\0"})}
    assert {repr(run.context) for run in book.runs()} == {repr({"deep": [{"n": 2**62}]})}


@pytest.mark.parametrize(
    "value", [2**63, -(2**63), 2**64, 2**4000, 1 - 10**4000, -0.0, 5e-324, 1.7e308]
)
def test_extreme_numbers_come_back_exactly(value):
    line, _ = encode_event(logged(params={"x": value}), number=1, previous=NO_LINE)
    (record,) = whole(line, "s", json_reader()).records
    back = event_of(record)
    assert isinstance(back, Logged)
    assert repr(back.params["x"]) == repr(value)


def test_a_megabyte_and_ten_thousand_parameters_fit_and_more_is_refused():
    params = values.parameters({f"p{i}": i for i in range(10_000)} | {"t": "x" * values.TEXT_BYTES})
    line, _ = encode_event(logged(params=params), number=1, previous=NO_LINE)
    assert is_sound(line[:-1])
    with pytest.raises(ValueRefused, match="too large"):
        encode_event(logged(note="x" * LINE_BYTES), number=1, previous=NO_LINE)
    with pytest.raises(ValueRefused, match="at most"):
        values.parameters({"t": "x" * (values.TEXT_BYTES + 1)})


@pytest.mark.parametrize(
    "params",
    [
        {"a": "\ud800"},
        {"\ud800": 1},
        {"": 1},
        {"a\nb": 1},
        {"a\0": 1},
        {"a": 10**5000},
        {"a": object()},
        {"a": {"b": 1}, "a.b": 2},
        {"x" * 2000: 1},
        {"a": b"bytes"},
    ],
)
def test_what_would_not_come_back_is_refused(params):
    with pytest.raises(ValueRefused):
        values.parameters(params)


@pytest.mark.parametrize("text", ["9" * 4001, "-" + "9" * 4001, hex(10**4000), oct(10**5000)])
def test_an_integer_of_too_many_digits_is_refused_in_every_notation(text):
    with pytest.raises(ValueRefused, match="an integer has more than 4000 digits"):
        values.read_scalar(text)
    assert values.read_word(text) == text
    assert values.read_scalar(values.write_scalar(text)) == text


@pytest.mark.parametrize("text", [str(1 - 10**4000), hex(10**4000 - 1), "9" * 4000])
def test_one_of_as_many_as_can_be_kept_is_read_and_written_back(text):
    value = values.read_scalar(text)
    assert abs(value) == 10**4000 - 1
    assert values.read_scalar(values.write_scalar(value)) == value
    assert unpack_scalar(pack_scalar(value)) == value


def test_every_event_type_comes_back_and_unknown_fields_are_not_swallowed():
    declared = Declared(
        id=RUN, run=None, at=AT, parameter="slope", domain=(0.01, float("inf")), levels=(1, None),
        scale="log", role="studied", condition={"act": ("leaky_relu", 1, True)},
    )  # fmt: skip
    batch = Metrics(id=RUN, run=RUN, at=AT, step=(1, 2), name=("a", "b"), value=(0.5, float("inf")))
    for event in (declared, batch):
        line, _ = encode_event(event, number=1, previous=NO_LINE)
        (record,) = whole(line, "s", json_reader()).records
        assert event_of(record) == event
    assert set(KINDS) >= {"started", "metrics", "finished", "logged", "amended", "retracted"}


def test_ids_increase_and_are_of_their_versions():
    ids = [uuid7() for _ in range(5000)]
    assert ids == sorted(set(ids))
    assert {i[14] for i in ids} == {"7"}
    assert uuid_of(b"x") == uuid_of(b"x") != uuid_of(b"y")
    assert uuid_of(b"x")[14] == "8"


@given(value=scalars)
def test_a_written_scalar_reads_as_itself(value):
    if isinstance(value, str) and not value.isprintable():
        return
    back = values.read_scalar(values.write_scalar(value))
    assert repr(back) == repr(value)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("true", True), ("FALSE", False), ("null", None), ("~", None), ("", None), ("1e-3", 0.001),
        ("3e4", 30000.0), (".5", 0.5), ("1.", 1.0), ("007", 7), ("0x1F", 31), ("0o17", 15),
        ("0x1_2", "0x1_2"), ("0o8", "0o8"), ("0x_1", "0x_1"), ("-0x1", "-0x1"), ("0X1", "0X1"),
        ("-3", -3), ("yes", "yes"), ("1_000", "1_000"), ("relu", "relu"), ("'1.10'", "1.10"),
        ('"a\\tb"', "a\tb"), ("inf", float("inf")), ("-.inf", float("-inf")), ("2026-01-02",) * 2,
        ("1e", "1e"), ("e3", "e3"), ("[1, 2]", "[1, 2]"), ("-", "-"), ("0x", "0x"), ("'", "'"),
    ],
)  # fmt: skip
def test_text_is_read_as_yaml_reads_it(text, value):
    back = values.read_scalar(text)
    assert (type(back), back) == (type(value), value)
