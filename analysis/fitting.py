"""Which surrogates speak: those that predict configurations they have not seen best.

All are fitted to configuration means, replicates together, so seeds of one configuration are never
on both sides of a fold. A Gaussian process is asked for each configuration without it, its weights
being learned once from all. Where these are few for so many parameters, or skill is little, weights
that have seen a configuration remember it, and they are learned anew without each fold (of two
results, which have no scale but one, only where a forest does not beat what they remember). Skill
is 1 - mean squared error / variance, out of sample; where several nearly tie, they answer together
(`blend`).

Shares and risks are two questions about two regions: shares are dominated by bad runs, risks live
among good ones. Risks go by skill on the scale of normal scores, which weighs all runs alike; but
where results lie in steps far apart, most of it is of the noise within each, and who as good as
ties there and is far off in the objective's unit is not asked (docs/decisions/0099).
Shares go by skill on the objective's own; but there a handful of diverged runs can decide, so skill
with the outer twentieth at either end drawn in counts as much (docs/decisions/0071).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial

import numpy as np

from analysis.blend import Blend, blend
from analysis.evenness import rarity
from analysis.forest import Forest, ForestSurrogate
from analysis.frame import Frame
from analysis.gaussian_draws import GaussianSurrogate
from analysis.noise import NoiseModel
from analysis.scores import NormalScores
from analysis.slices import Surrogate
from analysis.smooth import (
    configuration_data,
    fit_gaussian,
    fit_scores,
    trusted,
)
from analysis.threads import side_by_side
from analysis.warp import WarpedSurrogate

MOST_ROWS = 800
"""Configurations a Gaussian process is conditioned on; beyond, a part of them speaks for all."""
HANDICAP = (0.0, 0.03, 0.04)
"""Skill, with and without the outermost runs drawn in, by which a candidate must lead in sum to
speak for the shares: the plain Gaussian process has closed forms, its normal scores bend what is
straight, forests are rough."""
EVIDENCE = 2.5
"""Standard errors by which predictions must beat the mean before anything is said."""
CERTAIN, ENOUGH = 4.0, 10
"""With less evidence, or fewer configurations per parameter, weights are learned without each fold
(docs/decisions/0073)."""
FAR_OFF = 2.5
"""Times the least product of squared errors, on normal scores and on the objective's scale with the
outermost runs drawn in, beyond which a process tells no risks."""
ROUNDING = 1e-24
"""Products of shares of the variance below which none is far off."""
HANDFUL = 0.05
"""Share of the runs at either end that may not decide by themselves who speaks for the shares."""


@dataclass(frozen=True, eq=False)
class Choice:
    """The surrogates that answer for shares and for risks, and what all candidates reached.

    rows, target: (n,) the configurations that skill was measured on, and their means.
    gains: by how much less the squared error is than that of predicting the mean, (n,) on the
    objective's scale and (n,) on that of normal scores.
    """

    for_shares: Blend
    for_risks: Blend
    rows: np.ndarray
    target: np.ndarray
    held_out: np.ndarray
    candidates: tuple[tuple[str, float], ...]
    gains: tuple[np.ndarray, np.ndarray]
    precision: np.ndarray | None = None
    """(n,) weights of the rows, where the noise differs between levels."""

    @property
    def of_shares(self) -> Choice:
        """The same where nobody asks for risks."""
        return replace(self, for_risks=self.for_shares)

    @property
    def skill(self) -> float:
        """Out-of-sample R2 of the blend that answers for the shares."""
        return _skill(self.target, self.held_out, self.precision)

    @property
    def rough(self) -> float:
        """The forest's weight among those that answer for the shares."""
        parts = self.for_shares.parts
        return sum(weight for part, weight in parts if isinstance(part, ForestSurrogate))

    @property
    def of_trees(self) -> bool:
        """Whether a forest alone answers, whose trees have not seen what they predict."""
        by_shares, by_scores = map(_standard_errors, self.gains)
        return self.rough == 1.0 and by_shares >= by_scores

    @property
    def surrogates(self) -> list[Surrogate]:
        """Every surrogate that has a part in the answer, once."""
        found = [part for part, _ in self.for_shares.parts]
        return found + [part for part, _ in self.for_risks.parts if part not in found]

    @property
    def evidence(self) -> float:
        """How many standard errors the gain over predicting the mean lies above zero.

        The larger of both scales: a few diverged runs can hide any skill on the objective's own.
        """
        return max(_standard_errors(gain) for gain in self.gains)


Process = GaussianSurrogate | WarpedSurrogate
Trust = np.ndarray | None
"""(n,) how far a row's mean is to be trusted, 1 on average; None where all are alike."""


def choose(
    frame: Frame, model: NoiseModel | None, *, rng: np.random.Generator, workers: int = 1
) -> Choice:
    """Fit every candidate, and weigh them for each question by held-out predictions."""
    row_rng, smooth_rng, warped_rng, forest_rng, vote_rng = rng.spawn(5)
    data = replace(configuration_data(frame, model), rarity=rarity(frame))
    rows = data.some(MOST_ROWS, row_rng)
    smooth = fit_gaussian(frame.space, data.take(rows), rng=smooth_rng, workers=workers)
    processes: list[Process] = [smooth]
    own = on_scores = trusted(frame, rows, model=model)
    if len(np.unique(frame.objective)) > 2:  # scores of two results lie on a line, as these do
        of_scores = fit_scores(frame, rows, like=smooth, rng=warped_rng, workers=workers)
        processes.append(of_scores.surrogate)
        on_scores = of_scores.precision
    rough = Forest(workers=workers)(frame.space, data, rng=forest_rng)
    weigh = partial(
        _weighed, rough=rough, rows=rows, votes=int(vote_rng.integers(2**63)),
        trust=(own, on_scores), scores=NormalScores.of(frame.objective),
    )  # fmt: skip
    found = weigh(processes)
    few = len(rows) < ENOUGH * len(frame.space)
    in_doubt = few or EVIDENCE <= found.evidence < CERTAIN
    no_doubt = len(processes) == 1 and found.of_trees  # nor is there a choice for risks
    if in_doubt and not (frame.complete or no_doubt):
        streams = (smooth_rng, warped_rng)[: len(processes)]
        blind = [one.without_folds(own) for one, own in zip(processes, streams, strict=True)]
        found = weigh(blind)
    return found


