"""Addresses that are no folders: what is refused, and that no password is shown."""

import sys

import pytest

import journal
from journal.addresses import shown
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
        ("postgresql://h/d", "postgresql://h/d"),
        ("data/a:b@c", "data/a:b@c"),
    ],
)  # fmt: skip
def test_a_password_is_not_shown(address, safe):
    assert shown(address) == safe
    assert repr(journal.open(address)) == f"<Journal {safe}>"


def test_other_addresses_are_refused():
    with pytest.raises(UsageError, match="mysql"):
        journal.open("mysql://h/d")


def test_without_psycopg_it_says_what_to_install(knobwise, monkeypatch):
    monkeypatch.delitem(sys.modules, "journal.postgres")
    monkeypatch.setitem(sys.modules, "psycopg", None)
    refused = knobwise("ls", "--journal", "postgresql://h/d")
    assert refused.status == 1
    assert "pip install 'knobwise[postgres]'" in refused.err
