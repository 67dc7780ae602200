"""The recommended values of all parameters are of one setting, and good together.

Each is at first the best beside random settings of all others. Of a learning rate that goes with
the batch size any batch size will do, and the best rate of all goes with another one than the best
batch size; of two optimizers, each with a rate of its own, either will do, but not at either rate.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from analysis.joint import partners
from analysis.optimum import best_setting
from analysis.recommending import WORSE, recommendation
from analysis.results import Elsewhere, Recommendation, Scalar
from analysis.results_runs import Setting
from analysis.slices import gate
from analysis.space import Space
from analysis.study import Study

N_DRAWS = 200
"""Of 40 the tenth part is four: what nine of ten say was chance."""
MOST_CODES = 12
"""Of one parameter that are tried beside another's."""
APART = 2.0
"""Margins that one of a parameter's good values may cost beside what is recommended of the others.
One it may cost by what good means, the other is left to what is good beside all, not beside these.
"""


def of_one_setting(
    study: Study,
    chosen: Mapping[int, Recommendation],
    *,
    margin: float,
    tuned: Collection[int],
    open_to: Collection[int],
) -> dict[int, Recommendation]:
    """What changes where values that are each good are none that is good together.

    chosen: by column; those that are not `tuned` are held at their value, whatever is found.
    open_to: those of which a reader is told no value, or several that are as good. If
    all single values together are surely worse (`WORSE`) than the best setting beside what is held,
    by more than the margin, the tuned ones that act together are recommended as they are in that
    setting. Else that happens, beside what is recommended of the others, to those of which a value
    that is called good is surely worse there by more than `APART` margins. Of a category's levels
    that are no longer good, those as good in another setting are told with it, and so they are of a
    level that is held; or that no other is as good in any.

    What hangs on a level is as is best beside it. Where what is recommended hangs on one of
    `open_to`, the value that it is recommended beside is told. Empty if nothing changes.
    """
    space, offer = study.frame.space, _Offer(study, chosen, margin)
    best = offer.better(tuned)
    columns = offer.strained(tuned) if best is None else tuned
    held_at = gate(space, offer.codes if best is None else best)[0]
    together = partners(study) & ~np.isnan(held_at)  # what is switched off holds nothing
    changed = {}
    for column in columns:
        held = {int(other): float(held_at[other]) for other in np.flatnonzero(together[column])}
        if held:
            changed[column] = recommendation(study, column, margin=margin, fixed=held)
    offer = _Offer(study, {**chosen, **changed}, margin)
    for column, found in changed.items():
        changed[column] = replace(found, elsewhere=offer.elsewhere(column, chosen[column].values))
    firm = [column for column in tuned if column not in open_to]
    may_be = {c: offer.axis(c) if c in tuned else offer.good(c) for c in open_to}
    for column, beside in offer.hanging(firm, may_be).items():
        changed[column] = replace(changed.get(column, chosen[column]), beside=beside)
    for column in sorted(chosen.keys() - set(tuned)):
        if offer.alone(column):
            changed[column] = replace(chosen[column], alone=True)
        elif as_good := offer.elsewhere(column, space.parameters[column].levels):
            changed[column] = replace(chosen[column], elsewhere=as_good)
    return changed


