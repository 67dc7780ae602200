"""``knobwise import csv``: what is wrong about a table, and what cures it."""

import locale
from pathlib import Path

import pytest

import journal
from analysis.errors import InputError
from analysis.runs import OUTCOMES, outcome
from journal.csv_cells import STATUS_WORDS, UNDER_WAY, status
from journal.errors import ValueRefused

KOREAN = "학습률,정확도\n0.1,0.5\n"


@pytest.mark.parametrize(
    ("data", "own", "guess"),
    [
        (KOREAN.encode("cp949"), "UTF-8", "CP949"),
        (KOREAN.encode("utf-16"), "UTF-8", "UTF-16"),
        ("lr,精度\n".encode("cp932"), "cp932", "CP932"),
        ("größe,acc\n".encode("latin-1"), "UTF-8", "ENCODING"),
        ("größe,acc\n".encode("latin-1"), "ISO-8859-1", "ENCODING"),  # it takes any bytes
        (KOREAN.encode("cp949") + b"\xff", "UTF-8", "ENCODING"),
    ],
)
def test_the_encoding_is_guessed_where_the_bytes_speak_for_it(
    knobwise, monkeypatch, data, own, guess
):
    monkeypatch.setattr(locale, "getencoding", lambda: own)
    Path("t.csv").write_bytes(data)
    refused = knobwise("import", "csv", "t.csv", "-m", "acc")
    assert refused.status == 2
    assert "the encoding it was saved in" in refused.err
    assert f"iconv -f {guess} -t UTF-8 t.csv > utf8.csv" in refused.err


def test_two_columns_of_one_name_are_refused_with_what_to_do(knobwise):
    Path("t.csv").write_text("lr,lr,acc\n1,2,3\n")
    refused = knobwise("import", "csv", "t.csv", "-m", "acc")
    assert refused.status == 2
    assert "two columns are named lr\n  give one of them another name" in refused.err


def test_equal_complaints_are_one_and_all_that_is_wrong_is_said_at_once(knobwise):
    rows = [f"{n / 8},{n} %,{word}" for n, word in enumerate(["ok", "weird", "queer"] * 30)]
    Path("t.csv").write_text("\n".join(["lr,acc,state", *rows, "1,2"]))
    words = ["import", "csv", "t.csv", "-m", "acc", "--status", "state"]
    shown = knobwise(*words, "--dry-run")
    said = [line for line in shown.out.splitlines() if "not understood" in line]
    few = [f"row {n + 2}: the metric acc is '{n} %'" for n in range(3)]
    assert shown.status == 2
    assert [line.partition(" (")[0] for line in said] == [
        f"not understood: {'; '.join(few)}; and 87 rows more",
        "not understood: row 3: the status 'weird'; row 4: the status 'queer'; and 58 rows more",
        "not understood: row 92: 2 cells under 3 columns",
    ]
    assert "--percent acc reads 10 % as 0.1" in said[0]
    refused = knobwise(*words)
    assert (refused.status, "and 2 complaints more" in refused.err) == (2, True)
    assert not Path("data").exists()


def test_percentages_are_read_in_the_columns_that_are_named_and_stay_in_others(knobwise):
    Path("t.csv").write_text('lr,growth,tag,acc\n1,3%,5% noise,"93.1 %"\n2,4.5%,b,+7%\n3,,c,100%\n')
    assert "nothing was imported" in knobwise("import", "csv", "t.csv", "-m", "acc").err
    done = knobwise("import", "csv", "t.csv", "-m", "acc", "--percent", "acc,growth")
    assert done.err.splitlines()[-1] == "3 runs imported"
    runs = list(journal.open().runs())
    assert [run.metrics["acc"] for run in runs] == [0.931, 0.07, 1.0]
    assert [run.params.get("growth") for run in runs] == [0.03, 0.045, None]
    assert [run.params["tag"] for run in runs] == ["5% noise", "b", "c"]
    wrong = knobwise("import", "csv", "t.csv", "-m", "acc", "--percent", "ac")
    assert (wrong.status, "did you mean acc?" in wrong.err) == (2, True)


