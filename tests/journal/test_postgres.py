"""A team's journal in a real PostgreSQL: the same events, fold and commands; only added to."""

import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from itertools import count
from pathlib import Path

import psycopg
import pytest

import journal
from journal import copying, verification
from journal.errors import JournalError, JournalNotFound, ValueRefused, WriteFailed
from journal.events import Logged, Noted
from journal.ids import uuid7
from journal.journal import Journal
from journal.postgres import PostgresStore
from journal.sieve import read_about
from journal.store import read_run
from tests.journal.server import Server
from tests.journal.test_export import facts, grown

pytestmark = pytest.mark.postgres
_names = count()


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with Server() as running:
        yield running


@pytest.fixture
def address(server: Server) -> str:
    """Of a database without a journal."""
    return server.database(f"db{next(_names)}")


@pytest.fixture
def team(address: str) -> Iterator[Journal]:
    with journal.open(address) as book:
        yield book


def sql(address: str, *statements: str) -> list[tuple[object, ...]]:
    with psycopg.connect(address, autocommit=True) as connection:
        for statement in statements:
            cursor = connection.execute(statement)
        return cursor.fetchall() if cursor.description else []


def test_events_and_fold_are_those_of_a_folder_there_and_back(team):
    with grown("a") as folder, journal.open("b") as back:
        assert copying.copy(folder, team).new == len(folder.read().events)
        assert copying.copy(folder, team).new == 0
        assert copying.copy(team, back).whole
        read = [repr(book.read().events) for book in (folder, team, back)]
        assert read[0] == read[1] == read[2]
        told = [[facts(run) for run in book.fold().runs] for book in (folder, team)]
        assert told[0] == told[1]
        assert team.frame().shape == folder.frame().shape
        for run in folder.runs():
            about = [read_run(book.store, run.id) for book in (folder, team)]
            assert repr(about[0]) == repr(about[1])
            assert len(about[0]) == run.events
            asked = [read_about(book.store, [run.id[-9:]]) for book in (folder, team)]
            assert repr(asked[0]) == repr(asked[1])
            assert repr([e for e in asked[1].events if e.run]) == repr(list(about[1]))


def test_the_commands_are_the_same(knobwise, address, monkeypatch):
    monkeypatch.setenv("KNOBWISE_JOURNAL", address)
    run = knobwise("log", "lr=3e-4", "act=hü", "-m", "acc=0.5").out.strip()
    assert [r["id"] for r in json.loads(knobwise("ls", "lr<1", "--json").out)] == [run]
    assert "hü" in knobwise("show", run).out
    checked = knobwise("verify")
    assert (checked.status, "1 event of 1 run" in checked.out) == (0, True)
    assert knobwise("copy", address, "folder").status == 0
    assert [r.id for r in journal.open("folder").runs()] == [run]
    again = knobwise("copy", "folder", address)
    assert (again.status, again.err) == (0, "0 events copied, 1 were there already\n")


def test_nothing_there_is_no_journal(team, knobwise, address):
    with pytest.raises(JournalNotFound):
        team.read()
    assert knobwise("ls", "--journal", address).status == 1
    assert sql(address, "SELECT count(*) FROM pg_tables WHERE tablename LIKE 'knobwise%'") == [(0,)]


UPSERT = """INSERT INTO knobwise_events SELECT * FROM knobwise_events
ON CONFLICT (id) DO UPDATE SET body = '{}'"""
MERGE = """MERGE INTO knobwise_events a USING knobwise_events b ON a.id = b.id
WHEN MATCHED THEN DELETE"""


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE knobwise_events SET body = '{}'",
        "DELETE FROM knobwise_events",
        "DELETE FROM knobwise_events WHERE false",
        "TRUNCATE knobwise_events",
        UPSERT,
        MERGE,
    ],
)
def test_nobody_rewrites_not_even_a_superuser(team, address, statement):
    team.log({"lr": 1})
    with pytest.raises(psycopg.errors.InsufficientPrivilege, match="never rewritten"):
        sql(address, statement)
    assert len(team.read().events) == 1


