"""Commands in hints, for the journal that the failed command was about."""

from __future__ import annotations

import re
from collections.abc import Sequence

from journal.shell import quoted

_COMMAND = re.compile(
    r"\bknobwise (?:declare (?:metric|parameter)|import \w+|amend|best|default|diff|export|finish"
    r"|log|ls|note|plan|rename|report|importance|retract|show|tag|verify)\b(?! --(?:help|journal))"
)
"""Commands that may be copied, up to where ``--journal`` can stand."""


def addressed(hint: str, address: str | None) -> str:
    """The hint with its commands for this journal; as it is where none was named.

    Without this a command that is copied would act on whatever journal is found from here.
    """
    if address is None or not _COMMAND.search(hint):
        return hint
    from journal.addresses import typed

    told = quoted(typed(address))
    return _COMMAND.sub(lambda found: f"{found[0]} --journal {told}", hint)


def named(words: Sequence[str]) -> str | None:
    """The journal that these words of a command line name with ``--journal``."""
    told = None
    for place, word in enumerate(words):
        if word == "--":
            break
        if word == "--journal" and place + 1 < len(words):
            told = words[place + 1]
        elif word.startswith("--journal="):
            told = word.partition("=")[2]
    return told