def test_percentages_beside_numbers_are_remarked_on(knobwise):
    Path("t.csv").write_text("drop,lr,acc\n10%,1,1\n0.1,2,2\n20 %,3,3\n")
    words = ["import", "csv", "t.csv", "-m", "acc"]
    said = "drop: 2 cells with %, 1 is a number without: 10 % is read as "
    for command in (words, [*words, "--dry-run"]):
        plain = knobwise(*command)
        assert f"{said}text; --percent drop reads it as 0.1" in plain.out + plain.err
        read = knobwise(*command, "--percent", "drop", "--journal", "other")
        assert f"{said}0.1, and these as they are" in read.out + read.err
        assert "%" not in (knobwise(*command, "--text", "drop", "--journal", "x").err)
    assert [run.params["drop"] for run in journal.open("other").runs()] == [0.1, 0.1, 0.2]


@pytest.mark.parametrize("word", sorted(UNDER_WAY | {"Running"}))
def test_rows_of_runs_that_have_not_ended_are_left_out_and_counted(knobwise, word):
    Path("t.csv").write_text(f"lr,State,acc\n0.1,finished,0.9\n0.2,{word},\n0.3,{word},high\n")
    words = ["import", "csv", "t.csv", "-m", "acc", "--status", "State"]
    shown = knobwise(*words, "--dry-run")
    assert shown.status == 0
    assert "1 run\n" in shown.out
    assert "left out: 2 runs that have not ended" in shown.out
    done = knobwise(*words)
    assert (done.status, "left out: 2 runs that have not ended\n" in done.err) == (0, True)
    assert [run.params["lr"] for run in journal.open().runs()] == [0.1]
    Path("t.csv").write_text("lr,State,acc\n0.1,finished,0.9\n0.2,ok,0.5\n")
    assert "1 run imported, 1 known already" in knobwise(*words).err


def test_a_dry_run_shows_what_is_understood_of_the_rows_that_are_refused(knobwise):
    Path("t.csv").write_text("lr,State,acc\n0.1,weird,0.9\n0.2,ok,high\n0.3\n")
    shown = knobwise("import", "csv", "t.csv", "-m", "acc", "--status", "State", "--dry-run")
    assert shown.status == 2
    assert "0 runs; 2 rows refused" in shown.out
    assert "parameter  lr: number, 2 distinct: 0.1, 0.2\n" in shown.out
    assert "status     State: text, 1 distinct: finished, absent in 1\n" in shown.out
    assert "metric     acc: number, 1 distinct: 0.9, absent in 1\n" in shown.out


def test_a_fault_of_the_header_is_said_too(knobwise):
    Path("t.csv").write_text("lr,a\x07cc\n1,2\n")
    refused = knobwise("import", "csv", "t.csv", "-m", "a\x07cc")
    assert (refused.status, "control character" in refused.err) == (2, True)


def test_a_status_column_is_read_as_the_analyst_reads_a_tables(knobwise):
    """But for *interrupted*: the journal derives it, and records such a run as killed."""

    def recorded(word):
        return {"interrupted": "killed"}.get(outcome(word), outcome(word))

    told = {word: state for state, words in STATUS_WORDS.items() for word in words}
    told |= dict.fromkeys(UNDER_WAY, "running")
    assert told == {word: recorded(word) for word in OUTCOMES}
    ends = [*OUTCOMES, "OK", "0", "0.0", "1", "-9", "137.0"]
    for place, word in enumerate(ends):
        table = f"t{place}.csv"
        Path(table).write_text(f"lr,acc,state\n{place},0.5,{word}\n")
        done = knobwise("import", "csv", table, "-m", "acc", "--status", "state", "--journal", "j")
        assert done.status == 0, word
        assert ("left out: 1 run " in done.err) == (outcome(word) == "running"), word
    read = {str(run.params["lr"]): run.status for run in journal.open("j").runs()}
    assert read == {
        str(place): recorded(word) for place, word in enumerate(ends) if outcome(word) != "running"
    }
    with pytest.raises(InputError):  # the control: what nobody says is read by neither
        outcome("weird")
    with pytest.raises(ValueRefused):
        status("weird")


EXCEL = 'sep=;\nlr;opt;hidden;acc\n0,01;adam;"64,32";0,9\n1e-3;sgd;"32,16";1\n'


