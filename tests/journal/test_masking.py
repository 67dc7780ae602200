"""Credentials are recorded from nowhere; hyperparameters that sound like them are, as they are."""

import json
from pathlib import Path

import pytest

import journal
from journal import masking

GITHUB = "ghp_" + "a1B2" * 9


@pytest.fixture(autouse=True)
def nothing_told(monkeypatch):
    monkeypatch.setattr(masking, "_told", set())


def everything() -> str:
    """All bytes of the journal."""
    return "".join(path.read_text() for path in Path("data/journal").glob("*.jsonl"))


def test_credentials_given_by_any_command_are_masked_and_that_is_said(knobwise):
    said = "this looks like a credential, and *** is recorded in its place"
    logged = knobwise("log", f"token={GITHUB}", "--note", f"key {GITHUB}", "-m", "acc=1")
    assert f"knobwise: token: {said}" in logged.err
    assert f"knobwise: a note: {said}" in logged.err
    ran = knobwise("run", "-p", "api_key=sk-abcdef123456", "--", "true")
    assert f"knobwise: api_key: {said}" in ran.err
    run = knobwise("start", "db.password=hunter2", "--note", f"x {GITHUB}").out.strip()
    knobwise("finish", run)
    knobwise("amend", run, "secret=hunter2")
    knobwise("note", run, f"again {GITHUB}")
    knobwise("default", "passwd", "hunter2")
    rows = [{"params": {"lr": 1, "auth_token": GITHUB}, "note": GITHUB}] * 2
    Path("many.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    knobwise("log", "--jsonl", "many.jsonl")
    knobwise("import", "jsonl", "many.jsonl")
    Path("t.csv").write_text(f"password,acc\nhunter2,1\n{GITHUB},2\n")
    knobwise("import", "csv", "t.csv", "-m", "acc")
    assert len(list(journal.open().runs())) == 9
    for secret in (GITHUB, "sk-abcdef123456", "hunter2"):
        assert secret not in everything()
    assert everything().count("***") >= 12


def test_credentials_given_in_python_are_masked_and_that_is_said_once(capfd):
    for _ in range(2):
        with journal.run({"api": {"key": "abc"}}, token=GITHUB, note=GITHUB) as run:
            run.note(f"see {GITHUB}")
        assert run.params == {"api.key": "***", "token": "***"}
        journal.open().log({"url": "https://me:hunter2@example.org/x"}, note=GITHUB)
    assert GITHUB not in everything()
    assert '"https://***@example.org/x"' in everything()
    said = capfd.readouterr().err.splitlines()
    assert len([line for line in said if "credential" in line]) == 3  # parameters, note, url


def test_what_only_sounds_like_a_credential_stays_as_it_is(knobwise):
    words = {"max_tokens": 512, "token_dropout": 0.1, "key_size": 64, "n_keys": 8, "password": 4,
             "secret_santa": 3, "api_key": True, "token": None, "key": "accuracy",
             "pad_token": "[PAD]", "tokenizer": "meta-llama/Llama-3.1-8B", "task-name": "sk-1",
             "note": "passed the api test"}  # fmt: skip
    journal.open().log(words, note="the api token was not given: passed")
    (run,) = journal.open().runs()
    assert run.params == words
    assert run.notes == ("the api token was not given: passed",)
    assert knobwise("log", "max_tokens=512", "secret_santa=3").err == ""


def test_flags_named_like_credentials_are_left_out_by_run_and_that_is_said_once(knobwise):
    words = ["--token", "mysecretvalue", "--wandb_key=abc", "--token", "other", "--n-keys", "4"]
    ran = knobwise("run", "--", "true", *words)
    said = "knobwise: token, wandb_key: this looks like a credential, and is not recorded\n"
    assert said in ran.err
    assert "more than once" not in ran.err
    (run,) = journal.open().runs()
    assert run.params == {"n_keys": 4}
    assert not any(secret in everything() for secret in ("mysecretvalue", '"abc"', "other"))
    assert "credential" not in knobwise("run", "--", "true", "--max-tokens", "4").err


def test_a_parameter_named_like_a_credential_is_masked_however_it_looks(knobwise):
    logged = knobwise("log", "hf_token=short", "bearer=x", "auth=user:word", "token=5", "lr=1")
    assert "hf_token, bearer, auth: this looks like a credential" in logged.err
    (run,) = journal.open().runs()
    assert run.params == {"hf_token": "***", "bearer": "***", "auth": "***", "token": 5, "lr": 1}
