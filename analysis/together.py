"""What do two parameters do only together, where both exist?

A share of the whole space's variance is small for whatever exists in a small part of it, or beside
an algorithm that decides almost everything; yet where that algorithm is used, its parameters may
have to be tuned together. So a pair is measured as its parameters are, where they exist. A
parameter and what switches it are measured where the switch exists, since that pair holds what the
choice of a level takes from the parameter; and, if several levels switch it on, among those too.
The larger share counts.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from itertools import combinations

import numpy as np

from analysis import answers
from analysis.frame import Frame
from analysis.joint import highs
from analysis.regions import Region, asked, where, within
from analysis.results import Interaction, Surface
from analysis.slices import needs
from analysis.study import Study

Key = tuple[tuple[int, tuple[float, ...]], ...]


@dataclass(frozen=True, eq=False)
class Pair:
    """An interaction, and the study that it is of; None where its parameters never meet.

    high: the upper end of all that both do together, be others with them or not (`joint`), which
    groups are claimed on.
    """

    interaction: Interaction
    study: Study | None
    high: float


@dataclass(frozen=True, eq=False)
class Together:
    """All pairs of a space, from its study and those of its regions.

    regions: where conditional parameters exist; rng: draws for the runs where two conditions hold;
    margin: share of the variance below which two parameters are separate.
    """

    whole: Study
    frame: Frame
    regions: tuple[Region, ...]
    rng: np.random.Generator
    workers: int
    margin: float
    met: dict[Key, Region] = field(default_factory=dict)

    def measured(self) -> list[Pair]:
        """Every pair that something can be said of, largest first.

        Of a parameter that has no shares of its own no pair is told either.
        """
        names = self.whole.frame.space.names
        found = [self._pair(left, right) for left, right in combinations(names, 2)]
        return sorted(
            self._with_others([pair for pair in found if pair is not None]),
            key=lambda pair: (-pair.interaction.share, pair.interaction.parameters),
        )

    def _with_others(self, pairs: list[Pair]) -> list[Pair]:
        """The same pairs, and how much they may do together with a third."""
        low = [pair for pair in pairs if pair.study is not None and pair.high < self.margin]
        for study in {id(pair.study): pair.study for pair in low}.values():
            assert study is not None
            own = {_columns(study, pair): pair for pair in low if pair.study is study}
            for columns, high in highs(study, list(own), margin=self.margin).items():
                pair = own[columns]
                pairs[pairs.index(pair)] = replace(pair, high=max(pair.high, high))
        return pairs

    def _pair(self, left: str, right: str) -> Pair | None:
        there = [self._home(left), self._home(right)]
        known = [study for study in there if study is not None]
        if len(known) < len(there):
            return None
        for parent, child, home in ((left, right, known), (right, left, known[::-1])):
            kept = where(self.frame.space, child).get(self.frame.space.index(parent))
            if kept is not None:
                return _largest(home if len(kept) > 1 else home[:1], left, right)
        both = where(self.frame.space, left, right)
        if any(not len(active) for active in both.values()):
            first, second = sorted((left, right))
            never = Interaction(parameters=(first, second), share=0.0, low=0.0, high=0.0)
            return Pair(never, None, 0.0)
        for name, study in zip((left, right), known, strict=True):
            if _key(both) == _key(where(self.frame.space, name)):
                return _largest([study], left, right)
        return self._meeting(left, right, known)

    def _home(self, name: str) -> Study | None:
        """The study of where a parameter exists; None where the runs there carry none."""
        for region in self.regions:
            if name in region.names:
                return region.study
        return self.whole

    def _meeting(self, left: str, right: str, apart: list[Study]) -> Pair:
        """Two conditions that hold together in some runs only: what those say.

        If they carry no study nothing low is claimed: the pair is open above.
        """
        both = where(self.frame.space, left, right)
        if _key(both) not in self.met:
            part = within(self.frame, both)
            self.met[_key(both)] = asked((left, right), part, rng=self.rng, workers=self.workers)
        there = self.met[_key(both)].study
        if there is not None:
            return _largest([there], left, right)
        found = _largest(apart, left, right)
        return replace(found, interaction=replace(found.interaction, low=0.0, high=1.0), high=1.0)


def surface(pairs: list[Pair]) -> Surface | None:
    """The objective over the settings of the strongest pair that exists as a whole; None of none.

    Of a parameter and what switches it half of the settings are none.
    """
    for pair in pairs:
        if pair.study is None or pair.interaction.share <= 0:
            return None
        space, (left, right) = pair.study.frame.space, _columns(pair.study, pair)
        if left not in needs(space, right) and right not in needs(space, left):
            return answers.surface(pair.study, pair.interaction)
    return None


def _largest(studies: list[Study], left: str, right: str) -> Pair:
    found = [(answers.interaction(study, left, right=right), study) for study in studies]
    largest, study = max(found, key=lambda one: one[0].share)
    return Pair(largest, study, answers.tie(study, left, right=right))


def _columns(study: Study, pair: Pair) -> tuple[int, int]:
    left, right = (study.frame.space.index(name) for name in pair.interaction.parameters)
    return left, right


def _key(kept: dict[int, np.ndarray]) -> Key:
    return tuple(sorted((column, tuple(active.tolist())) for column, active in kept.items()))
