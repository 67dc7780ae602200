"""Sentences of the analysis: written once as a key and facts, worded in English for the contract.

    said("withheld.no_runs", metric="val_error")   ->  Said
    english(that)                                  ->  "No finished run has a usable val_error."

The catalogue is `analysis/lang/<code>.json`, its keys `says.KEY`; a hint or a cure is
`says.KEY.hint`, or that of the key's head (`says.drift.hint` for `drift.repeated`). How a fact is
written is decided in the catalogue, by the gap's format (`analysis.words.Voice.fact`).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, TypeAlias

from analysis.results import Finding, Level, Said, Scalar
from analysis.words import Voice, words

if TYPE_CHECKING:
    from numpy import generic

Fact: TypeAlias = "Scalar | Said | tuple[Said | str, ...] | generic"

ALIKE = 4
"""So many findings of one kind are told in one sentence."""
MANY = {
    "absent": "absent.many",
    "collinear.settled": "collinear.settled.many",
    "constant_parameter": "constant_parameter.many",
    "edge.high": "edge.high.many",
    "edge.low": "edge.low.many",
    "gaps.stretch": "gaps.stretch.many",
    "unbalanced.rare": "unbalanced.rare.many",
}
"""Sentences about one parameter, and what says the same of many."""


def said(key: str, /, **facts: Fact) -> Said:
    """A sentence that a rendering words."""
    told = tuple((name, _plain(fact)) for name, fact in facts.items())
    return Said(key=f"says.{key}", facts=told)


def _plain(fact: Fact) -> Scalar | Said | tuple[Said | str, ...]:
    made: Any = fact
    plain: Scalar | Said | tuple[Said | str, ...]
    plain = made.item() if hasattr(made, "item") else made  # numpy's scalars have it
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


def told(findings: Sequence[Finding]) -> tuple[Finding, ...]:
    """The findings as people read them: many of one kind as one, where the first of them stood.

    The contract has each with its own numbers.
    """
    alike: dict[tuple[str, Level], list[Finding]] = {}
    voice = Voice(words())
    for item in findings:
        key = item.says.key.removeprefix("says.") if item.says else ""
        if key in MANY and voice.known(item.says) is not None:
            alike.setdefault((key, item.level), []).append(item)
    many = {place: found for place, found in alike.items() if len(found) >= ALIKE}
    first = {id(found[0]): _in_one(*place, found) for place, found in many.items()}
    others = {id(item) for found in many.values() for item in found[1:]}
    return tuple(first.get(id(item), item) for item in findings if id(item) not in others)


def _in_one(key: str, level: Level, found: Sequence[Finding]) -> Finding:
    names = tuple(name for item in found for name in item.parameters)
    assert found[0].says is not None
    facts = {name: fact for name, fact in found[0].says.facts if name == "runs"}
    return finding(MANY[key], *names, level=level, names=names, **facts)