def test_decimal_commas_are_read_where_that_is_said(knobwise):
    Path("t.csv").write_text(EXCEL.removeprefix("sep=;\n"))
    words = ["import", "csv", "t.csv", "-m", "acc", "--delimiter", ";"]
    assert "--decimal , reads 0,5 as 0.5" in knobwise(*words).err
    done = knobwise(*words, "--decimal", ",", "--text", "hidden")
    assert done.err.splitlines()[1:] == ["2 runs imported"]
    assert [(run.params, run.metrics["acc"]) for run in journal.open().runs()] == [
        ({"lr": 0.01, "opt": "adam", "hidden": "64,32"}, 0.9),
        ({"lr": 0.001, "opt": "sgd", "hidden": "32,16"}, 1.0),
    ]
    assert knobwise(*words, "--decimal", ";").status == 2


def test_commas_that_are_read_as_text_are_remarked_on(knobwise):
    Path("t.csv").write_text('lr,n,h,acc\n"0,1","1,000",a,1\n0.2,"2,000",b,2\n')
    words = ["import", "csv", "t.csv", "-m", "acc"]
    told = "lr: 1 cell such as 0,1 read as text; --decimal , reads 0.1, --text lr says it is text"
    assert f"  {told}" in knobwise(*words, "--dry-run").out.splitlines()
    done = knobwise(*words, "--text", "n")
    assert [line for line in done.err.splitlines() if "decimal" in line] == [f"knobwise: {told}"]


def test_commas_between_thousands_are_told_from_decimal_ones(knobwise):
    """--decimal was all that was offered: it reads 1,024 as 1.024."""
    Path("t.csv").write_text('n,size,acc\n"1,024","1,048,576",0.5\n"2,048","16,384",0.6\n')
    words = ["import", "csv", "t.csv", "-m"]
    told = "(1024 is written without commas; --decimal , reads 1.024)"
    assert told in knobwise(*words, "n,acc").err
    assert "(1048576 is written without commas)" in knobwise(*words, "size,acc").err
    done = knobwise(*words, "acc").err
    assert "n: 2 cells such as 1,024 read as text; 1024 is written without commas, --dec" in done
    assert "size: 2 cells such as 1,048,576 read as text; 1048576 is written without" in done
    Path("u.csv").write_text(
        Path("t.csv").read_text().replace("1,024", "1024").replace("2,048", "2048")
    )
    assert knobwise("import", "csv", "u.csv", "-m", "n,acc").status == 0


@pytest.mark.parametrize("told", ["1.000", "1.000,5", "1.000.000"])
def test_a_point_where_decimals_follow_a_comma_is_refused(knobwise, told):
    """1.000 may be a thousand; a date is none."""
    Path("t.csv").write_text(f"lr;n;day;acc\n0,1;{told};01.02.2024;1\n")
    words = ["import", "csv", "t.csv", "-m", "acc", "--delimiter", ";", "--decimal", ","]
    refused = knobwise(*words)
    assert (refused.status, f"row 2: n is {told}, and decimals" in refused.err) == (2, True)
    assert not Path("data").exists()
    for option in ("--text", "--ignore"):
        assert knobwise(*words, option, "n", "--dry-run").status == 0


def test_the_line_that_tells_excel_the_delimiter_is_no_header(knobwise):
    for name, data in {"acc": EXCEL, "ACC": "\ufeff" + EXCEL.replace("\n", "\r\n").upper()}.items():
        Path("t.csv").write_text(data)
        words = ["-m", name, "--decimal", ",", "--journal", name]
        assert knobwise("import", "csv", "t.csv", *words).status == 0
        assert len(list(journal.open(name).runs())) == 2
    Path("t.csv").write_text('sep=;\nlr;acc\n1;2\n1;"2\n')
    refused = knobwise("import", "csv", "t.csv", "-m", "acc")
    assert "t.csv:4: a quote is not closed" in refused.err


def test_a_table_of_ours_that_excel_saved_with_commas_is_known(knobwise):
    knobwise("log", "lr=0.5", "-m", "acc=0.25", "--seconds", "1.5")
    knobwise("export", "-o", "t.csv")
    text = Path("t.csv").read_text().replace(",", ";").replace("0.5", "0,5").replace("0.25", "0,25")
    Path("t.csv").write_text(text.replace("1.5", "1,5"))
    words = ["import", "csv", "t.csv", "--delimiter", ";", "--decimal", ",", "--journal", "other"]
    assert knobwise(*words).status == 0
    (old,), (new,) = (list(journal.open(address).runs()) for address in (None, "other"))
    assert (new.id, new.params, new.metrics, new.seconds) == (
        old.id, old.params, old.metrics, old.seconds,
    )  # fmt: skip


