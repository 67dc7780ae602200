"""How large is a parameter's share, its risk, and between which values could they lie?"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from analysis.beside_time import times_part, with_time, without_time
from analysis.evenness import even_levels
from analysis.indices import RESOLUTION, interval, share
from analysis.results import Claim, Scalar, Share, TuningRisk
from analysis.results_detail import CLAIM_LEVEL
from analysis.risk import OF
from analysis.sensitivity import Sensitivity
from analysis.study import Study

STRETCH = 1.6
"""The upper reach of the interval of a total, a pair or a risk is so many times that of its draws:
an interaction or an optimum sharper than the surrogate is smooth lies above all of them
(docs/decisions/0065, 0066, 0109)."""
UNSEEN = 0.3
"""How much of the variance that the surrogate does not foresee one parameter may have a part in,
where verdicts are claimed: upper ends of total shares are so much higher (docs/decisions/0069)."""
UNSEEN_SHOWN = 0.5
"""The same for the interval that is shown, of the most that may be unforeseen (0071)."""
IN_CROWD = 5.0
"""Either is at least this over the configurations per parameter, and at most 1, where an optimizer
or a person crowded the settings: so are those held out, and of what lies beside the crowd they
tell little (docs/decisions/0108)."""
MISSED = 2.0
"""Standard deviations of what is missed among the good configurations by which the upper end of a
risk that is shown lies higher, one where a verdict is claimed: a peak that the surrogate rounds off
is in none of its draws (docs/decisions/0083)."""
HIDDEN = 2.0
"""Standard errors by which the noisiest level, or one that was hardly run, may lie apart unseen
(docs/decisions/0080, 0084)."""
FEW_SETTINGS = 3
"""Settings of a level below which they say nothing of the others."""
FINEST_RISK = 0.2
"""Risks are not told apart more finely than this share of a good run's noise, as shares are not
more finely than one point, a fifth of their margin."""


def first_share(study: Sensitivity, index: int) -> Share:
    """A parameter's first order with its interval.

    The estimate is the draws' median, whose expected absolute error is the smallest. It stays below
    the Shapley effect: S <= Sh <= T.
    """
    rows = study.indices.first[:, index]
    estimate = min(float(np.median(rows[1:])), float(study.decomposition.shapley_effect[index]))
    found = share(estimate, rows[1:], plug_in=float(rows[0]))
    return _beside_others(study, index, found=found)


def total_share(study: Sensitivity, index: int) -> Share:
    """A parameter's total share with its interval; open above where no run shows interactions."""
    rows = study.indices.total[:, index]
    estimate = float(study.decomposition.total_order[index])
    found = share(
        estimate,
        rows[1:],
        plug_in=float(rows[0]),
        stretch=STRETCH,
        above=1.0
        if _unbounded(study, index)
        else max(_part(study, UNSEEN_SHOWN) * study.unseen_at_most, hidden(study, index)[0]),
    )
    return _beside_others(study, index, found=found)


def _beside_others(study: Sensitivity, index: int, *, found: Share) -> Share:
    """A share whose interval has room for what is not the parameter's, and what may be."""
    low = _surely(study, index, low=found.low) - _nobodys(study, study.unseen_at_most)
    return replace(found, low=max(0.0, low), high=with_time(study, index, high=found.high))


def tuning_risk(study: Study, index: int) -> TuningRisk:
    """The risk with its interval; never below zero.

    Where no run shows the parameter's interactions it reaches as far as all results lie apart.
    """
    risk = study.risks[index]
    estimate = float(risk.mean[0])
    low, high = interval(estimate, risk.mean[1:], plug_in=estimate)
    finest = FINEST_RISK * study.noise.sd_near_best
    higher = STRETCH * (high - estimate) + MISSED * study.missed_among_good + finest
    higher += times_part(study, index).risk
    return TuningRisk(
        mean=estimate,
        low=max(0.0, low - finest - lowered(study, index)),
        high=max(
            _among_results(study, estimate + higher, least=estimate),
            estimate + hidden(study, index)[1],
            as_seen(study, index),
            _most(study, index),
        ),
        worst=float(risk.worst[0]),
        best_value=setting(study, index, position=risk.best_setting),
        of=OF,
    )


