"""Everything an assessment says, as plain frozen data.

One `Report` holds all that any rendering prints (terminal, Markdown, HTML, JSON), so that all of
them say the same numbers and a saved report can be rendered again without its journal. Leaves are
JSON types only; a number that is not known is None, never NaN.

Units: a *share* is a share (0 to 1) of the explainable variance of the transformed objective; a
*risk*, an *effect*, a *margin* and a *marginal* are in the transformed objective's own unit (the
metric's unit where the transform is "none"; decades where it is "log10"; share of runs with
a lower value where it is "rank").
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from analysis.results_detail import (
    Accumulation,
    AnovaRow,
    Claim,
    ClassicalResult,
    ClassicalTerm,
    Dropped,
    Elsewhere,
    LackOfFit,
    LevelContrast,
    Recommendation,
    Stratum,
    StratumParameter,
    Surface,
)
from analysis.results_runs import (
    BestRun,
    Exclusion,
    FailureParameter,
    Failures,
    Plan,
    PlannedRun,
    Provenance,
    RunCounts,
    RunPoint,
    Said,
    Scalar,
    Share,
)

__all__ = [
    "Accumulation",
    "AnovaRow",
    "BestRun",
    "Check",
    "Claim",
    "ClassicalResult",
    "ClassicalTerm",
    "Dropped",
    "Effect",
    "Elsewhere",
    "Exclusion",
    "FailureParameter",
    "Failures",
    "Finding",
    "Interaction",
    "Kind",
    "LackOfFit",
    "Level",
    "LevelContrast",
    "Margin",
    "Marginal",
    "Metric",
    "Noise",
    "ParameterResult",
    "Plan",
    "PlannedRun",
    "Provenance",
    "Recommendation",
    "Report",
    "Role",
    "RunCounts",
    "RunPoint",
    "Said",
    "Scalar",
    "Scale",
    "Share",
    "Status",
    "Stratum",
    "StratumParameter",
    "Surface",
    "SurrogateResult",
    "Transform",
    "TuningRisk",
    "Verdict",
]

Verdict = Literal["critical", "fine", "forgiving", "negligible", "undetermined", "not_estimable"]
Level = Literal["note", "warning", "error"]
Status = Literal["pass", "look", "fail"]
Kind = Literal["continuous", "integer", "ordinal", "categorical", "boolean"]
Scale = Literal["linear", "log", "levels"]
Role = Literal["studied", "block", "nuisance", "constant"]
Transform = Literal["none", "log10", "rank"]


@dataclass(frozen=True, kw_only=True)
class Effect:
    """The marginal's standard deviation and its range (max - min), in the objective's unit."""

    sd: float
    range: float


@dataclass(frozen=True, kw_only=True)
class TuningRisk:
    """What is lost, on average over its settings, if the parameter is never tuned.

    `mean` = best over v of b(v) minus mean over v of b(v); `worst` = best minus min; b(v) is the
    expected best of `of` random settings of the other parameters with this one held at v. Always
    >= 0, larger is worse, whatever the metric's direction.
    """

    mean: float
    low: float
    high: float
    worst: float
    best_value: Scalar
    of: int


@dataclass(frozen=True, kw_only=True)
class Marginal:
    """The objective's mean given one parameter: values on the parameter's own axis, 95 % band."""

    values: tuple[Scalar, ...]
    mean: tuple[float, ...]
    low: tuple[float, ...]
    high: tuple[float, ...]


@dataclass(frozen=True, kw_only=True)
class ParameterResult:
    """All that is said of one parameter. Conditional ones are judged where they are active.

    `levels`: those of a level axis; of a range, the special value beside it (0 on a log axis).
    """

    name: str
    kind: Kind
    scale: Scale
    domain: tuple[float, float] | None
    levels: tuple[Scalar, ...]
    role: Role
    condition: str | None
    configurations: int
    first_order: Share | None
    total: Share | None
    shapley: float | None
    effect: Effect | None
    anova: AnovaRow | None
    tuning_risk: TuningRisk | None
    verdict: Verdict
    because: str
    more_runs: int | None
    recommendation: Recommendation | None
    marginal: Marginal | None
    rank_low: int | None
    rank_high: int | None
    claim: Claim | None = None
    rank_stability: float | None = None
    """The share of draws in which the parameter ranks where its estimate ranks."""
    says: Said | None = None  # why nothing is said of it, where nothing is
    switched_off_by: str | None = None  # what switches this one off wherever it is recommended


@dataclass(frozen=True, kw_only=True)
class Interaction:
    """Variance share that two parameters hold only together."""

    parameters: tuple[str, str]
    share: float
    low: float
    high: float


@dataclass(frozen=True, kw_only=True)
class Finding:
    """What the reader must know before any number; `message`, `hint`: `says` in English."""

    level: Level
    code: str
    parameters: tuple[str, ...]
    message: str
    hint: str
    says: Said | None = None


@dataclass(frozen=True, kw_only=True)
class Check:
    """One line of "can you trust this?"."""

    name: str
    status: Status
    detail: str
    says: Said | None = None


@dataclass(frozen=True, kw_only=True)
class Metric:
    """The objective that is explained."""

    name: str
    direction: Literal["maximize", "minimize"]
    transform: Transform
    unit: str | None

    @property
    def sign(self) -> float:
        """+1 where high is good, -1 where low is good."""
        return 1.0 if self.direction == "maximize" else -1.0


@dataclass(frozen=True, kw_only=True)
class Noise:
    """Spread among replicates (one standard deviation of a single run)."""

    sd: float
    df: int
    source: Literal["replicates", "residual"]
    share_of_single_run: float
    sd_near_best: float


@dataclass(frozen=True, kw_only=True)
class SurrogateResult:
    """`skill`: out-of-sample R2 of configuration means; `ceiling`: what known noise leaves of 1."""

    name: str
    skill: float
    ceiling: float
    candidates: tuple[tuple[str, float], ...]


@dataclass(frozen=True, kw_only=True)
class Margin:
    """The smallest effects that count, set before looking: a share, and in the metric's unit."""

    share: float
    metric: float
    source: Literal["noise near the best", "declared"]


