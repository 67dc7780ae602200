"""Which levels of a parameter differ? All pairs, at one error rate for all of them together."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import combinations

import numpy as np
from scipy import stats

from analysis.anova import Anova, Fitted
from analysis.anova_data import data_of_frame
from analysis.anova_terms import factor_columns
from analysis.errors import InputError, TooFewRuns, UnknownParameter
from analysis.frame import Frame
from analysis.results import Scalar


@dataclass(frozen=True, kw_only=True)
class LevelContrast:
    """The mean of `first` less that of `second`, in the objective's unit, others held equal.

    low, high: simultaneous interval; p: adjusted for all pairs.
    """

    first: Scalar
    second: Scalar
    difference: float
    low: float
    high: float
    p: float


@dataclass(frozen=True, kw_only=True)
class Tukey:
    """Settings of the comparison; calling it on a frame and a parameter's name makes the contrasts.

    Differences are of the model's level means, so they are adjusted for the other parameters, and
    the other levels weigh equally. Tukey & Kramer's studentised range: exact for levels of equal
    size in a balanced design, conservative else (Tukey 1953; Kramer 1956; Hayter 1984).
    """

    level: float = 0.95
    anova: Anova = field(default_factory=Anova)

    def __call__(self, frame: Frame, parameter: str) -> tuple[LevelContrast, ...]:
        """Every pair of levels, in the order of the levels.

        Raises `UnknownParameter`, `InputError` for a parameter without levels, `TooFewRuns`.
        """
        if parameter not in frame.space.names:
            raise UnknownParameter(
                f"no studied parameter is called {parameter}",
                where="contrasts",
                hint=f"one of {', '.join(frame.space.names)}",
            )
        axis = frame.space[parameter]
        if axis.numeric:
            raise InputError(
                f"{parameter} has no levels to compare",
                where="contrasts",
                hint="its marginal shows where it is good",
            )
        data = data_of_frame(frame, rows=self.anova.rows)
        fitted = self.anova.fitted(data, factors=frozenset({parameter}))
        index = next(
            (i for i, t in enumerate(fitted.model.terms) if t.parameters == (parameter,)), None
        )
        if index is None or fitted.model.rank < fitted.model.design.shape[1]:
            raise TooFewRuns(
                f"the levels of {parameter} cannot be told from the other terms",
                where="contrasts",
                hint="run them with different settings of the other parameters",
            )
        codes = data.codes[:, frame.space.index(parameter)]
        present = np.unique(codes[np.isfinite(codes)])
        names = [axis.decode(float(code)) for code in present]
        return _pairs(fitted, index, names, level=self.level)


def _pairs(
    fitted: Fitted, index: int, names: list[Scalar], *, level: float
) -> tuple[LevelContrast, ...]:
    """All pairs of a sum-coded term's levels."""
    model, scale, k = fitted.model, fitted.data.scale, len(names)
    effect, covariance = model.coefficients(index)
    ms = model.residual_ss / model.residual_df
    coding = factor_columns(np.arange(k, dtype=float))
    wide = float(stats.studentized_range.ppf(level, k, model.error_df)) / 2**0.5
    found = []
    for a, b in combinations(range(k), 2):
        across = coding[a] - coding[b]
        difference = float(across @ effect)
        error = float(np.sqrt(ms * (across @ covariance @ across)))
        q = abs(difference) / error * 2**0.5
        found.append(
            LevelContrast(
                first=names[a],
                second=names[b],
                difference=difference * scale,
                low=(difference - wide * error) * scale,
                high=(difference + wide * error) * scale,
                p=float(stats.studentized_range.sf(q, k, model.error_df)),
            )
        )
    return tuple(found)