def claimed(study: Study, index: int) -> Claim:
    """The intervals that a verdict is claimed on: what the plausible functions say themselves.

    A share's upper end lies higher by what none of them foresees. Where no run shows a parameter's
    interactions nothing low is claimed of it; where they may be those of others, nothing high
    either, but for its own effect. A risk's ends lie further out by what predictions miss among the
    good configurations more than among all (docs/decisions/0081, 0083), its lower one also by what
    they miss at levels that were left early or run in a poor corner alone (0084).
    """
    share = float(study.decomposition.total_order[index])
    share_low, share_high = reach(share, study.indices.total[1:, index])
    share_low = _surely(study, index, low=share_low)
    risk = study.risks[index]
    risk_low, risk_high = reach(float(risk.mean[0]), risk.mean[1:])
    own, (share_above, risk_above) = _own(study, index), raised(study, index)
    return Claim(
        level=CLAIM_LEVEL,
        share_low=max(0.0, min(share_low - _nobodys(study, study.unseen), own)),
        share_high=1.0 if _unbounded(study, index) else min(1.0, share_high + share_above),
        risk_low=max(0.0, risk_low - lowered(study, index)) if own > RESOLUTION else 0.0,
        risk_high=max(
            _among_results(study, risk_high + risk_above, least=risk_high), _most(study, index)
        ),
    )


def _among_results(study: Study, high: float, *, least: float) -> float:
    """No more than the results lie apart: the best of a setting and the mean of all do not."""
    return min(high, max(least, float(np.ptp(study.frame.means))))


def lowered(study: Study, index: int) -> float:
    """How far below the draws a risk's lower end lies, in the objective's unit.

    By the winner's curse, by what is missed among the good and at levels, and by the part of levels
    that may be as good as any: no run has them at good settings; and by what time may have done.
    """
    missed = study.missed_among_good + study.missed_at_levels(index)
    return (
        study.risks[index].curse + missed + _cornered(study, index) + times_part(study, index).risk
    )


def _cornered(study: Study, index: int) -> float:
    """How much of a risk is that of levels run in a poor corner of another parameter alone."""
    parameter, best = study.frame.space.parameters[index], study.risks[index].expected_best[0]
    there = [corner for corner in study.corners if corner.parameter.name == parameter.name]
    codes = parameter.encode([corner.parameter.decode(corner.code) for corner in there])
    parts = study.weights[index] * (best.max() - best)
    return float(parts[np.isin(study.codes[index], codes)].sum())


def _surely(study: Sensitivity, index: int, *, low: float) -> float:
    """A share's lower end beside what time may have done, and what the noisiest level may hide."""
    return without_time(study, index, low=low) * _beside_hidden(study, index)


def _part(study: Sensitivity, usual: float) -> float:
    """How much of what is not foreseen one parameter may have a part in."""
    if not study.crowded:
        return usual
    few = IN_CROWD * len(study.frame.space) / study.frame.n_configurations
    return min(1.0, max(usual, few))


def room_for_pairs(study: Sensitivity) -> tuple[float, float]:
    """How much higher the upper end of a pair's share lies: as shown, and as groups are claimed on.

    Nothing of even runs; in a crowd as much as one parameter's of even runs: of what is not
    foreseen, a pair may have a smaller part than either of the two (docs/decisions/0109).
    """
    if not study.crowded:
        return 0.0, 0.0
    return UNSEEN_SHOWN * study.unseen_at_most, UNSEEN * study.unseen


def _nobodys(study: Sensitivity, unseen: float) -> float:
    """How much lower a share may be than its draws say, where a forest speaks.

    Where it misses a structure it splits on parameters that do nothing, in every refit: what it
    does not foresee stands against what it says as well. Draws of a Gaussian process know idle
    parameters.
    """
    return UNSEEN * unseen * study.choice.rough


def _own(study: Sensitivity, index: int) -> float:
    """How much of a share is surely the parameter's: all, unless interactions may be others'."""
    if study.frame.space.names[index] not in study.aliases.members | study.aliases.effects:
        return 1.0
    first = study.indices.first[1:, index]
    return float(np.quantile(first, (1 - CLAIM_LEVEL) / 2))


def _unbounded(study: Sensitivity, index: int) -> bool:
    return study.frame.space.names[index] in study.unbounded


