"""The table of an analysis of variance, as plain frozen data."""

from __future__ import annotations

from dataclasses import dataclass

from analysis.anova_terms import Dropped
from analysis.results import AnovaRow


@dataclass(frozen=True, kw_only=True)
class AnovaTerm:
    """One term: a parameter, several together (an interaction), or a block.

    sum_squares is in the squared unit of the objective, over runs.
    """

    parameters: tuple[str, ...]
    block: bool
    df: int
    sum_squares: float
    F: float
    p: float
    p_adjusted: float
    omega_squared: float
    partial_eta_squared: float
    partial_eta_low: float
    partial_eta_high: float

    @property
    def name(self) -> str:
        """The term as statisticians write it."""
        return " x ".join(self.parameters)

    @property
    def row(self) -> AnovaRow:
        """What the report keeps of it."""
        return AnovaRow(
            df=self.df,
            F=self.F,
            p=self.p,
            p_adjusted=self.p_adjusted,
            omega_squared=self.omega_squared,
            partial_eta_squared=self.partial_eta_squared,
            partial_eta_low=self.partial_eta_low,
            partial_eta_high=self.partial_eta_high,
        )


@dataclass(frozen=True, kw_only=True)
class LackOfFit:
    """Do the configurations' means miss the model by more than the noise among replicates?

    A small p says that the model leaves something out: a bend, an interaction.
    """

    df: int
    pure_df: int
    sum_squares: float
    pure_sum_squares: float
    F: float
    p: float


@dataclass(frozen=True, kw_only=True)
class AnovaTable:
    """Terms in the order parameters, interactions, blocks; each group by name.

    residual_sd is of a single row's mean scaled to one run where rows are weighted by runs.
    `method` says in words what was done; `notes` what a reader must know about it.
    """

    terms: tuple[AnovaTerm, ...]
    dropped: tuple[Dropped, ...]
    residual_df: int
    residual_ss: float
    residual_ms: float
    residual_sd: float
    error_df: int
    error_ms: float
    total_ss: float
    r_squared: float
    adjusted_r_squared: float
    lack_of_fit: LackOfFit | None
    n_configurations: int
    n_runs: int
    method: str
    notes: tuple[str, ...]

    def term(self, *parameters: str) -> AnovaTerm | None:
        """The term of exactly these parameters, in any order; None if it was not tested."""
        wanted = set(parameters)
        return next((term for term in self.terms if set(term.parameters) == wanted), None)

    def __getitem__(self, name: str) -> AnovaTerm:
        """The term of this name ("a", "a x b"); KeyError if it was not tested."""
        return {term.name: term for term in self.terms}[name]

    def row(self, parameter: str) -> AnovaRow | None:
        """A parameter's main effect for the report; None if it was not tested."""
        term = self.term(parameter)
        return None if term is None else term.row