def _weighed(
    processes: Sequence[Process],
    *,
    rough: ForestSurrogate,
    rows: np.ndarray,
    votes: int,
    trust: Sequence[Trust],
    scores: NormalScores,
) -> Choice:
    """The candidates' weights by their held-out predictions; votes: the seed of the bootstrap.

    trust: of the rows on the objective's scale, and on that of normal scores.
    """
    surrogates: list[Surrogate] = [*processes, rough]
    vote_rng, target = np.random.default_rng(votes), rough.data.target[rows]
    held_out = [*(process.held_out for process in processes), rough.held_out[rows]]
    own, on_scores = trust
    errors = _errors(target, held_out, own)
    drawn_in = _drawn_in(target, held_out, own)
    handicap = [*HANDICAP[: len(processes)], HANDICAP[-1]]
    for_shares = blend(surrogates, errors + drawn_in + handicap, rng=vote_rng)
    on_theirs = [scores(guess) for guess in held_out[:-1]]
    by_scores = _errors(scores(target), on_theirs, on_scores)
    off = by_scores.mean(axis=0) * drawn_in[:, :-1].mean(axis=0)
    near = np.flatnonzero(off <= FAR_OFF * off.min() + ROUNDING).tolist()
    for_risks = blend([processes[at] for at in near], by_scores[:, near], rng=vote_rng)
    answered = _blended(for_shares, surrogates, held_out)
    return Choice(
        for_shares=for_shares,
        for_risks=for_risks,
        rows=rows,
        target=target,
        held_out=answered,
        candidates=tuple(
            (surrogate.name, float(1 - error))
            for surrogate, error in zip(surrogates, errors.mean(axis=0), strict=True)
        ),
        gains=(
            _gain(target, answered, own),
            _gain(scores(target), scores(_blended(for_risks, surrogates, held_out)), on_scores),
        ),
        precision=own,
    )


def _errors(target: np.ndarray, held_out: Sequence[np.ndarray], trust: Trust) -> np.ndarray:
    """(n, n_surrogates) squared errors in units of the target's variance."""
    errors = np.stack([(target - guess) ** 2 for guess in held_out], axis=1)
    errors = errors if trust is None else errors * trust[:, None]
    return np.asarray(errors / (variance_of(target, trust) or 1.0))


def variance_of(target: np.ndarray, trust: Trust) -> float:
    """Variance of (n,) means, each as far as it is to be trusted."""
    if trust is None:
        return float(np.var(target))
    return float(trust @ (target - np.average(target, weights=trust)) ** 2) / len(target)


def _drawn_in(target: np.ndarray, held_out: Sequence[np.ndarray], trust: Trust) -> np.ndarray:
    """The same errors with what lies beyond the outer quantiles set to them (winsorised).

    All zero where nearly all runs have one result: there is nothing but the handful.
    """
    low, high = np.quantile(target, (HANDFUL, 1 - HANDFUL))
    if high - low <= 1e-9 * np.ptp(target):
        return np.zeros((len(target), len(held_out)))
    return _errors(target.clip(low, high), [guess.clip(low, high) for guess in held_out], trust)


def _blended(
    answering: Blend, surrogates: Sequence[Surrogate], held_out: Sequence[np.ndarray]
) -> np.ndarray:
    """(n,) held-out predictions of a blend on the rows that skill is measured on."""
    weights = [answering.part(surrogate, 0).weight for surrogate in surrogates]
    return np.asarray(np.array(weights) @ np.stack(list(held_out)))


def explored(choice: Choice, rng: np.random.Generator, *, workers: int = 1) -> Choice:
    """The same choice, the uncertainty of its surrogates' weights explored."""
    known = choice.surrogates
    found = side_by_side(
        lambda part, own: part.explored(own), known, rng.spawn(len(known)), workers=workers
    )
    fresh = dict(zip(map(id, known), found, strict=True))

    def renewed(answering: Blend) -> Blend:
        return Blend(tuple((fresh[id(part)], weight) for part, weight in answering.parts))

    return replace(
        choice, for_shares=renewed(choice.for_shares), for_risks=renewed(choice.for_risks)
    )


def _gain(target: np.ndarray, held_out: np.ndarray, trust: Trust) -> np.ndarray:
    """(n,) squared error of the mean, less that of the prediction.

    The mean of all, which favours it: beside the mean of the others a process that predicts the
    mean of all would gain a little at every configuration, which no error of its own could hide.
    """
    gain = (target - np.average(target, weights=trust)) ** 2 - (target - held_out) ** 2
    return np.asarray(gain if trust is None else gain * trust)


def _standard_errors(gain: np.ndarray) -> float:
    spread = float(np.std(gain, ddof=1)) / np.sqrt(len(gain))
    return float(np.mean(gain)) / spread if spread > 0 else 0.0


def _skill(target: np.ndarray, held_out: np.ndarray, trust: Trust) -> float:
    variance, errors = variance_of(target, trust), (target - held_out) ** 2
    missed = float(np.mean(errors if trust is None else errors * trust))
    return 1 - missed / variance if variance > 0 else 0.0