def _most(study: Study, index: int) -> float:
    """How far a risk's interval reaches at least; 0 unless no run shows the interactions."""
    return float(np.ptp(study.frame.means)) if _unbounded(study, index) else 0.0


def hidden(study: Sensitivity, index: int) -> tuple[float, float]:
    """How large a share, and a risk, a level of a parameter may hide in its noise.

    The noisiest, of the parameter by whose levels the noise differs; and the one with the fewest
    runs, where they are fewer than lot gives. Such a level may do better or worse than the others
    by twice the standard error of its mean: that nothing is seen of it is no sign that it is idle,
    though draws, which ask for no effect that runs do not need, say so.
    """
    error = max(_at_noisiest(study, index), _at_rarest(study, index))
    if error == 0:
        return 0.0, 0.0
    weight = 1 / len(study.frame.space.parameters[index].levels)
    variance = weight * (1 - weight) * HIDDEN**2 * error
    whole = float(study.decomposition.variance) + variance
    return (variance / whole if whole > 0 else 0.0), HIDDEN * float(np.sqrt(error))


def _at_noisiest(study: Sensitivity, index: int) -> float:
    """Squared standard error of the mean at the level that the noise is largest at, or 0."""
    levels, frame = study.noise.levels, study.frame
    if levels is None or levels.name != frame.space.names[index]:
        return 0.0
    parameter = frame.space.parameters[index]
    at = frame.configuration_codes[:, index] == float(parameter.encode([levels.level])[0])
    return float(levels.variance[at].max()) / float(frame.replicates[at].sum())


def _at_rarest(study: Sensitivity, index: int) -> float:
    """The same at the level of a category with the fewest runs; 0 where levels are run evenly.

    Of one or two settings the error is how far settings lie apart, not noise.
    """
    frame = study.frame
    if frame.space.parameters[index].ordered or even_levels(frame, index):
        return 0.0
    column, runs = frame.configuration_codes[:, index], frame.replicates
    levels = [column == level for level in np.unique(column[~np.isnan(column)])]
    rarest = min(levels, key=lambda at: int(runs[at].sum()))
    if rarest.sum() < FEW_SETTINGS:
        return float(np.var(frame.means) / rarest.sum())
    return float(study.noise.sd**2 / runs[rarest].sum())


def _beside_hidden(study: Sensitivity, index: int) -> float:
    """What is left of the share of another parameter beside what the noisiest level may hide."""
    levels, space = study.noise.levels, study.frame.space
    if levels is None or levels.name == space.names[index]:
        return 1.0
    return 1.0 - hidden(study, space.index(levels.name))[0]


def raised(study: Study, index: int) -> tuple[float, float]:
    """How much higher the upper ends of a claimed share and of a claimed risk lie than the draws.

    The share's by what is not foreseen, the risk's by what is missed among the good, or by what
    was seen at ends where all runs did badly; either's by what a level may hide, where that is
    more; and both by what time may have hidden.
    """
    share, risk = hidden(study, index)
    rows = study.risks[index].mean
    _, high = reach(float(rows[0]), rows[1:])
    least = max(float(rows[0]) + risk, as_seen(study, index))
    totals = study.indices.total[1:, index]
    _, most = reach(float(study.decomposition.total_order[index]), totals)
    timed = with_time(study, index, high=most) - most
    return (
        max(_part(study, UNSEEN) * study.unseen, share) + timed,
        max(study.missed_among_good, least - high) + times_part(study, index).risk,
    )


def as_seen(study: Study, index: int) -> float:
    """The risk if nothing better exists than was seen, where all runs did badly (`bad_ends`)."""
    best = np.minimum(study.risks[index].expected_best[0], study.seen[index])
    return float(best.max() - study.weights[index] @ best)


def reach(estimate: float, draws: np.ndarray) -> tuple[float, float]:
    """The draws' quantiles, and the estimate between them."""
    tail = (1 - CLAIM_LEVEL) / 2
    low, high = (float(end) for end in np.quantile(draws, [tail, 1 - tail]))
    return min(low, estimate), max(high, estimate)


def setting(study: Study, index: int, *, position: int) -> Scalar:
    """The value at which a parameter was sliced."""
    return study.frame.space.parameters[index].decode(float(study.codes[index][position]))
