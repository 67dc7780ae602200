"""Which levels of a parameter differ? All pairs, at one error rate for all of them together."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from itertools import combinations

import numpy as np
from scipy import special

from analysis.anova import Anova, Fitted
from analysis.anova_data import data_of_frame
from analysis.anova_robust import Robust
from analysis.anova_terms import factor_columns
from analysis.errors import Misused, TooFewRuns, UnknownParameter, meant, require_kind
from analysis.frame import Frame
from analysis.results_detail import LevelContrast
from analysis.results_runs import Scalar
from analysis.sentences import said
from analysis.space import Parameter
from analysis.studentized import quantile, tail
from analysis.usable import require_share

WHERE = "contrasts"
SMALLEST_VARIANCE = 1e-26
"""Of a difference, the response scaled to 1, below which only rounding is left."""
NEARLY = 1 - 1e-12


@dataclass(frozen=True, kw_only=True)
class Tukey:
    """Settings of the comparison; calling it on a frame and a parameter's name makes the contrasts.

    Differences are of the model's level means, so they are adjusted for the other parameters, and
    the other levels weigh equally. Tukey & Kramer's studentised range: exact for levels of equal
    size in a balanced design, conservative else (Tukey 1953; Kramer 1956; Hayter 1984). With a
    robust table each difference has an error of its own, at one parameter Welch's, and the degrees
    of freedom that this has where variances are equal (`anova_robust`), with Student's t and the
    bound of Sidak (Tamhane 1979): the range's rate is too high there with few settings for each
    level (Dunnett 1980).
    """

    level: float = 0.95
    anova: Anova = field(default_factory=Anova)

    def __post_init__(self) -> None:
        require_share(self.level, where="Tukey.level")
        require_kind(self.anova, Anova, what="Tukey.anova", hint='Anova(covariance="robust")')

    @staticmethod
    def axis(frame: Frame, parameter: str) -> Parameter:
        """The parameter, if it has levels to compare; else raises as `__call__` does."""
        require_kind(frame, Frame, what="what is compared", hint="see Frame.from_table")
        require_kind(parameter, str, what="a parameter's name", hint="")
        if parameter in {constant.name for constant in frame.constants}:
            raise Misused(
                f"{parameter} is the same in all these runs", where=WHERE, flag="--contrast"
            )
        if parameter not in (names := frame.space.names):
            known = f"one of {', '.join(names)}" if names else ""
            raise UnknownParameter(
                f"no studied parameter is called {parameter}",
                where=WHERE,
                flag="--contrast",
                hint=meant(parameter, names, otherwise=known),
                word=parameter,
            )
        axis = frame.space[parameter]
        if axis.numeric:
            raise Misused(
                f"{parameter} has no levels to compare",
                where=WHERE,
                flag="--contrast",
                hint="its marginal shows where it is good",
            )
        return axis

    def __call__(self, frame: Frame, parameter: str) -> tuple[LevelContrast, ...]:
        """Every pair of levels, in the order of the levels.

        Raises `UnknownParameter`, `Misused` for a parameter without levels, `TooFewRuns`.
        """
        axis = self.axis(frame, parameter)
        data = data_of_frame(frame, rows=self.anova.rows)
        fitted = self.anova.fitted(data, factors=frozenset({parameter}))
        index = next(
            (i for i, t in enumerate(fitted.model.terms) if t.parameters == (parameter,)), None
        )
        if index is None or fitted.model.rank < fitted.model.design.shape[1]:
            tied = said("classical.levels.same", name=parameter)
            raise TooFewRuns.said(tied, where=WHERE)
        pure = self.anova.error == "pure"
        if fitted.model.error_df < 1 and not pure:
            nothing = said("classical.levels.nothing", name=parameter)
            raise TooFewRuns.said(nothing, where=WHERE)
        codes = data.codes[:, frame.space.index(parameter)]
        present = np.unique(codes[np.isfinite(codes)])
        names = [axis.decode(float(code)) for code in present]
        across = _across(len(present))
        difference = across @ fitted.model.coefficients(index)[0]
        variance, df = self._errors(fitted, index, across)
        found = _Found(difference, variance, df, scale=fitted.data.scale, level=self.level,
                       robust=self.anova.covariance == "robust")  # fmt: skip
        ranks = self.anova.response == "ranks"
        return tuple(replace(pair, ranks=ranks) for pair in _pairs(found, names, of=parameter))

    def _errors(
        self, fitted: Fitted, index: int, across: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray]:
        """(m,) variance and degrees of freedom of each difference."""
        if self.anova.covariance == "robust":
            variance, df = Robust(fitted.model).errors(across @ fitted.model.influence(index))
            if np.isnan(variance).any():
                raise TooFewRuns.said(said("classical.scatter"), where=WHERE)
            return variance, df
        ms, error_df = self.anova.yardstick(fitted)
        covariance = fitted.model.coefficients(index)[1] * ms
        variance = (across @ covariance * across).sum(axis=1)
        return variance, np.full(len(across), float(error_df))


@dataclass(frozen=True, eq=False)
class _Found:
    """(m,) differences of all pairs of levels, on the model's scale, and how well each is known."""

    difference: np.ndarray
    variance: np.ndarray
    df: np.ndarray
    scale: float
    level: float
    robust: bool

    def reach(self, k: int) -> np.ndarray:
        """(m,) standard errors to either side of a difference, k levels being compared."""
        if not self.robust:
            return np.full(len(self.df), quantile(self.level, k=k, df=self.df[0]) / 2**0.5)
        outside = 1 - self.level ** (1 / len(self.df))
        return np.asarray(-special.stdtrit(self.df, outside / 2))

    def chance(self, k: int, errors: np.ndarray) -> np.ndarray:
        """(m,) P of some difference of so many standard errors where no two levels differ."""
        if not self.robust:
            return tail(errors * 2**0.5, k=k, df=self.df[0])
        one = np.minimum(2 * special.stdtr(self.df, -errors), NEARLY)
        return np.asarray(-np.expm1(len(self.df) * np.log1p(-one)))


def _across(k: int) -> np.ndarray:
    """(m, k - 1) from a sum-coded term's coefficients to the difference of each pair of levels."""
    coding = factor_columns(np.arange(k, dtype=float))
    return np.array([coding[a] - coding[b] for a, b in combinations(range(k), 2)])


def _pairs(found: _Found, names: list[Scalar], *, of: str) -> Iterator[LevelContrast]:
    k = len(names)
    error = np.sqrt(np.maximum(found.variance, SMALLEST_VARIANCE))
    half, p = found.reach(k) * error, found.chance(k, np.abs(found.difference) / error)
    for row, (first, second) in enumerate(combinations(names, 2)):
        yield LevelContrast(
            parameter=of,
            first=first,
            second=second,
            difference=float(found.difference[row] * found.scale),
            low=float((found.difference[row] - half[row]) * found.scale),
            high=float((found.difference[row] + half[row]) * found.scale),
            p=float(p[row]),
        )