def test_a_member_may_add_and_read_and_nothing_else(server, team, address):
    team.log({"lr": 1})
    role = f"member{next(_names)}"
    sql(address, f"CREATE ROLE {role} LOGIN", f"GRANT SELECT, INSERT ON knobwise_events TO {role}")
    theirs = address.replace("postgres:@", f"{role}:@")
    with journal.open(theirs) as book:
        book.log({"lr": 2})
        assert [run.params["lr"] for run in book.runs()] == [1, 2]
    for statement in (
        "UPDATE knobwise_events SET body = ''", "DELETE FROM knobwise_events",
        "TRUNCATE knobwise_events", "DROP TABLE knobwise_events",
        "ALTER TABLE knobwise_events DISABLE TRIGGER ALL",
        "SET session_replication_role = replica",
    ):  # fmt: skip
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            sql(theirs, statement)
    stranger = f"stranger{next(_names)}"
    sql(address, f"CREATE ROLE {stranger} LOGIN")
    with journal.open(address.replace("postgres:@", f"{stranger}:@")) as book:
        with pytest.raises(WriteFailed, match="permission denied") as refused:
            book.log({"lr": 3})
        assert "GRANT SELECT, INSERT" in refused.value.hint
        with pytest.raises(JournalError, match="permission denied"):
            book.read()


def test_an_owner_that_is_no_superuser_makes_the_journal_and_rewrites_nothing(address):
    owner = f"owner{next(_names)}"
    sql(address, f"CREATE ROLE {owner} LOGIN", f"GRANT CREATE ON SCHEMA public TO {owner}")
    theirs = address.replace("postgres:@", f"{owner}:@")
    with journal.open(theirs) as book:
        book.log({"lr": 1})
        book.append([book.logged({"lr": lr}) for lr in (2, 3)])
        assert [run.params["lr"] for run in book.runs()] == [1, 2, 3]
    for statement in ("UPDATE knobwise_events SET n = n", "DELETE FROM knobwise_events",
                      "TRUNCATE knobwise_events"):  # fmt: skip
        with pytest.raises(psycopg.errors.InsufficientPrivilege, match="permission denied"):
            sql(theirs, statement)


def test_the_same_event_again_changes_nothing_and_another_under_its_id_is_refused(team):
    events = [team.logged({"i": i}, metrics={"m": float("nan")}) for i in range(3)]
    team.append(events[:2])
    team.append(events[:1])
    team.append(events)
    team.append([events[0], events[0], *events])
    assert len(team.read().events) == 3
    with pytest.raises(ValueRefused, match="another event"):
        team.append([Logged(id=events[0].id, run=events[0].run, at=events[0].at, params={"i": 9})])
    assert [run.params["i"] for run in team.runs()] == [0, 1, 2]
    assert verification.verify(team.store).sound


def test_what_cannot_be_kept_is_refused_and_the_next_is_fine(team):
    team.log({"lr": 1})
    note = Noted(id=uuid7(), run=None, at=team.store.now(), note="\ud800")
    with pytest.raises(ValueRefused):
        team.append([team.logged({"lr": 2}), note])
    odd = {"nul": "a\0b", "newline": "a\nb", "quote": "\"'\\", "rtl": "\u202e", "big": 2**70}
    team.log(odd)
    assert [dict(run.params) for run in team.runs()] == [{"lr": 1}, odd]


def test_a_row_committed_late_is_read_all_the_same(team, address):
    """Where each slot ends is all a reader needs to know: no row is skipped, whatever the order."""
    team.log({"i": 0})
    with journal.open(address) as slow:
        slow.log({"i": 1})
        store = slow.store
        assert isinstance(store, PostgresStore)
        assert store._connection is not None
        with store._connection.transaction():  # what this writer adds now is not committed yet
            slow.log({"i": 2})
            team.log({"i": 3})
            seen = team.store.ends()  # type: ignore[attr-defined]
            assert [run.params["i"] for run in team.runs()] == [0, 1, 3]
        assert [run.params["i"] for run in team.runs()] == [0, 1, 2, 3]
        after = team.store.ends()  # type: ignore[attr-defined]
    grown_slots = [(new[0], old[2], new[2]) for old, new in zip(seen, after, strict=True)]
    assert grown_slots == [(0, 2, 2), (1, 1, 2)]


