"""Long names made short so that no two look alike: what tells them apart stays.

`model.layers.3.attention.dropout` beside `model.layers.4.attention.dropout` is `…layers.3…dropout`:
the words that are kept stand together in no other name of the list. To those are added the word
before each, the last one, and more from the end, as far as there is room. Names of the same words
in another order are numbered.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING

from analysis.numerals import DIGITS, display_width, setting, shortened, shown

if TYPE_CHECKING:
    from analysis.results import Report, Scalar

BETWEEN = "._/: -"
"""What ends a word of a name."""
_WORD = re.compile(rf"[^{BETWEEN}]+[{BETWEEN}]*|[{BETWEEN}]+")
_LONGEST = 400
"""Columns of a name that are looked at."""


def brief(report: Report | None, name: str, *, columns: int) -> str:
    """A name in so many columns; no two of a report's parameters look alike."""
    names = report.names if report else ()
    return unlike(names if name in names else (name,), columns=columns)[name]


def settings(values: Sequence[Scalar], *, columns: int, digits: int = DIGITS) -> list[str]:
    """Settings as text in so many columns, no two of them alike."""
    texts = [setting(value, digits=digits) for value in values]
    short = unlike(tuple(texts), columns=columns)
    return [short[text] for text in texts]


@lru_cache(maxsize=64)
def unlike(names: tuple[str, ...], *, columns: int) -> Mapping[str, str]:
    """Name -> the name, visible and in so many columns; no two of the short ones are alike."""
    whole = {name: shortened(shown(name), _LONGEST) for name in names}
    words = {name: _words(text, columns) for name, text in whole.items()}
    having = defaultdict(set)
    for name, found in words.items():
        for word in found:
            having[word].add(name)
    made = {name: text for name, text in whole.items() if display_width(text) <= columns}
    taken = set(made.values())
    for name in whole:
        if name not in made:
            made[name] = _untaken(_short(name, words[name], having, columns), taken, columns)
            taken.add(made[name])
    return made


def _words(text: str, columns: int) -> list[str]:
    """The words of a name with what ends them; one for which there is no room is in parts."""
    part = max(columns // 4, 1)
    return [
        word[start : start + part] if len(word) > columns else word
        for word in _WORD.findall(text)
        for start in range(0, len(word) if len(word) > columns else 1, part)
    ]


def _short(name: str, words: list[str], having: Mapping[str, set[str]], columns: int) -> str:
    """The words that stand together in no other name, and around them what there is room for."""
    kept: set[int] = set()
    alike = set().union(*having.values()) - {name}
    while alike:
        best = min(range(len(words)), key=lambda place: len(alike & having[words[place]]))
        if alike <= having[words[best]]:
            break  # the same words in another order
        alike &= having[words[best]]
        kept.add(best)
    before = [place - 1 for place in sorted(kept) if place]
    for places in (before, reversed(range(len(words)))):
        for place in places:
            if display_width(_joined(words, kept | {place})) > columns:
                break
            kept.add(place)
    return _joined(words, kept)


def _joined(words: list[str], kept: set[int]) -> str:
    """The words that are kept, and `…` for those between them."""
    text, goes_on = "", 0
    for place in (*sorted(kept), len(words)):
        if place > goes_on:
            text = text.rstrip(BETWEEN) + "…"
        text += words[place] if place < len(words) else ""
        goes_on = place + 1
    return text


def _untaken(text: str, taken: set[str], columns: int) -> str:
    """The text in so many columns, with a number where another looks like it."""
    made, number = shortened(text, columns), 1
    while made in taken:
        number += 1
        mark = f"~{number}"
        made = shortened(text, columns - len(mark)) + mark
    return made