@pytest.mark.parametrize("first", [0, 1])
def test_a_column_that_counts_the_rows_is_remarked_on(knobwise, first):
    rows = [f"{n + first},{0.1 if n % 2 else 0.2},{n / 8}" for n in range(9)]
    Path("t.csv").write_text("\n".join(["Unnamed: 0,lr,acc", *rows]))
    words = ["import", "csv", "t.csv", "-m", "acc", "--dry-run"]
    told = "Unnamed: 0: counts the rows, so no two are one configuration; --ignore 'Unnamed: 0' "
    assert told in knobwise(*words).out
    for option in ("--ignore", "--seed", "--text"):
        assert "counts the rows" not in knobwise(*words, option, "Unnamed: 0").out
    Path("t.csv").write_text("\n".join(["n,lr,acc", *rows[:-1], rows[0]]))
    assert "counts the rows" not in knobwise(*words).out


def test_texts_that_are_read_as_one_number_are_remarked_on(knobwise):
    Path("t.csv").write_text("ver,n,x,acc\n1.1,7,1,1\n1.10,007,1.0,2\n1.2,8,1e0,3\n")
    told = knobwise("import", "csv", "t.csv", "-m", "acc")
    assert "ver: 1.1 and 1.10 are read as one number; --text ver keeps them apart" in told.err
    assert "n: 7 and 007 are read as one number" in told.err
    assert "x:" not in told.err
    told = knobwise("import", "csv", "t.csv", "-m", "acc", "--text", "ver,n", "--journal", "b")
    assert "one number" not in told.err
    assert [run.params["ver"] for run in journal.open("b").runs()] == ["1.1", "1.10", "1.2"]


def test_a_table_that_is_read_in_another_way_is_said_to_count_twice(knobwise):
    rows = "lr,ver,acc\n0.1,1.1,1\n0.2,1.10,2\n"
    Path("t.csv").write_text(rows)
    way = ("import", "csv", "t.csv", "-m", "acc")
    assert "earlier" not in knobwise(*way).err
    assert "earlier" not in knobwise(*way).err
    Path("t.csv").write_text(rows + "0.3,1.2,3\n")  # a longer version of it
    assert "earlier" not in knobwise(*way).err
    told = knobwise(*way, "--text", "ver")
    assert "3 runs imported" in told.err
    assert "3 runs of an earlier t.csv stand beside these" in told.err
    ids = [run.id for run in journal.open().runs() if not isinstance(run.params["ver"], str)]
    assert knobwise("retract", *ids, "--reason", "read otherwise").status == 0
    assert "earlier" not in knobwise(*way, "--text", "ver").err


@pytest.mark.parametrize(
    ("cells", "is_told"),
    [
        (("COMPLETE", "FAIL", "PRUNED"), True),
        (("finished", "running", ""), True),
        (("ok", "ok", "ok"), True),
        (("true", "false", "none"), False),
        (("complete", "ward", "single"), False),
    ],
)
def test_a_column_that_says_how_runs_ended_is_no_parameter_without_a_word(knobwise, cells, is_told):
    rows = "".join(f"{i},{cell},{i / 8}\n" for i, cell in enumerate(cells))
    Path("t.csv").write_text(f"lr,run state,acc\n{rows}")
    shown = knobwise("import", "csv", "t.csv", "-m", "acc", "--dry-run")
    done = knobwise("import", "csv", "t.csv", "-m", "acc")
    said = "run state: says how runs ended, and is read as a parameter; --status 'run state' reads"
    assert (said in shown.out, f"knobwise: {said}" in done.err) == (is_told, is_told)
    again = knobwise("import", "csv", "t.csv", "-m", "acc", "--status", "run state", "--dry-run")
    assert said not in again.out
    if is_told:
        beside = knobwise("import", "csv", "t.csv", "-m", "acc", "--status", "run state")
        assert "3 runs of an earlier t.csv stand beside these" in beside.err
