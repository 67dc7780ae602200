"""The classical analysis of variance, as a statistician would check it.

Which parameters move the objective by more than chance? Configurations carry the evidence: the
model is fitted to the mean of each configuration, and runs that share one (seeds) only measure the
noise. Sums of squares are of type II (or III), so the order of the columns changes nothing.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from analysis import anova_says
from analysis.anova_blocks import block_terms, only_between, random_blocks, settings_grouping
from analysis.anova_data import AnovaData, Rows, Weights, data_of_frame, ranked, reweighted
from analysis.anova_fit import LinearModel
from analysis.anova_pairs import PairChoice, choose_pairs
from analysis.anova_rows import Evidence, lack_of_fit, rows_of
from analysis.anova_says import WHERE, left_out
from analysis.anova_table import AnovaTable, AnovaTerm
from analysis.anova_terms import (
    CONFIGURATIONS_PER_DF,
    MIN_RESIDUAL_DF,
    Rung,
    Term,
    all_products,
    main_terms,
    product_term,
)
from analysis.errors import Misused, TooFewRuns, require_kind, require_known, shown
from analysis.frame import Frame
from analysis.results_detail import Dropped
from analysis.results_runs import Said
from analysis.sentences import said
from analysis.usable import require_count, require_share

Interactions = Literal["rule", "none", "all"] | tuple[tuple[str, str], ...]


@dataclass(frozen=True, eq=False)
class Fitted:
    """The rows as weighted, the model, what was left out, and p values of pairs not taken."""

    data: AnovaData
    model: LinearModel
    dropped: tuple[Dropped, ...]
    other_p: tuple[float, ...]


@dataclass(frozen=True, kw_only=True)
class Anova:
    """Settings of an analysis of variance; calling it on a frame makes the table.

    sums: "II" tests a term beside all others that do not contain it, "III" beside all others.
    interactions: "rule" (`analysis.anova_pairs`), "none", "all" up to `order`, or given pairs.
    error: the yardstick of F: the model's "residual", or the "pure" error among replicates.
    covariance: "robust" tests hold where variances differ (`analysis.anova_robust`).
    response: "ranks" analyses the ranks of the configuration means (Conover & Iman 1981), of which
    interactions are not tested: ranking makes them of effects that add up (Blair et al. 1987).
    adjust: p values for many terms, "holm" or "bh"; main effects and interactions are a family
    each, and candidates that did not enter count in theirs.
    blocks: "fixed" as factors; "random" as one random intercept (REML), not where settings were
    repeated across blocks, and then without parameters that change only between blocks.
    rung: degrees of the polynomials, instead of those chosen by the number of configurations.
    Raises `Misused` for a word that none of these settings has.
    """

    sums: Literal["II", "III"] = "II"
    interactions: Interactions = "rule"
    order: int = 2
    rows: Rows = "configurations"
    weights: Weights = "auto"
    error: Literal["residual", "pure"] = "residual"
    covariance: Literal["classical", "robust"] = "classical"
    response: Literal["means", "ranks"] = "means"
    adjust: Literal["holm", "bh"] = "holm"
    blocks: Literal["fixed", "random", "ignored"] = "fixed"
    alpha: float = 0.05
    rung: Rung | None = None

    def __post_init__(self) -> None:
        require_known(self)
        require_share(self.alpha, where="Anova.alpha")
        require_count(self.order, where="Anova.order", least=2)
        if self.rung is not None:
            require_kind(self.rung, Rung, what="Anova.rung", hint="Rung(numeric=2, ordinal=2)")
        if self.error == "pure" and self.response == "ranks":
            raise Misused(
                "ranks and pure exclude each other: ranks have no noise",
                where="Anova.error",
                flag="--anova",
            )
        if self.error == "pure" and self.covariance == "robust":
            raise Misused(
                "robust and pure exclude each other: residuals tell variances",
                where="Anova.error",
                flag="--anova",
            )
        if self.response == "ranks" and self.interactions not in ("rule", "none"):
            raise Misused(
                "interactions of ranks are none of the objective's", where="Anova.interactions"
            )
        if not isinstance(self.interactions, str):
            _require_pairs(self.interactions)

    def __call__(self, frame: Frame) -> AnovaTable:
        """The table of a frame; see `fit`."""
        require_kind(frame, Frame, what="what is analysed", hint="see Frame.from_table")
        return self.fit(data_of_frame(frame, rows=self.rows))

    def fit(self, data: AnovaData) -> AnovaTable:
        """The table of prepared rows.

        Raises `TooFewRuns` where the configurations cannot carry the parameters, and
        `ConstantObjective`. References: Searle 1987, chapter 4 (type II); Fox 2016, chapter 8.
        """
        fitted = self.fitted(data)
        rows, aliased = rows_of(fitted.model, self._evidence(fitted.data, fitted.other_p))
        return self._table(fitted, rows=rows, dropped=[*fitted.dropped, *aliased])

    def fitted(self, data: AnovaData, *, factors: frozenset[str] = frozenset()) -> Fitted:
        """The model behind the table; factors: ordered levels to be coded without their order."""
        if self.response == "ranks":
            data = ranked(data)
        mains, dropped = main_terms(
            data.space,
            data.codes,
            n_configurations=self._evidence_rows(data),
            rung=self.rung,
            factors=factors,
            least_df=self._least_df(data),
        )
        if self._random(data):
            nested = [term.parameters for term in only_between(mains, data.blocks)]
            dropped = [*dropped, *(left_out(names, "same") for names in nested)]
            mains = [term for term in mains if term.parameters not in nested]
        data, model = self._model(data, mains)
        choice = self._pairs(data, model, mains)
        if choice.terms:
            data, model = self._model(data, [*mains, *choice.terms])
        return Fitted(data, model, (*dropped, *choice.dropped), choice.other_p)

    def _random(self, data: AnovaData) -> bool:
        """Whether blocks are there that enter as one random intercept."""
        return self.blocks == "random" and not data.crossed and bool(data.blocks.shape[1])

    def _least_df(self, data: AnovaData) -> int:
        """Against pure error the model may leave no residual: the seeds are the yardstick."""
        return 0 if self.error == "pure" and data.pure_df >= MIN_RESIDUAL_DF else MIN_RESIDUAL_DF

    def _evidence_rows(self, data: AnovaData) -> int:
        """Independent rows: settings, or runs where the caller takes them for independent."""
        return len(data.y) if self.rows == "runs" else data.n_settings

    def yardstick(self, fitted: Fitted) -> tuple[float, float]:
        """Mean square and degrees of freedom that parameters are held against, of scaled rows."""
        return self._evidence(fitted.data, ()).error(fitted.model)

    def _evidence(self, data: AnovaData, other_p: tuple[float, ...]) -> Evidence:
        if self.error == "pure" and data.pure_df < 1:
            raise TooFewRuns.said(said("classical.once"), where=WHERE)
        return Evidence(
            data=data,
            marginal=self.sums == "II",
            pure=self.error == "pure",
            robust=self.covariance == "robust",
            adjust=self.adjust,
            other_p=other_p,
        )

    def _model(self, data: AnovaData, terms: list[Term]) -> tuple[AnovaData, LinearModel]:
        """The rows with the weights that suit this model, and the model."""
        random = self._random(data)
        blocks = [] if random or self.blocks == "ignored" else block_terms(data.blocks)
        model = LinearModel(data.y, data.weights, (*terms, *blocks))
        self._require_error(data, model)
        if data.crossed and self.rows == "configurations" and self.error != "pure":
            model = replace(model, grouping=settings_grouping(data, model))
            self._require_error(data, model)
            return data, model
        design = model.basis / np.sqrt(data.weights)[:, None]
        # Pure error is the error of runs: against it a mean counts as many times as it has runs.
        weights = "replicates" if self.error == "pure" else self.weights
        weighted = reweighted(data, design, weights=weights)
        if weighted is not data:
            model = LinearModel(weighted.y, weighted.weights, model.terms)
        if random:
            model = replace(model, grouping=random_blocks(weighted, model))
            self._require_error(data, model)
        return weighted, model

    def _require_error(self, data: AnovaData, model: LinearModel) -> None:
        if model.error_df < 1 and not (self.error == "pure" and data.pure_df >= 1):
            nothing = said("classical.nothing", n=self._evidence_rows(data))
            raise TooFewRuns.said(nothing, where=WHERE)

    def _pairs(self, data: AnovaData, model: LinearModel, mains: list[Term]) -> PairChoice:
        if self.interactions == "none" or self.response == "ranks":
            return PairChoice((), (), ())
        if self.interactions == "all":
            return PairChoice(tuple(all_products(mains, order=self.order)), (), ())
        if self.interactions == "rule":
            rows, _ = rows_of(model, self._evidence(data, ()))
            active = [r.parameters[0] for r in rows if not r.block and r.p_adjusted < self.alpha]
            return choose_pairs(
                model,
                active,
                n_configurations=self._evidence_rows(data),
                alpha=self.alpha,
                adjust=self.adjust,
                robust=self.covariance == "robust",
            )
        by_name = {term.name: term for term in mains}
        unknown = [name for pair in self.interactions for name in pair if name not in by_name]
        if unknown:
            raise Misused(
                f"no main effect of {unknown[0]} to make an interaction of",
                where="Anova.interactions",
                hint=f"parameters with one: {', '.join(sorted(by_name))}",
            )
        pairs = sorted({tuple(sorted(pair)) for pair in self.interactions})
        return PairChoice(
            tuple(product_term([by_name[name] for name in pair]) for pair in pairs), (), ()
        )

    def _table(
        self, fitted: Fitted, *, rows: tuple[AnovaTerm, ...], dropped: list[Dropped]
    ) -> AnovaTable:
        data, model = fitted.data, fitted.model
        unit = data.scale * data.scale
        error_ms, error_df = self.yardstick(fitted)
        plain = model.plain
        return AnovaTable(
            terms=rows,
            dropped=tuple(sorted(dropped, key=lambda d: (len(d.parameters), d.parameters))),
            residual_df=plain.residual_df,
            residual_ss=plain.residual_ss * unit,
            error_df=error_df,
            error_ms=error_ms * unit,
            total_ss=plain.total_ss * unit,
            lack_of_fit=None if self.covariance == "robust" else lack_of_fit(model, data),
            n_configurations=data.n_configurations,
            n_runs=data.n_runs,
            says=self.said(),
            notes_say=self._notes(fitted),
        )

    def said(self) -> Said:
        """What is done."""
        means = "ranks" if self.response == "ranks" else "means"
        return anova_says.table(
            sums=self.sums,
            robust=self.covariance == "robust",
            rows="runs" if self.rows == "runs" else means,
            pure=self.error == "pure",
            adjust=self.adjust,
        )

    def _notes(self, fitted: Fitted) -> tuple[Said, ...]:
        """What a reader must know of how blocks entered, and of too few configurations."""
        data, model = fitted.data, fitted.model
        names = tuple(sorted(str(column) for column in data.blocks.columns))
        notes = []
        if model.grouping is not None and model.grouping.between:
            rows, crossed = data.n_configurations, data.n_crossed
            evidence = {"n": data.n_settings, "crossed": crossed, "rows": rows}
            if self.blocks == "fixed":
                notes.append(said("classical.blocks", **evidence))
            else:
                notes.append(said("classical.fixed", names=names, **evidence))
        elif model.grouping is not None:
            sd = (model.grouping.ratio * model.residual_ss / model.residual_df) ** 0.5 * data.scale
            notes.append(said("classical.random", names=names, sd=float(sd)))
        if self.response == "ranks":
            notes.append(said("classical.ranks"))
        if self.covariance == "robust" and data.pure_df:
            notes.append(said("classical.alike"))
        n_df = model.rank - 1
        if n_df * CONFIGURATIONS_PER_DF > self._evidence_rows(data) - 1:
            notes.append(said("classical.power", n=data.n_settings, df=n_df))
        return tuple(notes)


def _require_pairs(given: object) -> None:
    """Raises `Misused` for anything but tuples of different parameters' names."""
    pairs = given if isinstance(given, tuple | list) else [given]
    for pair in pairs:
        names = pair if isinstance(pair, tuple | list) else ()
        if not all(isinstance(name, str) for name in names) or len(set(names)) < 2:
            raise Misused(f"{shown(pair)} is no pair of parameters", where="Anova.interactions")
