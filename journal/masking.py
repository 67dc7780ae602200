"""Credentials among parameters and notes: ``***`` is recorded in their place, and that is said.

A journal is copied and shared for years, so what flags, output and diffs do not record
(``journal.redaction``) is recorded from nowhere else either. Texts alone are masked: a number, a
truth value, None is never a credential. Most runs have no suspect text at all; for them nothing
is loaded here, which ``knobwise log`` would wait for.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping

TYPE_CHECKING = False
if TYPE_CHECKING:
    from journal.values import Scalar

_NAMES = ("pass", "pwd", "secret", "credential", "key", "token", "auth", "bearer", "jwt")
_VALUES = (
    "hf_", "ghp_", "gho_", "ghu_", "ghs_", "ghr_", "github_pat_", "glpat-", "sk-", "xox", "AKIA",
    "ASIA", "AIza", "eyJ", "://", "PRIVATE KEY",
)  # fmt: skip
_ASSIGNED = ("pass", "secret", "api", "access", "private", "auth", "bearer")
_told: set[str] = set()
"""Names that were said to be masked: once is enough for a program of many runs."""


def is_suspect(name: str, value: str) -> bool:
    """May this be a credential? Quick, and wrong on the safe side."""
    lowered = name.lower()
    return any(part in lowered for part in _NAMES) or _may_hold_one(value)


def _may_hold_one(text: str) -> bool:
    lowered = text.lower()
    return any(part in text for part in _VALUES) or any(part in lowered for part in _ASSIGNED)


def masked(params: dict[str, Scalar]) -> dict[str, Scalar]:
    """The same parameters without the credentials among their texts."""
    suspects = [n for n, v in params.items() if isinstance(v, str) and is_suspect(n, v)]
    if not suspects:
        return params
    from journal.redaction import HIDDEN, redact, says_secret

    clean: dict[str, Scalar] = dict(params)
    for name in suspects:
        value = str(params[name])
        clean[name] = HIDDEN if says_secret(name, value) else redact(value)
    _tell(clean, params)
    return clean


def masked_note(text: str) -> str:
    """A note without what has a credential's form, or is assigned to a credential's name."""
    if not _may_hold_one(text):
        return text
    from journal.redaction import redact

    clean = redact(text)
    _tell({"a note": clean}, {"a note": text})
    return clean


def _tell(clean: Mapping[str, Scalar], before: Mapping[str, Scalar]) -> None:
    """Say on stderr, once for each name, what is not recorded."""
    new = [n for n, v in clean.items() if type(v) is str and v != before[n] and n not in _told]
    if new and sys.stderr is not None:
        from journal.screen import say

        _told.update(new)
        names = ", ".join(new)
        say(f"knobwise: {names}: this looks like a credential, and *** is recorded in its place")
