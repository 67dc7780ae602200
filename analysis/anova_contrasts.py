"""Which levels of a parameter differ? All pairs, at one error rate for all of them together."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from itertools import combinations

import numpy as np

from analysis.anova import Anova
from analysis.anova_data import data_of_frame
from analysis.anova_robust import robust_covariance
from analysis.anova_terms import factor_columns
from analysis.errors import Misused, TooFewRuns, UnknownParameter
from analysis.frame import Frame
from analysis.results_detail import LevelContrast
from analysis.results_runs import Scalar
from analysis.sentences import said
from analysis.space import Parameter
from analysis.studentized import quantile, tail

SMALLEST_VARIANCE = 1e-26
"""Of a difference, the response scaled to 1, below which only rounding is left."""


@dataclass(frozen=True, kw_only=True)
class Tukey:
    """Settings of the comparison; calling it on a frame and a parameter's name makes the contrasts.

    Differences are of the model's level means, so they are adjusted for the other parameters, and
    the other levels weigh equally. Tukey & Kramer's studentised range: exact for levels of equal
    size in a balanced design, conservative else (Tukey 1953; Kramer 1956; Hayter 1984). With a
    robust table the errors are HC3's, which at one parameter is near Games & Howell 1976.
    """

    level: float = 0.95
    anova: Anova = field(default_factory=Anova)

    @staticmethod
    def axis(frame: Frame, parameter: str) -> Parameter:
        """The parameter, if it has levels to compare; else raises as `__call__` does."""
        if parameter not in frame.space.names:
            raise UnknownParameter(
                f"no studied parameter is called {parameter}",
                where="contrasts",
                hint=f"one of {', '.join(frame.space.names)}",
            )
        axis = frame.space[parameter]
        if axis.numeric:
            raise Misused(
                f"{parameter} has no levels to compare",
                where="contrasts",
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
            raise TooFewRuns.said(tied, where="contrasts")
        pure = self.anova.error == "pure"
        if fitted.model.error_df < 1 and not pure:
            nothing = said("classical.levels.nothing", name=parameter)
            raise TooFewRuns.said(nothing, where="contrasts")
        ms, df = self.anova.yardstick(fitted)
        codes = data.codes[:, frame.space.index(parameter)]
        present = np.unique(codes[np.isfinite(codes)])
        names = [axis.decode(float(code)) for code in present]
        effect, covariance = fitted.model.coefficients(index)
        covariance = covariance * ms
        if self.anova.covariance == "hc3":
            covariance = robust_covariance(fitted.model, index)
        pairs = _pairs(
            effect,
            covariance,
            names,
            of=parameter,
            scale=fitted.data.scale,
            df=df,
            level=self.level,
        )
        return tuple(replace(pair, ranks=self.anova.response == "ranks") for pair in pairs)


def _pairs(
    effect: np.ndarray,
    covariance: np.ndarray,
    names: list[Scalar],
    *,
    of: str,
    scale: float,
    df: int,
    level: float,
) -> tuple[LevelContrast, ...]:
    """All pairs of a sum-coded term's levels, from its coefficients."""
    k = len(names)
    coding = factor_columns(np.arange(k, dtype=float))
    across = np.array([coding[a] - coding[b] for a, b in combinations(range(k), 2)])
    difference = across @ effect
    error = np.sqrt(np.maximum((across @ covariance * across).sum(axis=1), SMALLEST_VARIANCE))
    half = quantile(level, k=k, df=df) / 2**0.5 * error
    p = tail(np.abs(difference) / error * 2**0.5, k=k, df=df)
    return tuple(
        LevelContrast(
            parameter=of,
            first=first,
            second=second,
            difference=float(difference[row] * scale),
            low=float((difference[row] - half[row]) * scale),
            high=float((difference[row] + half[row]) * scale),
            p=float(p[row]),
        )
        for row, (first, second) in enumerate(combinations(names, 2))
    )