@dataclass(frozen=True, kw_only=True)
class Report:
    """The whole answer.

    `answer` is "withheld" when the runs cannot support one; then `withheld_because` and
    `withheld_cure` say why and what would help, and the parameters carry the verdict
    "undetermined" without shares or risks (None).
    """

    metric: Metric
    runs: RunCounts
    answer: Literal["given", "withheld"]
    withheld_because: str | None
    withheld_cure: str | None
    withheld_says: Said | None = None
    noise: Noise | None
    surrogate: SurrogateResult | None
    margin: Margin | None
    variance_by_order: tuple[float, ...]
    parameters: tuple[ParameterResult, ...]
    interactions: tuple[Interaction, ...]
    surface: Surface | None
    groups: tuple[tuple[str, ...], ...]
    failures: Failures | None
    findings: tuple[Finding, ...]
    checks: tuple[Check, ...]
    best: tuple[BestRun, ...]
    plan: Plan | None
    points: tuple[RunPoint, ...]
    provenance: Provenance
    accumulation: Accumulation | None = None
    classical: ClassicalResult | None = None
    strata: tuple[Stratum, ...] = ()

    def __repr__(self) -> str:
        verdicts = {row.name: row.verdict for row in self.parameters}
        said = verdicts if self.answer == "given" else f"withheld, {self.withheld_because}"
        return f"<Report of {self.metric.name!r}, {self.runs.used} runs: {said}>"

    @cached_property
    def names(self) -> tuple[str, ...]:
        """Of its parameters, in their order."""
        return tuple(p.name for p in self.parameters)

    def to_json(self) -> str:
        """The contract of `knobwise importance --json` (docs/importance.schema.json) as text."""
        from analysis.codec import to_json

        return to_json(self)
