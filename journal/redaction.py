"""What must not be recorded: passwords, keys, tokens in commands, diffs and output.

Two signs: the name says so (``--api-key``, ``--password``, ``--hf-token``, ``--auth``), whatever
the value looks like, or the value has a form that only credentials have (``ghp_…``,
``https://user:word@host``). ``--max-tokens 512``, ``--pad-token '[PAD]'``, ``--sort-key loss`` are
hyperparameters and stay; so do numbers and truth values, except behind a flag named as a password.
This is a net, not a proof: a secret that looks like nothing, under a name that says nothing, is
recorded as what it looks like.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from journal.values import read_word

HIDDEN = "***"
"""What stands where a secret stood."""

_ALWAYS = frozenset(
    {"password", "passwd", "passphrase", "pwd", "secret", "secrets", "credential", "credentials",
     "apikey"}
)  # fmt: skip
_LAST = frozenset({"token", "auth", "authorization", "bearer", "jwt"})
"""Behind anything but what follows, these say so, too: ``hf_token``, ``basic-auth``."""
_OF_A_VOCABULARY = frozenset(
    {"audio", "begin", "blank", "bos", "class", "cls", "decoder", "dist", "distill", "encoder",
     "end", "eos", "extra", "first", "image", "initial", "last", "mask", "memory", "new", "next",
     "no", "num", "pad", "per", "placeholder", "prompt", "register", "sep", "separator", "sink",
     "source", "space", "special", "start", "stop", "target", "text", "trigger", "unk", "unknown",
     "use", "video", "vocab", "with", "word"}
)  # fmt: skip
"""``pad_token`` is a token of a language, ``use_auth`` a switch."""
_BRACKETED = re.compile(r"\[.*\]|<.*>")
_KEY_OF = frozenset(
    {"access", "account", "anthropic", "api", "aws", "azure", "clearml", "cohere", "comet", "gcp",
     "gemini", "github", "gitlab", "google", "groq", "hf", "huggingface", "kaggle", "langchain",
     "langsmith", "license", "mistral", "mlflow", "neptune", "openai", "openrouter", "pinecone",
     "private", "replicate", "secret", "serpapi", "signing", "ssh", "wandb"}
)  # fmt: skip
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
    last, before = parts[-1], parts[:-1]
    if last not in {*_LAST, "key"} or not isinstance(read_word(value), str):
        return False
    if last == "key" and _KEY_OF.intersection(before):
        return True
    if last in _LAST and not _OF_A_VOCABULARY.intersection(before):
        return not (last == "token" and _BRACKETED.fullmatch(value))
    opaque = len(value) >= _LONG and not re.search(r"[\s/\\<>\[\]]", value)
    return opaque and not _WORDS.fullmatch(value)


def redact(text: str) -> str:
    """The text with what has a credential's form, or is assigned to a credential's name, hidden."""
    return _ASSIGNED.sub(rf"\g<1>{HIDDEN}", _FORMS.sub(HIDDEN, text))


def redact_words(words: Sequence[str]) -> list[str]:
    """A command line without the secrets among its flags' values."""
    told: list[str] = []
    flag = ""
    for word in words:
        name, equals, value = word.partition("=")
        if flag and not word.startswith("-") and is_secret(flag, word):
            told.append(HIDDEN)
        elif equals and is_secret(name.lstrip("-+"), value):
            told.append(f"{name}={HIDDEN}")
        else:
            told.append(redact(word))
        flag = word.lstrip("-") if word.startswith("-") and not equals else ""
    return told
