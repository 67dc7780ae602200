"""From a study of the whole space to a verdict on every parameter, and on why runs fail."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from analysis import answers
from analysis.bad_ends import only_expected
from analysis.estimates import as_seen, claimed, total_share
from analysis.failures import between_shares, failures
from analysis.findings_design import untold
from analysis.fitted import SHARES, fitted
from analysis.fitting import EVIDENCE
from analysis.frame import Frame
from analysis.joint import partners
from analysis.leverage import leverage, leverage_rows
from analysis.noise import FEWEST
from analysis.one_setting import of_one_setting
from analysis.recommending import recommendation
from analysis.regions import Region, governed, n_active, regions
from analysis.residual_groups import two_groups
from analysis.results import (
    AnovaRow,
    ClassicalResult,
    Failures,
    Finding,
    Margin,
    ParameterResult,
    Said,
    Scalar,
    Share,
    Stratum,
)
from analysis.sensitivity import sensitivity
from analysis.sentences import said
from analysis.space import Parameter, level_key
from analysis.strata import Part, described, stratum
from analysis.study import Study
from analysis.together import Pair, Together

FIXED = ("forgiving", "negligible")
"""Verdicts of parameters that are held where they are recommended."""


def _is_advised(parent: ParameterResult, value: Scalar) -> bool:
    """Whether this value is left to a parameter: it is held there, or tuned among such.

    A level that is as good beside other values of the others is one of those, too.
    """
    best = parent.recommendation
    if best is None or parent.verdict not in (*FIXED, "critical", "fine"):
        return True
    if parent.verdict in FIXED:
        return level_key(value) == level_key(best.value)
    advised = [*best.values, *(other.value for other in best.elsewhere)]
    return level_key(value) in map(level_key, advised)


@dataclass(frozen=True, eq=False)
class Judge:
    """Holds a study against its margins; every method draws from `rng` in a fixed order.

    frame: the runs in the order in which they were read, and parameters likewise; `whole.frame` has
    an order of its own (`canonical`), so what is found in one is sought by its name in the other.
    logged: the same runs as they were logged.
    confounded: parameters that cannot be told from blocks, and the blocks' names.
    """

    whole: Study
    frame: Frame
    logged: Frame
    margin: Margin
    rng: np.random.Generator
    workers: int
    classical: ClassicalResult | None
    confounded: Mapping[str, tuple[str, ...]]

    def parameters(self) -> tuple[ParameterResult, ...]:
        """All parameters, by total effect; conditional ones as they are where they are active."""
        anova = self._rows()
        conditional = {name for names in governed(self.frame.space) for name in names}
        results = [
            self._result(self.whole, name, anova)
            for name in self.frame.space.names
            if name not in conditional
        ]
        results = self._of_one_setting(self._beside_fixed(results))
        for region in self.regions:
            results += self._conditional(region, anova)
        known = {item.name: item for item in results}
        results = [replace(r, switched_off_by=self._off(r.name, known, ())) for r in results]
        for place, item in enumerate(results):
            if item.name in self.apart:
                why = said("silent.aliased", others=self.apart[item.name])
                results[place] = self._silent(item.name, why, estimable=False)
        results += [constant(self.frame, parameter) for parameter in self.frame.constants]
        return tuple(
            sorted(results, key=lambda item: (-(item.total.share if item.total else -1), item.name))
        )

    def _beside_fixed(self, results: list[ParameterResult]) -> list[ParameterResult]:
        """What is good of each, with the forgiving ones beside it where they will be held.

        Alone a forgiving one may be left anywhere, as its partners make up for it; two of them that
        are held make up for nothing.
        """
        there, space = self.whole, self.whole.frame.space
        fixed = {
            space.index(item.name): float(space[item.name].encode([item.recommendation.value])[0])
            for item in results
            if item.verdict == "forgiving" and item.recommendation is not None
        }
        together = partners(there)
        made = []
        for item in results:
            column = space.index(item.name)
            held = {other: code for other, code in fixed.items() if together[column, other]}
            if held and item.verdict in (*answers.WORTH_TUNING, "forgiving"):
                best = recommendation(there, column, margin=self.margin.metric, fixed=held)
                item = replace(item, recommendation=best)
            made.append(item)
        return made

    def _of_one_setting(self, results: list[ParameterResult]) -> list[ParameterResult]:
        """What is recommended of each, where it would not be good with what is of the others."""
        space = self.whole.frame.space
        chosen = {space.index(r.name): r.recommendation for r in results if r.recommendation}
        tuned = {space.index(r.name) for r in results if r.verdict not in FIXED}
        loose = {space.index(r.name) for r in results if r.verdict in ("forgiving", "undetermined")}
        changed = of_one_setting(
            self.whole,
            chosen,
            margin=self.margin.metric,
            tuned=sorted(tuned & chosen.keys()),
            open_to=sorted(loose & chosen.keys()),
        )
        return [
            replace(r, recommendation=changed.get(space.index(r.name), r.recommendation))
            for r in results
        ]

    def _off(
        self, name: str, known: Mapping[str, ParameterResult], below: tuple[str, ...]
    ) -> str | None:
        """Which of those that this one hangs on, near or far, switches it off as recommended."""
        for condition in self.frame.space[name].conditions:
            parent = known.get(condition.parent)
            if parent is None or parent.name in below:
                continue
            if farther := self._off(parent.name, known, (*below, name)):
                return farther
            if not any(_is_advised(parent, value) for value in condition.values):
                return parent.name
        return None

    @cached_property
    def regions(self) -> tuple[Region, ...]:
        """Where conditional parameters exist, and what the runs there say."""
        known = self.whole.corners
        return regions(self.frame, self.rng, workers=self.workers, corners=known)

    def pairs(self) -> list[Pair]:
        """Every pair that something can be said of, largest first, where both parameters exist."""
        pairs = Together(
            self.whole, self.frame, self.regions, self.rng, self.workers, self.margin.share
        )
        return pairs.measured()

    def _rows(self) -> dict[str, AnovaRow]:
        """The classical test of every parameter that has one."""
        if self.classical is None:
            return {}
        rows = {name: self.classical.row(name) for name in self.frame.space.names}
        return {name: row for name, row in rows.items() if row is not None}

    @cached_property
    def apart(self) -> dict[str, tuple[str, ...]]:
        """Parameters that move only together with others, or a block: name -> the others."""
        together = {name: set(blocks) for name, blocks in self.confounded.items()}
        for name, others in untold(self.frame).items():
            together.setdefault(name, set()).update(others)
        return {name: tuple(sorted(others)) for name, others in together.items()}

    def findings(self) -> list[Finding]:
        """What can only be found with a surrogate at hand."""
        choice, frame = self.whole.choice, self.whole.frame
        found = [*self._leverage(), *self._bad_ends()]
        if len(choice.target) == frame.n_configurations:
            found += two_groups(frame, frame.means - choice.held_out)
        return found

    def _bad_ends(self) -> list[Finding]:
        """Where a low risk would hang on results that no run has shown.

        A conditional parameter is held against the runs that have it: of all runs most may be good
        at a level that switches it off, whatever its value. Of what has no risk of its own, none.
        """
        margin = self.margin.metric
        return [
            told
            for there, name in self._judged_on()
            if name not in self.apart
            for index in [there.frame.space.index(name)]
            if claimed(there, index).risk_low < margin < as_seen(there, index)
            for told in only_expected(
                there.frame, index, codes=there.codes[index],
                expected=there.risks[index].expected_best[0], margin=margin,
            )
        ]  # fmt: skip

    def _judged_on(self) -> list[tuple[Study, str]]:
        """Every parameter that is judged, with the study of the runs that it is judged on."""
        conditional = {name for names in governed(self.frame.space) for name in names}
        found = [(self.whole, n) for n in self.whole.frame.space.names if n not in conditional]
        apart = [(there.study, name) for there in self.regions for name in there.names]
        return found + [(study, name) for study, name in apart if study is not None]

    def _result(self, there: Study, name: str, anova: Mapping[str, AnovaRow]) -> ParameterResult:
        asked = self.frame.space[name]
        return answers.parameter_result(
            there, name, asked=asked, margin=self.margin, anova=anova, n_runs=self.frame.n_runs,
            unranked=self.apart,
        )  # fmt: skip

    def _silent(self, name: str, because: Said, *, estimable: bool) -> ParameterResult:
        asked = self.frame.space[name]
        n = n_active(self.frame, asked)
        return answers.silent_result(asked, because=because, estimable=estimable, n=n)

    def _conditional(self, region: Region, anova: Mapping[str, AnovaRow]) -> list[ParameterResult]:
        """Parameters of one condition, judged on the runs where it holds; without a rank.

        Their shares are of the variance there, those of all others of that of all runs.
        """
        there = region.study
        if there is None:
            why = region.because or said("silent.withheld")
            return [self._silent(name, why, estimable=True) for name in region.names]
        results = [self._result(there, name, anova) for name in region.names]
        return [replace(r, rank_low=None, rank_high=None, rank_stability=None) for r in results]

    @cached_property
    def strata(self) -> tuple[Stratum, ...]:
        """Where a handful of runs carries the variance: the shares of all runs, and without it."""
        rows = leverage_rows(self.frame)
        if rows is None:
            return ()
        kept = self.frame.take(np.setdiff1d(np.arange(self.frame.n_runs), rows))
        part = Part.of_runs(said("stratum.without", n=len(rows)), kept)
        everything = Part.of_runs(said("stratum.all"), self.frame)
        stream = self.rng.spawn(1)[0]
        return (
            described(everything, self.whole, apart=self.regions),
            stratum(part, stream, transform=None, workers=self.workers),
        )

    def _leverage(self) -> list[Finding]:
        """A handful of runs that carry the variance: what changes without them."""
        if not self.strata:
            return []
        with_them, without_them = (
            {p.name: p.total.share for p in part.parameters if p.total} for part in self.strata
        )
        return leverage(
            self.frame, logged=self.logged, with_them=with_them, without_them=without_them
        )


def why_failed(frame: Frame, rng: np.random.Generator, *, workers: int) -> Failures | None:
    """Which parameters make runs fail, by the same machinery on a yes/no objective.

    Total shares, or failure rates where predictions are blind. None where no run failed.
    """

    def totals(yes_no: Frame) -> Mapping[str, Share]:
        if yes_no.n_configurations >= FEWEST:
            found = fitted(yes_no, rng.spawn(1)[0], later=SHARES, workers=workers)
            if found.choice.evidence >= EVIDENCE:
                there = sensitivity(found, workers=workers)
                return {
                    name: total_share(there, index)
                    for index, name in enumerate(there.frame.space.names)
                }
        return between_shares(yes_no, rng=rng.spawn(1)[0])

    return failures(frame, rng=rng.spawn(1)[0], decompose=totals, workers=workers)


def constant(frame: Frame, parameter: Parameter) -> ParameterResult:
    """A parameter that never changed."""
    because = said("silent.constant")
    n = n_active(frame, parameter)
    return answers.silent_result(parameter, because=because, estimable=False, n=n)
