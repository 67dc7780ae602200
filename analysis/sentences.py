"""Sentences of the analysis: written once as a key and facts, worded in English for the contract.

    said("withheld.no_runs", metric="val_error")   ->  Said
    english(that)                                  ->  "No finished run has a usable val_error."

The catalogue is `analysis/lang/<code>.json`, its keys `says.KEY`; a hint or a cure is
`says.KEY.hint`, or that of the key's head (`says.drift.hint` for `drift.repeated`). How a fact is
written is decided in the catalogue, by the gap's format (`analysis.words.Voice.fact`).
"""

from __future__ import annotations

import numpy as np

from analysis.results import Finding, Level, Said, Scalar
from analysis.words import Voice, words

Fact = Scalar | Said | tuple[Said | str, ...] | np.generic


def said(key: str, /, **facts: Fact) -> Said:
    """A sentence that a rendering words."""
    told = tuple((name, _plain(fact)) for name, fact in facts.items())
    return Said(key=f"says.{key}", facts=told)


def _plain(fact: Fact) -> Scalar | Said | tuple[Said | str, ...]:
    if not isinstance(fact, np.generic):
        return fact
    plain: Scalar = fact.item()
    return plain


def english(sentence: Said) -> str:
    """The sentence as the JSON contract has it."""
    return Voice(words()).worded(sentence)


def english_hint(sentence: Said) -> str:
    """Its hint, likewise; empty where it has none."""
    return Voice(words()).hint(sentence)


def finding(key: str, /, *parameters: str, level: Level = "warning", **facts: Fact) -> Finding:
    """A finding about some parameters; a warning unless said otherwise.

    key: `CODE` or `CODE.CASE`, a sentence of the catalogue that these facts fill.
    """
    says = said(key, **facts)
    return Finding(
        level=level,
        code=key.partition(".")[0],
        parameters=parameters,
        message=english(says),
        hint=english_hint(says),
        says=says,
    )
