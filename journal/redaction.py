"""What must not be recorded: passwords, keys, tokens in commands, diffs and output.

Two signs: the name of a flag says so (``--api-key``, ``--password``), or the value has a form that
only credentials have (``ghp_…``, ``https://user:word@host``). ``--max-tokens 512`` and
``--pad-token '[PAD]'`` are hyperparameters and stay. This is a net, not a proof: a secret that
looks like nothing is recorded as what it looks like.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

HIDDEN = "***"
"""What stands where a secret stood."""

_ALWAYS = frozenset(
    {"password", "passwd", "passphrase", "pwd", "secret", "secrets", "credential", "credentials",
     "apikey"}
)  # fmt: skip
_KEY_OF = frozenset({"api", "access", "private", "ssh", "secret", "account", "signing"})
_LONG = 16
"""A token or key shorter than this is a word of somebody's vocabulary, not a credential."""
_WORDS = re.compile(r"[A-Za-z]+([_.-][A-Za-z]+)+")
"""Words joined: validation_accuracy is what somebody sorts by (``sort_key``)."""
_FORMS = re.compile(
    r"""(?x)
    \b(?: hf_[A-Za-z0-9]{20,} | gh[pousr]_[A-Za-z0-9]{20,} | github_pat_\w{20,}
        | glpat-[\w-]{16,} | sk-[\w-]{20,} | xox[abeoprs]-[\w-]{10,} | (?:AKIA|ASIA)[A-Z0-9]{16}
        | AIza[\w-]{30,} | eyJ[\w-]{10,}\.eyJ[\w-]{10,}\.[\w-]* )
    | (?<=://)[^/\s:@]*:[^\s"'<>]+(?=@)
    | -----BEGIN\ [A-Z ]*PRIVATE\ KEY-----[\s\S]*?(?:-----END\ [A-Z ]*PRIVATE\ KEY-----|\Z)
    """
)
_ASSIGNED = re.compile(
    r"""(?xi)
    ( (?: passw(?:or)?d | passphrase | secret(?:[-_.]?key)? | api[-_.]?key
                  | (?:access|private)[-_.]key | (?:access|auth|api|bearer)[-_.]?token ) \w{0,40}
      ["']? \s* [:=] \s* ["']? )
    ( [^\s"',;]{6,} )
    """
)


def is_secret(name: str, value: str) -> bool:
    """Does a flag of this name hold a secret in this value?"""
    return says_secret(name, value) or bool(name and _FORMS.search(value))


def says_secret(name: str, value: str) -> bool:
    """Does the name say that this value is a secret?"""
    parts = [part for part in re.split(r"[-_.\s]+", name.lower()) if part]
    if not parts:
        return False
    if _ALWAYS.intersection(parts):
        return True
    if parts[-1] == "key" and _KEY_OF.intersection(parts):
        return True
    opaque = len(value) >= _LONG and not re.search(r"[\s/\\<>\[\]]", value)
    return parts[-1] in {"token", "key", "auth"} and opaque and not _WORDS.fullmatch(value)


def redact(text: str) -> str:
    """The text with what has a credential's form, or is assigned to a credential's name, hidden."""
    return _ASSIGNED.sub(rf"\g<1>{HIDDEN}", _FORMS.sub(HIDDEN, text))


def redact_words(words: Sequence[str]) -> list[str]:
    """A command line without the secrets among its flags' values."""
    return list(_words(words))


def _words(words: Sequence[str]) -> Iterator[str]:
    flag = ""
    for word in words:
        name, equals, value = word.partition("=")
        if flag and not word.startswith("-") and is_secret(flag, word):
            yield HIDDEN
        elif equals and is_secret(name.lstrip("-+"), value):
            yield f"{name}={HIDDEN}"
        else:
            yield redact(word)
        flag = word.lstrip("-") if word.startswith("-") and not equals else ""
