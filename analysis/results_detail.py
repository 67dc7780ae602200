"""What a report says beside its verdicts: advice, classical tests, levels, shares of parts."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Literal

from analysis.results_runs import Said, Scalar, Setting, Share

CLAIM_LEVEL = 0.68
"""Of the intervals that verdicts are claimed on: a standard deviation either side. A claim is
one-sided, as in a test of equivalence (Schuirmann 1987): nominally 16 in a hundred err
(docs/decisions/0083-one-standard-deviation.md)."""


@dataclass(frozen=True, kw_only=True)
class Claim:
    """The intervals of total share and tuning risk that the verdict is claimed on.

    level: the part of the plausible functions within them, half of the others beyond either end,
    before a share's upper end is raised and a risk's lower end is lowered.
    What claims were worth, held against exact answers, stands in docs/methods/measured.md.
    """

    level: float
    share_low: float
    share_high: float
    risk_low: float
    risk_high: float


@dataclass(frozen=True, kw_only=True)
class Elsewhere:
    """A level that is as good as the recommended one, beside other values of other parameters.

    `beside`: those values, where they lie outside what is recommended of these parameters.
    """

    value: Scalar
    beside: Setting


@dataclass(frozen=True, kw_only=True)
class Recommendation:
    """Where to leave a parameter: `low`..`high` for numbers, `values` for levels.

    `values` also has the special value beside a range, where it is good. `value` is the single best
    setting; `cost` is what holding it there is expected to cost against the best the parameter can
    offer (tuning-risk units), as it is not known for sure which is best.
    `at_edge` is "low" or "high" when the best region touches the end of what was searched.
    `elsewhere`: levels as good, but not with what is recommended of the others. `beside`: others of
    which no single value is advised, and on which this hangs: at some of theirs, others are better.
    `alone`: of a level that is held, that every other surely loses in the best setting that it has.
    `hazard`: the part of all this where runs fail most, if failures depend on the parameter: its
    setting or range as text, failed runs, all runs.
    """

    value: Scalar
    low: float | None
    high: float | None
    values: tuple[Scalar, ...]
    cost: float
    at_edge: Literal["low", "high"] | None
    elsewhere: tuple[Elsewhere, ...] = ()
    beside: Setting = ()
    alone: bool = False
    hazard: tuple[str, int, int] | None = None

    def holds(self, value: Scalar) -> bool:
        """Whether a value is among those that are recommended, beside whatever others."""
        if self.low is None or self.high is None or isinstance(value, str | None):
            return value in self.values
        return value in self.values or self.low <= value <= self.high


@dataclass(frozen=True, kw_only=True)
class AnovaRow:
    """The classical test of one term, and how large the term is with 95 % intervals."""

    df: int
    F: float
    p: float
    p_adjusted: float
    omega_squared: float
    omega_low: float
    omega_high: float
    partial_eta_squared: float
    partial_eta_low: float
    partial_eta_high: float


@dataclass(frozen=True, kw_only=True)
class ClassicalTerm(AnovaRow):
    """A row of the table: a parameter, several together (an interaction), or a block."""

    parameters: tuple[str, ...]
    block: bool
    error_df: float

    @property
    def test(self) -> AnovaRow:
        """The row alone, without what it is about."""
        return AnovaRow(**{field.name: getattr(self, field.name) for field in fields(AnovaRow)})


@dataclass(frozen=True, kw_only=True)
class Dropped:
    """A term that was not tested, and why; `says` is the same for a reader of any language."""

    parameters: tuple[str, ...]
    reason: str
    says: Said | None = None


@dataclass(frozen=True, kw_only=True)
class LackOfFit:
    """Do the configurations' means miss the model by more than the noise among replicates?

    A small p says that the model leaves something out: a bend, an interaction.
    """

    df: int
    pure_df: int
    F: float
    p: float


@dataclass(frozen=True, kw_only=True)
class LevelContrast:
    """The mean at `first` less that at `second`, in the objective's unit, others held equal.

    low, high: simultaneous 95 % interval; p: adjusted for all pairs of the parameter's levels.
    ranks: all three are of the configurations' ranks, 1 for the lowest mean, and in no unit.
    """

    parameter: str
    first: Scalar
    second: Scalar
    difference: float
    low: float
    high: float
    p: float
    ranks: bool = False


@dataclass(frozen=True, kw_only=True)
class ClassicalResult:
    """The classical table: `method` says in words what was done, `notes` what to know about it.

    says, notes_say: the same for a reader of any language. asked: whether these tests were asked
    for, so that the short answers show them too.
    """

    method: str
    terms: tuple[ClassicalTerm, ...]
    dropped: tuple[Dropped, ...]
    lack_of_fit: LackOfFit | None = None
    contrasts: tuple[LevelContrast, ...] = ()
    notes: tuple[str, ...] = ()
    asked: bool = False
    says: Said | None = None
    notes_say: tuple[Said, ...] = ()

    def row(self, parameter: str) -> AnovaRow | None:
        """The main effect of a parameter; None if it was not tested."""
        return next((term.test for term in self.terms if term.parameters == (parameter,)), None)


@dataclass(frozen=True, kw_only=True)
class StratumParameter:
    """One parameter's shares among the runs of one part; None where it did not vary there."""

    name: str
    first_order: Share | None
    total: Share | None


@dataclass(frozen=True, kw_only=True)
class Stratum:
    """Shares in one part of the runs: those of one budget, or all as they stood at one step.

    by: what the parts differ in, "step" or a parameter or block; because: why an answer is withheld
    for this part, and `says` the same for a reader of any language. called: what the part is, for a
    reader of any language, where `value` is a sentence of ours.
    """

    by: str
    value: Scalar
    runs: int
    configurations: int
    answer: Literal["given", "withheld"]
    because: str | None
    parameters: tuple[StratumParameter, ...]
    says: Said | None = None
    called: Said | None = None


@dataclass(frozen=True, kw_only=True)
class Accumulation:
    """Total shares from growing numbers of configurations; the last row is the answer itself.

    `total[k][j]` belongs to `configurations[k]` and `parameters[j]`; `says`: why there is only that
    row.
    """

    configurations: tuple[int, ...]
    parameters: tuple[str, ...]
    total: tuple[tuple[float, ...], ...]
    says: Said | None


@dataclass(frozen=True, kw_only=True)
class Surface:
    """The objective's mean given the two parameters of the strongest pair.

    `mean[r][c]` belongs to `y_values[r]` and `x_values[c]`.
    """

    x: str
    y: str
    x_values: tuple[Scalar, ...]
    y_values: tuple[Scalar, ...]
    mean: tuple[tuple[float, ...], ...]
