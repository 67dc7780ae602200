"""Which code ran: commit, branch and what was changed since, as git knows it.

Plumbing only: ``git diff-index`` compares what is tracked and looks for nothing else, so a tree
with a million untracked files costs nothing (``git status`` would walk it). Nothing is written to
the repository (GIT_OPTIONAL_LOCKS), no hook, pager or external diff is run, each call has a time
limit, and a diff is read no further than it is kept.
"""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Iterator, Sequence

from journal.packing import Json
from journal.redaction import redact

DIFF_BYTES = 32 << 10
"""Most of a diff that is kept with a run."""
GIT_SECONDS = 5.0
"""Longest that git may take for one answer; without an answer nothing is recorded."""
_READ_BYTES = 4 << 20
_PRIVATE = re.compile(
    r"(?i)(^|/)(\.env[^/]*|[^/]*\.(pem|key|p12|pfx|keystore)|id_[a-z0-9]+|\.netrc|\.pypirc|\.npmrc"
    r"|[^/]*(credential|secret)[^/]*)$"
)
"""Files whose changes are named and not shown."""


def git_state(folder: str) -> dict[str, Json] | None:
    """The state of the repository around this folder; None where there is none, or no git."""
    told = _git(folder, ["rev-parse", "--show-toplevel"])
    if not told:
        return None
    top = os.fsdecode(told.rstrip(b"\n"))
    state: dict[str, Json] = {}
    commit = _git(top, ["rev-parse", "--quiet", "--verify", "HEAD"])
    if not commit:
        return {"commit": None, "dirty": None}
    state["commit"] = commit.decode("ascii", "replace").strip()
    branch = _git(top, ["symbolic-ref", "--quiet", "--short", "HEAD"])
    if branch:
        state["branch"] = branch.decode("utf-8", "replace").strip()
    options = ["--no-ext-diff", "--no-textconv", "--no-color", "--ignore-submodules=dirty"]
    prefixes = ["--src-prefix=a/", "--dst-prefix=b/"]
    diff = _git(top, ["diff-index", "-p", *options, *prefixes, "HEAD", "--"])
    return {**state, **_described(diff)}


def _described(diff: bytes | None) -> dict[str, Json]:
    """Is anything changed, and what; a file that was only touched is not."""
    if diff is None:
        return {"dirty": None}
    text = diff.decode("utf-8", "replace")
    files = [part for part in re.split(r"(?m)^(?=diff --git )", text) if part]
    changed = [_shown(part) for part in files if len(part.splitlines()) > 1]
    if not changed:
        return {"dirty": False}
    text = "".join(changed)
    whole = redact(text[: 2 * DIFF_BYTES]).encode()
    if len(text) < 2 * DIFF_BYTES and len(whole) <= DIFF_BYTES:
        return {"dirty": True, "diff": whole.decode()}
    return {
        "dirty": True,
        "diff": whole[:DIFF_BYTES].decode("utf-8", "ignore"),
        "diff_cut": True,
    }


def _shown(part: str) -> str:
    head, _, _ = part.partition("\n")
    return f"{head}\n(not shown)\n" if any(map(_PRIVATE.search, _paths(part))) else part


def _paths(part: str) -> Iterator[str]:
    """The file's paths before and after; none of a binary file, of which there are no lines.

    They stand in lines of their own: in the first line a blank may belong to either.
    """
    for line in part.partition("\n@@ ")[0].split("\n"):
        if line.startswith(("--- ", "+++ ", "rename from ", "rename to ")):
            path = re.sub(r"^(---|\+\+\+|rename \w+) ", "", line).rstrip("\t")
            if path.startswith('"'):
                raw = path[1:-1].encode().decode("unicode_escape")
                path = raw.encode("latin-1").decode("utf-8", "replace")
            yield path.removeprefix("a/").removeprefix("b/")


def _git(folder: str, words: Sequence[str]) -> bytes | None:
    """What git answers, up to ``_READ_BYTES``; None where it fails or takes too long."""
    quiet = ["-c", "core.fsmonitor=false", "-c", "core.quotepath=off"]
    command = ["git", "-C", folder, "--no-pager", *quiet, *words]
    environment = {**os.environ, "GIT_OPTIONAL_LOCKS": "0", "GIT_TERMINAL_PROMPT": "0"}
    try:
        with subprocess.Popen(
            command,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        ) as git:
            return _answer(git)
    except OSError:
        return None


def _answer(git: subprocess.Popen[bytes]) -> bytes | None:
    import threading

    assert git.stdout is not None
    late = threading.Timer(GIT_SECONDS, git.kill)
    late.start()
    try:
        answer = git.stdout.read(_READ_BYTES)
        if len(answer) == _READ_BYTES:
            git.kill()
            return answer
        return answer if git.wait() == 0 else None
    finally:
        late.cancel()
