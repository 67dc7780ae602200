"""Where a run came from: code, machine, packages; nothing secret, and no waiting."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from journal import provenance, provenance_git
from journal.provenance_git import DIFF_BYTES, git_state
from journal.provenance_python import PythonFacts, interpreter_of


def git(*words):
    names = {"GIT_AUTHOR_NAME": "a", "GIT_AUTHOR_EMAIL": "a@b", "GIT_COMMITTER_NAME": "a",
             "GIT_COMMITTER_EMAIL": "a@b", "GIT_CONFIG_GLOBAL": os.devnull}  # fmt: skip
    done = subprocess.run(
        ["git", *words], capture_output=True, text=True, check=True, env={**os.environ, **names}
    )
    return done.stdout.strip()


@pytest.fixture
def repository(tmp_path):
    git("init", "-q", "-b", "main")
    Path("train.py").write_text("lr = 1\n")
    Path(".env").write_text("MODE=a\n")
    git("add", ".")
    git("commit", "-q", "-m", "first")
    return tmp_path


def test_a_clean_tree_is_its_commit_and_branch(repository):
    (repository / "sub").mkdir()
    (repository / "untracked").write_text("x")
    state = git_state(str(repository / "sub"))
    assert state == {"commit": git("rev-parse", "HEAD"), "branch": "main", "dirty": False}


def test_a_file_that_was_only_touched_is_no_change(repository):
    os.utime("train.py", (1, 1))
    state = git_state(str(repository))
    assert state is not None
    assert state["dirty"] is False


@pytest.mark.parametrize(
    "name",
    [
        "my credentials.json",
        'two "secrets"\tof "mine"',
        "a b/.env",
        "Ü\ncredential",
        "é\\ b/.netrc",
    ],
)
@pytest.mark.parametrize("change", ["altered", "added", "removed", "bytes"])
def test_a_private_file_is_only_named_whatever_its_path_has(repository, name, change):
    path = Path(name)
    path.parent.mkdir(exist_ok=True)
    if change != "added":
        path.write_text("before-hand\n")
    git("add", ".")
    git("commit", "-q", "--allow-empty", "-m", "private")
    path.write_bytes(b"\0hush-hush" if change == "bytes" else b"hush-hush\n")
    git("add", ".")
    if change == "removed":
        path.unlink()
    Path("train.py").write_text("lr = 3\n")
    state = git_state(str(repository))
    assert state is not None
    diff = str(state["diff"])
    assert "+lr = 3" in diff
    assert diff.count("diff --git ") == 2
    assert "hush" not in diff
    assert "before-hand" not in diff


def test_what_was_changed_is_kept_and_private_files_are_only_named(repository):
    Path("train.py").write_text("lr = 2\napi_key = 'abcdef0123456789'\n")
    Path(".env").write_text("MODE=very-private\n")
    state = git_state(str(repository))
    assert state is not None
    assert state["dirty"] is True
    diff = str(state["diff"])
    assert "+lr = 2" in diff
    assert "diff --git a/.env b/.env\n(not shown)" in diff
    assert "abcdef0123456789" not in diff
    assert "very-private" not in diff
    assert git("status", "--porcelain").count("M ") == 2


@pytest.mark.parametrize("size", [DIFF_BYTES + 1000, 6 << 20])
def test_a_large_diff_is_cut(repository, size):
    Path("train.py").write_text("é\n" * (size // 3))
    state = git_state(str(repository))
    assert state is not None
    assert len(str(state["diff"]).encode()) <= DIFF_BYTES
    assert (state["dirty"], state["diff_cut"]) == (True, True)


def test_before_the_first_commit_and_outside_a_repository(tmp_path):
    assert git_state(str(tmp_path)) is None
    git("init", "-q")
    assert git_state(str(tmp_path)) == {"commit": None, "dirty": None}


def test_a_git_that_does_not_answer_is_not_waited_for(repository, monkeypatch):
    slow = repository / "bin"
    slow.mkdir()
    (slow / "git").write_text("#!/bin/sh\nexec sleep 60\n")
    (slow / "git").chmod(0o755)
    monkeypatch.setenv("PATH", f"{slow}:{os.environ['PATH']}")
    monkeypatch.setattr(provenance_git, "GIT_SECONDS", 0.2)
    assert git_state(str(repository)) is None
    monkeypatch.setenv("PATH", "")
    assert git_state(str(repository)) is None


def test_the_environment_is_recorded_by_a_list_and_secrets_stay_out():
    environ = {"OMP_NUM_THREADS": "2", "HOME": "/root", "AWS_SECRET_ACCESS_KEY": "s", "MY": "m",
               "HF_TOKEN": "hf_" + "a" * 30, "XLA_FLAGS": "\udcff"}  # fmt: skip
    assert provenance.environment(environ) == {"OMP_NUM_THREADS": "2", "XLA_FLAGS": "?"}
    more = provenance.environment(environ, ["MY", "HF_TOKEN", "AWS_SECRET_ACCESS_KEY", "NONE"])
    assert more == {"OMP_NUM_THREADS": "2", "XLA_FLAGS": "?", "MY": "m"}


def test_a_long_command_is_cut_and_the_machine_is_told():
    command = provenance.of_command(["x" * 5000, "y" * 5000, "z"])["command"]
    assert isinstance(command, list)
    assert len("".join(map(str, command))) <= 8200
    assert {"host", "os", "cpus"} <= provenance.machine().keys()


def test_the_interpreter_of_a_command_is_found_and_asked(tmp_path):
    python = Path(sys.executable)
    script = tmp_path / "tool"
    script.write_text(f"#!{python}\nprint()\n")
    script.chmod(0o755)
    assert interpreter_of([str(python), "x.py"]) == str(python)
    assert interpreter_of([str(script)]) == str(python)
    assert interpreter_of(["sh", "-c", "true"]) is None
    assert interpreter_of(["no-such-program"]) is None
    other = tmp_path / "python3"
    other.symlink_to(Path(sys.executable).resolve())
    facts = PythonFacts(str(other)).facts()
    assert facts["python"] == ".".join(map(str, sys.version_info[:3]))
    own = PythonFacts(sys.executable).facts()["packages"]
    assert isinstance(own, dict)
    assert "numpy" in own
    assert PythonFacts(None).facts() == PythonFacts("/no/such/python").facts() == {}
