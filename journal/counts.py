"""Numbers of things in a sentence."""

from __future__ import annotations


def counted(number: int, thing: str) -> str:
    """``1 run``, ``1,000 runs``; with its verb where ``thing`` has one: ``1 run has``."""
    first, *rest = thing.split(" ")
    if number != 1:
        rest = [_VERBS.get(word, word) for word in rest]
        first += "s"
    return " ".join([f"{number:,}", first, *rest])


_VERBS = {"has": "have", "is": "are", "keeps": "keep", "was": "were"}