@dataclass(frozen=True, eq=False)
class _Offer:
    """What is recommended of the parameters in some columns, taken together."""

    study: Study
    chosen: Mapping[int, Recommendation]
    margin: float

    @property
    def _space(self) -> Space:
        return self.study.frame.space

    @cached_property
    def codes(self) -> np.ndarray:
        """(1, d) the best setting of all, with the recommended values in it.

        NaN where a parameter does not exist in that one, whatever is recommended of its switch.
        """
        codes = self.study.optimum[None].copy()
        for column, found in self.chosen.items():
            codes[:, column] = self._code(column, found.value)
        return codes

    @cached_property
    def value(self) -> float:
        """What is predicted of the recommended values, higher being better."""
        return float(self._predicted(self._completed(self.codes))[0])

    def better(self, columns: Collection[int]) -> np.ndarray | None:
        """(1, d) the best setting that parameters in these columns reach, the others held.

        None where this one is not surely worse by more than the margin.
        """
        if self._predicted(self.study.optimum[None])[0] - self.value <= self.margin:
            return None  # nor is the best with others held any better
        others = self.chosen.keys() - set(columns)
        best = self._best_beside({column: self.codes[0, column] for column in others})
        return best if self.lost(self.codes, than=best, by=self.margin)[0] > self.margin else None

    def strained(self, columns: Collection[int]) -> list[int]:
        """Those of which a value that is called good is not, beside the others as recommended."""
        said = [(column, code) for column in columns for code in self.good(column)]
        settings = np.repeat(self.codes, len(said), axis=0)
        for row, (column, code) in zip(settings, said, strict=True):
            row[column] = code
        by = APART * self.margin
        lost = self.lost(settings, than=self.codes, by=by)
        return sorted({column for (column, _), loss in zip(said, lost, strict=True) if loss > by})

    def lost(self, settings: np.ndarray, *, than: np.ndarray, by: float) -> np.ndarray:
        """(n,) what (n, d) settings lose in most draws; zero where it is not expected to be more.

        than: (1, d) the setting beside which they lose, or (n, d) one for each; by: what they are
        to lose more than.
        """
        better, worse = self._completed(than), self._completed(settings)
        lost = np.zeros(len(settings))
        asked = np.flatnonzero(self._predicted(better) - self._predicted(worse) > by)
        if len(asked):
            rng = np.random.default_rng(0)  # the same for every study
            better = better[asked] if len(better) > 1 else better
            rows = gate(self._space, np.vstack([better, worse[asked]]))
            drawn = self.study.choice.for_risks.draws(rows, N_DRAWS, rng=rng)
            drawn = self.study.quality(drawn)
            losses = drawn[:, : len(better)] - drawn[:, len(better) :]
            lost[asked] = np.quantile(losses, 1 - WORSE, axis=0)
        return lost

    def hanging(
        self, columns: Collection[int], others: Mapping[int, np.ndarray]
    ) -> dict[int, Setting]:
        """Which others hold what is recommended in these columns to its place, and where they are.

        others: the codes that each may have, by column. One does where, at another of these, some
        other value of the first is surely better by more than the margin: to name one costs little.
        """
        together, by = partners(self.study), self.margin
        may = [other for other, codes in others.items() if len(codes)]
        pairs = [(column, other) for column in columns for other in may if together[column, other]]
        settings = [self._out_of_place(*pair, others[pair[1]]) for pair in pairs]
        if not pairs:
            return {}
        worse, better = (np.stack(rows) for rows in zip(*settings, strict=True))
        found: dict[int, Setting] = {}
        for (column, other), loss in zip(pairs, self.lost(worse, than=better, by=by), strict=True):
            if loss > by:
                beside = self._space.names[other], self.chosen[other].value
                found[column] = (*found.get(column, ()), beside)
        return found

    def _out_of_place(
        self, column: int, other: int, codes: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray]:
        """(d,) the recommended setting where it loses most at another's code; (d,) the better one.

        Which differs from it in the column alone.
        """
        moved = np.repeat(self.codes, len(codes), axis=0)
        moved[:, other] = codes
        moved, axis = self._completed(moved), self.axis(column)
        ways = np.repeat(moved[:, None], len(axis), axis=1)
        ways[:, :, column] = axis
        reached = self._predicted(ways.reshape(-1, ways.shape[2])).reshape(ways.shape[:2])
        worst = int(np.argmax(reached.max(axis=1) - self._predicted(moved)))
        return moved[worst], ways[worst, int(np.argmax(reached[worst]))]

    def good(self, column: int) -> np.ndarray:
        """Codes of what is called good of a parameter: its levels, the ends of its range."""
        found = self.chosen[column]
        return np.array([self._code(column, v) for v in (*found.values, *_ends(found))])

    def axis(self, column: int) -> np.ndarray:
        """Some codes of a parameter, all over what was searched."""
        codes = self.study.codes[column]
        evenly = np.unique(np.linspace(0, len(codes) - 1, MOST_CODES).astype(int))
        return np.asarray(codes[evenly])

    def alone(self, column: int) -> bool:
        """Whether every level but the recommended one surely loses more than the margin.

        Each in the best setting that it has: one that only loses among random settings of the
        others may be as good where these are tuned to it.
        """
        if self._space.parameters[column].numeric:
            return False
        other = [code for code in self.study.codes[column] if code not in self.good(column)]
        if len(other) + 1 < len(self.study.codes[column]) or not other:
            return False
        there = np.vstack([self._at_its_best(column, code) for code in other])
        lost = self.lost(there, than=self.codes, by=self.margin)
        return bool((lost > self.margin).all())

    def elsewhere(self, column: int, values: Collection[Scalar]) -> tuple[Elsewhere, ...]:
        """Those levels of a category that are not recommended, but as good in another setting."""
        if self._space.parameters[column].kind not in ("categorical", "boolean"):
            return ()
        told = []
        for value in values:
            if value in self.chosen[column].values:
                continue
            there = self._at_its_best(column, self._code(column, value))
            beside = self._outside(column, gate(self._space, there)[0])
            if beside and self.value - self._predicted(there)[0] <= self.margin:
                told.append(Elsewhere(value=value, beside=beside))
        return tuple(told)

    def _at_its_best(self, column: int, code: float) -> np.ndarray:
        """(1, d) the best setting with this code of a parameter; looked for once."""
        if (column, code) not in self._known:
            self._known[column, code] = self._best_beside({column: code})
        return self._known[column, code]

    @cached_property
    def _known(self) -> dict[tuple[int, float], np.ndarray]:
        return {}

    def _best_beside(self, held: Mapping[int, float]) -> np.ndarray:
        """(1, d) the best setting with these codes, by column."""
        study, axes, start = self.study, list(self.study.codes), self.study.promising.copy()
        for column, code in held.items():
            axes[column] = np.array([code])
            start[:, column] = code
        best = best_setting(study.choice.for_risks, start, axes=axes, sign=study.frame.sign)
        return best[None]

    def _outside(self, column: int, there: np.ndarray) -> Setting:
        """What acts with a parameter and has a value there that is not recommended.

        Nor is any of what exists there, and not beside what is recommended.
        """
        beside: list[tuple[str, Scalar]] = []
        for other in np.flatnonzero(partners(self.study)[column] & ~np.isnan(there)).tolist():
            axis = self._space.parameters[other]
            value = axis.typed(axis.decode(float(there[other])))
            known = self.chosen.get(other)
            there_alone = known is None and np.isnan(self.codes[0, other])
            if there_alone or (known is not None and not known.holds(value)):
                beside.append((axis.name, value))
        return tuple(beside)

    def _completed(self, settings: np.ndarray) -> np.ndarray:
        """(n, d) settings with what they leave open as is best there: a level may switch it on."""
        made = settings.copy()
        for row in made:
            gap = np.isnan(row)
            if gap.any():
                ways = np.where(gap, self.study.others, row)
                row[:] = ways[int(np.argmax(self._predicted(ways)))]
        return made

    def _code(self, column: int, value: Scalar) -> float:
        return float(self._space.parameters[column].encode([value])[0])

    def _predicted(self, codes: np.ndarray) -> np.ndarray:
        """(n,) the predicted mean of (n, d) settings, higher being better, none beyond belief."""
        means = self.study.choice.for_risks.mean(gate(self._space, codes))
        return self.study.quality(means)


def _ends(found: Recommendation) -> list[Scalar]:
    """The ends of the range that is recommended."""
    return [end for end in (found.low, found.high) if end is not None]