def test_who_follows_a_journal_sees_it_grow_and_nothing_else(team, address):
    from analysis.intake import growth

    changed = growth(address)
    assert changed() == changed()  # also where nothing is there yet
    team.log({"i": 0})
    one = changed()
    assert one == changed()
    team.log({"i": 1})
    assert changed() != one


def test_what_was_changed_behind_its_back_is_named(team, address, knobwise):
    runs = [team.log({"i": i}) for i in range(5)]
    kept = knobwise("verify", "--head", "--journal", address).out
    Path("head").write_text(kept)
    sql(address, "ALTER TABLE knobwise_events DISABLE TRIGGER ALL",
        "UPDATE knobwise_events SET body = replace(body, '1', '7') WHERE n = 2",
        "DELETE FROM knobwise_events WHERE n = 4")  # fmt: skip
    checked = json.loads(knobwise("verify", "--json", "--journal", address).out)
    assert [(d["kind"], d["segment"], d["line"]) for d in checked["damage"]] == [
        ("altered", "0.0", 2), ("missing", "0.0", 4),
    ]  # fmt: skip
    assert knobwise("verify", "--journal", address).status == 1
    assert [r["id"] for r in json.loads(knobwise("ls", "--json", "--journal", address).out)] == [
        runs[0], runs[2], runs[4],
    ]  # fmt: skip
    sql(address, "DELETE FROM knobwise_events WHERE n = 5")
    cut = knobwise("verify", "--against", "head", "--journal", address)
    assert "cut short" in cut.out


def test_parts_end_and_the_next_begins(team, monkeypatch):
    monkeypatch.setattr("journal.postgres_table.PART_ROWS", 10)
    team.append([team.logged({"i": i}) for i in range(25)])
    team.log({"i": 25})
    assert team.store.ends() == ((0, 0, 10), (0, 1, 10), (0, 2, 6))  # type: ignore[attr-defined]
    assert [run.params["i"] for run in team.runs()] == list(range(26))
    assert verification.verify(team.store).sound


def test_threads_share_a_journal(team):
    def work(k: int) -> None:
        for i in range(20):
            team.log({"k": k, "i": i})

    threads = [threading.Thread(target=work, args=(k,)) for k in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(list(team.runs())) == 80


def test_a_fork_has_a_connection_of_its_own(team):
    team.log({"who": "parent"})
    child = os.fork()
    if child == 0:
        status = 1
        try:
            team.log({"who": "child"})
            status = 0
        finally:
            os._exit(status)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    team.log({"who": "parent"})
    assert sorted(str(run.params["who"]) for run in team.runs()) == ["child", "parent", "parent"]
    assert [slot for slot, _, _ in team.store.ends()] == [0, 1]  # type: ignore[attr-defined]


def test_many_begin_a_journal_at_the_same_moment(address, tmp_path):
    code = (
        "import sys, journal\n"
        "book = journal.open(sys.argv[1]); sys.stdin.readline()\n"
        "for i in range(3): book.log({'i': i})\n"
    )
    writers = [
        subprocess.Popen([sys.executable, "-c", code, address], stdin=subprocess.PIPE,
                         cwd=Path(__file__).parents[2])
        for _ in range(6)
    ]  # fmt: skip
    for writer in writers:
        assert writer.stdin is not None
        writer.stdin.write(b"\n")
        writer.stdin.close()
    assert [writer.wait() for writer in writers] == [0] * 6
    with journal.open(address) as book:
        assert len(list(book.runs())) == 18
        assert verification.verify(book.store).sound


def test_latin_databases_are_refused(address):
    name, place = f"latin{next(_names)}", address.partition("?")[2]
    encoding = "ENCODING 'LATIN1' LC_COLLATE 'C' LC_CTYPE 'C' TEMPLATE template0"
    sql(address, f"CREATE DATABASE {name} {encoding}")
    with (
        journal.open(f"postgresql://postgres@/{name}?{place}") as book,
        pytest.raises(WriteFailed, match="LATIN1"),
    ):
        book.log({"lr": 1})
