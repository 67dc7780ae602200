"""How large is a parameter's share, its risk, and between which values could they lie?"""

from __future__ import annotations

import numpy as np

from analysis.indices import LEVEL, interval, share
from analysis.results import Claim, Scalar, Share, TuningRisk
from analysis.risk import OF
from analysis.study import Study

CLAIM_LEVEL = 0.9
"""Verdicts are claimed on intervals of this level: one in twenty misses the truth on the side that
was claimed, as in a test of equivalence (Schuirmann 1987)."""
STRETCH = 1.6
"""The upper reach of a total's or a risk's interval is so many times that of its draws: an
interaction or an optimum sharper than the surrogate is smooth lies above all of them
(docs/decisions/0065, 0066)."""


def first_share(study: Study, index: int) -> Share:
    """A parameter's first order with its interval."""
    rows = study.indices.first[:, index]
    estimate = float(study.decomposition.first_order[index])
    return share(estimate, rows[1:], plug_in=float(rows[0]))


def total_share(study: Study, index: int, *, level: float = LEVEL) -> Share:
    """A parameter's total share with its interval."""
    rows = study.indices.total[:, index]
    estimate = float(study.decomposition.total_order[index])
    return share(estimate, rows[1:], plug_in=float(rows[0]), level=level, stretch=STRETCH)


def tuning_risk(study: Study, index: int, *, level: float = LEVEL) -> TuningRisk:
    """The risk with its interval; never below zero."""
    risk = study.risks[index]
    estimate = float(risk.mean[0])
    low, high = interval(estimate, risk.mean[1:], plug_in=estimate, level=level)
    curse = float(np.mean(risk.mean[1:]) - np.mean(risk.crossed))
    return TuningRisk(
        mean=estimate,
        low=max(0.0, low - curse),
        high=estimate + STRETCH * (high - estimate),
        worst=float(risk.worst[0]),
        best_value=setting(study, index, risk.best_setting),
        of=OF,
    )


def claimed(study: Study, index: int) -> Claim:
    """The intervals that a verdict is claimed on."""
    total = total_share(study, index, level=CLAIM_LEVEL)
    risk = tuning_risk(study, index, level=CLAIM_LEVEL)
    return Claim(
        level=CLAIM_LEVEL,
        share_low=total.low,
        share_high=total.high,
        risk_low=risk.low,
        risk_high=risk.high,
    )


def setting(study: Study, index: int, position: int) -> Scalar:
    """The value at which a parameter was sliced."""
    return study.frame.space.parameters[index].decode(float(study.codes[index][position]))
