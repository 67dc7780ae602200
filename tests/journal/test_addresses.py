"""Addresses that are no folders: what is refused, and that no password is shown."""

import sys
import traceback

import pytest

import journal
from journal.addresses import shown, without_secrets
from journal.errors import UsageError


def test_a_server_that_is_not_there_is_an_error_without_the_password(knobwise, monkeypatch):
    monkeypatch.setattr("journal.postgres.PATIENCE_SECONDS", 0.2)
    told = "postgresql://me:secret@127.0.0.1:1/none"
    for words in (["ls"], ["log", "lr=1"], ["verify"]):
        failed = knobwise(*words, "--journal", told)
        assert (failed.status, failed.out) == (1, "")
        assert "secret" not in failed.err
        assert "me:***@127.0.0.1" in failed.err
        assert "is the server running" in failed.err


@pytest.mark.parametrize(
    ("address", "safe"),
    [
        ("postgresql://me:p%40ss@h:5/d", "postgresql://me:***@h:5/d"),
        ("postgresql://me@h/d?password=x&sslmode=require",
         "postgresql://me@h/d?password=***&sslmode=require"),
        ("postgresql://u:hunter#2@h/db", "postgresql://u:***@h/db"),
        ("postgresql://u:hun?ter@h/db", "postgresql://u:***@h/db"),
        ("postgresql://u:p@ss:w@h:5/db", "postgresql://u:***@h:5/db"),
        ("postgresql://u:a/b c@h/db?x=y@z", "postgresql://u:***@h/db?x=y@z"),
        ("postgresql://:secret@h/db", "postgresql://:***@h/db"),
        ("postgresql:///db?pass%77ord=a#b&user=u", "postgresql:///db?pass%77ord=***&user=u"),
        ("postgresql://u:p@h?password=x&sslpassword=y&sslkey=z",
         "postgresql://u:***@h?password=***&sslpassword=***&sslkey=z"),
        ("postgresql://h:5432/d?user=a@b", "postgresql://h:5432/d?user=a@b"),
        ("postgresql://a:1,b:2/d", "postgresql://a:1,b:2/d"),
        ("postgresql://u:@h/d", "postgresql://u:@h/d"),
        ("postgresql://h/d", "postgresql://h/d"),
        ("data/a:b@c", "data/a:b@c"),
    ],
)  # fmt: skip
def test_a_password_is_not_shown(address, safe):
    assert shown(address) == safe
    assert repr(journal.open(address)) == f"<Journal {safe}>"


@pytest.mark.parametrize(
    "told",
    [
        "hunter2%zz@h/db",
        "hunter2@[::1/db",
        "p@hunter2@127.0.0.1:1/db",
        "hunter2/p@127.0.0.1:1/db",
        "hunter2@127.0.0.1:port/db",
    ],
)
def test_what_the_library_says_of_an_address_has_no_password(knobwise, monkeypatch, told):
    monkeypatch.setattr("journal.postgres.PATIENCE_SECONDS", 0.0)
    address = f"postgresql://u:{told}"
    failed = knobwise("ls", "--journal", address)
    assert (failed.status, failed.out) == (1, "")
    assert "postgresql://u:***@" in failed.err
    assert "hunter2" not in failed.err
    with pytest.raises(journal.JournalError) as caught:
        journal.open(address).read()
    assert "hunter2" not in "".join(traceback.format_exception_only(caught.value))
    assert caught.value.__suppress_context__ or "hunter2" not in str(caught.value.__cause__)


def test_a_short_password_leaves_the_message_readable():
    said = 'invalid percent-encoded token: "e%", in the address'
    hidden = 'invalid percent-encoded token: "***", in the address'
    assert without_secrets(said, "postgresql://u:e%@h/d") == hidden


def test_a_command_line_that_is_shown_has_no_password(knobwise):
    for address in ("mysql://me:hunter2@h/d", "postgresql://me:hunter2@h/d"):
        failed = knobwise("ls", "lr<", "--journal", address)
        assert failed.status == 2
        assert "hunter2" not in failed.err
        assert "://me:***@h/d" in failed.err
    failed = knobwise("ls", "--journal", "mysql://me:hunter2@h/d")
    assert "hunter2" not in failed.err
    assert "^" * len("mysql://me:***@h/d") in failed.err


def test_other_addresses_are_refused():
    with pytest.raises(UsageError, match="mysql"):
        journal.open("mysql://h/d")


def test_without_psycopg_it_says_what_to_install(knobwise, monkeypatch):
    monkeypatch.delitem(sys.modules, "journal.postgres")
    monkeypatch.setitem(sys.modules, "psycopg", None)
    refused = knobwise("ls", "--journal", "postgresql://h/d")
    assert refused.status == 1
    assert "pip install 'knobwise[postgres]'" in refused.err
