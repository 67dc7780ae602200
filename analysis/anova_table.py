"""The table of an analysis of variance, as plain frozen data."""

from __future__ import annotations

from dataclasses import dataclass, fields

from analysis.results_detail import ClassicalTerm, Dropped, LackOfFit
from analysis.results_runs import Said
from analysis.sentences import english


@dataclass(frozen=True, kw_only=True)
class AnovaTerm(ClassicalTerm):
    """One term with its sum of squares, in the squared unit of the objective, over runs."""

    sum_squares: float

    @property
    def plain(self) -> ClassicalTerm:
        """The term as a report keeps it."""
        return ClassicalTerm(**{f.name: getattr(self, f.name) for f in fields(ClassicalTerm)})

    @property
    def name(self) -> str:
        """The term as statisticians write it."""
        return " x ".join(self.parameters)


@dataclass(frozen=True, kw_only=True)
class Misfit(LackOfFit):
    """The lack of fit with its sums of squares."""

    sum_squares: float
    pure_sum_squares: float

    @property
    def plain(self) -> LackOfFit:
        """As a report keeps it: sums of squares of 1e200 are no number."""
        return LackOfFit(df=self.df, pure_df=self.pure_df, F=self.F, p=self.p)


@dataclass(frozen=True, kw_only=True)
class AnovaTable:
    """Terms in the order parameters, interactions, blocks; each group by name.

    error_ms is of what is a row's own, where settings that were run in several blocks share a part.
    `says` is what was done, `notes_say` what a reader must know about it.
    """

    terms: tuple[AnovaTerm, ...]
    dropped: tuple[Dropped, ...]
    residual_df: int
    residual_ss: float
    error_df: float
    error_ms: float
    total_ss: float
    lack_of_fit: Misfit | None
    n_configurations: int
    n_runs: int
    says: Said
    notes_say: tuple[Said, ...]

    @property
    def method(self) -> str:
        """What was done, in words."""
        return english(self.says)

    @property
    def notes(self) -> tuple[str, ...]:
        """What a reader must know about it."""
        return tuple(map(english, self.notes_say))

    def term(self, *parameters: str) -> AnovaTerm | None:
        """The term of exactly these parameters, in any order; None if it was not tested."""
        wanted = set(parameters)
        return next((term for term in self.terms if set(term.parameters) == wanted), None)

    def __getitem__(self, name: str) -> AnovaTerm:
        """The term of this name ("a", "a x b"); KeyError if it was not tested."""
        return {term.name: term for term in self.terms}[name]
