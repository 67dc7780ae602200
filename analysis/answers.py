"""From a study's numbers to what is said of each parameter and each pair."""

from __future__ import annotations

from collections.abc import Container, Mapping
from dataclasses import replace

import numpy as np

from analysis.estimates import (
    STRETCH,
    claimed,
    first_share,
    room_for_pairs,
    setting,
    total_share,
    tuning_risk,
)
from analysis.forecast import more_runs, outlooks
from analysis.indices import share
from analysis.recommending import recommendation
from analysis.results import (
    AnovaRow,
    Effect,
    Interaction,
    Margin,
    Marginal,
    ParameterResult,
    Said,
    Share,
    Surface,
    Verdict,
)
from analysis.sentences import english
from analysis.slices import needs
from analysis.space import Parameter
from analysis.study import Study
from analysis.verdicts import judge

N_SURFACE = 16
"""Settings of the others that a surface is averaged over."""
WORTH_TUNING = ("critical", "fine", "undetermined")
TIED = (*WORTH_TUNING, "forgiving")
"""A forgiving parameter is fixed, not tuned, but where it is fixed moves its partners' best."""
GROUPED = (*TIED, "not_estimable")
"""Of two that no run tells apart one may act with a third, which is then not tuned alone."""


def parameter_result(
    study: Study,
    name: str,
    *,
    asked: Parameter,
    margin: Margin,
    anova: Mapping[str, AnovaRow],
    n_runs: int,
    unranked: Container[str] = (),
) -> ParameterResult:
    """Everything said of one parameter of a study; `asked` is it as the whole space knows it.

    n_runs: all there are, which are more than the study's for a conditional parameter. unranked:
    names of those without a share of their own, with which no rank is shared.
    """
    frame = study.frame
    index = frame.space.index(name)
    total, risk = total_share(study, index), tuning_risk(study, index)
    claim = claimed(study, index)
    judged = judge(
        total,
        risk,
        claim=claim,
        share_margin=margin.share,
        risk_margin=margin.metric,
        n_configurations=frame.n_configurations,
    )
    unsettled = judged.verdict == "undetermined" and name not in study.unbounded
    rank_low, rank_high, rank_stability = ranks(study, index, unranked=unranked)
    marginal = marginal_of(study, index)
    return replace(
        _bare(asked, verdict=judged.verdict, because=judged.because),
        configurations=frame.n_configurations,
        claim=claim,
        first_order=first_share(study, index),
        total=total,
        shapley=float(study.decomposition.shapley_effect[index]),
        effect=Effect(
            sd=float(np.sqrt(max(study.decomposition.first[index], 0.0))),
            range=float(np.ptp(marginal.mean)),
        ),
        anova=anova.get(name),
        tuning_risk=risk,
        more_runs=more_runs(*outlooks(study, index, margin=margin), n_runs=n_runs)
        if unsettled
        else None,
        recommendation=recommendation(
            study, index, margin=margin.metric, idle=judged.verdict == "negligible"
        ),
        marginal=marginal,
        rank_low=rank_low,
        rank_high=rank_high,
        rank_stability=rank_stability,
    )


def silent_result(
    parameter: Parameter, *, because: Said, estimable: bool, n: int
) -> ParameterResult:
    """A parameter of which nothing can be said: withheld, constant, too few levels.

    It was run all the same: in n configurations it was active.
    """
    verdict: Verdict = "undetermined" if estimable else "not_estimable"
    bare = _bare(parameter, verdict=verdict, because=english(because))
    return replace(bare, configurations=n, says=because)


def _bare(parameter: Parameter, *, verdict: Verdict, because: str) -> ParameterResult:
    """What a parameter is, without a number."""
    return ParameterResult(
        name=parameter.name,
        kind=parameter.kind,
        scale=parameter.scale,
        domain=parameter.domain,
        levels=parameter.levels or parameter.special,
        role=parameter.role,
        condition=str(parameter.condition) if parameter.condition else None,
        configurations=0,
        first_order=None,
        total=None,
        shapley=None,
        effect=None,
        anova=None,
        tuning_risk=None,
        verdict=verdict,
        because=because,
        more_runs=None,
        recommendation=None,
        marginal=None,
        rank_low=None,
        rank_high=None,
    )


def ranks(study: Study, index: int, *, unranked: Container[str]) -> tuple[int, int, float]:
    """By total share: the interval of the parameter's rank, and how often a draw has its own.

    Parameters that are idle in a draw share their ranks there. Among those that exist everywhere
    and have a share of their own: another's is told of the runs where it exists, or of none.
    """
    space = study.frame.space
    every = [
        column == index or not (needs(space, column) or name in unranked)
        for column, name in enumerate(space.names)
    ]
    total = study.decomposition.total_order
    own = 1 + int((total[every] > total[index]).sum())
    drawn, mine = study.indices.total[1:, every], study.indices.total[1:, [index]]
    best = 1 + (drawn > mine).sum(axis=1)
    tied = (drawn == mine).sum(axis=1)
    low = np.quantile(best, 0.025, method="lower")
    high = np.quantile(best + tied - 1, 0.975, method="higher")
    held = (best <= own) & (own < best + tied)
    return int(low), int(high), float(np.mean(held / tied))


def marginal_of(study: Study, index: int) -> Marginal:
    """The objective's mean at each setting, all others averaged over the space."""
    means = study.means[index]
    low, high = np.quantile(means[1:], [0.025, 0.975], axis=0)
    n_settings = means.shape[1]
    return Marginal(
        values=tuple(setting(study, index, position=position) for position in range(n_settings)),
        mean=_floats(means[0]),
        low=_floats(np.minimum(low, means[0])),
        high=_floats(np.maximum(high, means[0])),
    )


def interaction(study: Study, left: str, *, right: str) -> Interaction:
    """A pair's share; open to both sides where no run shows what the two do together."""
    unseen = study.unseen_together(left, right)
    room, _ = room_for_pairs(study)
    found = _of_pair(study, left, right, stretch=STRETCH, above=room)
    first, second = sorted((left, right))
    return Interaction(
        parameters=(first, second),
        share=found.share,
        low=0.0 if unseen else found.low,
        high=1.0 if unseen else found.high,
    )


def tie(study: Study, left: str, *, right: str) -> float:
    """The upper end of a pair's share that groups are claimed on; as of verdicts, not stretched."""
    if study.unseen_together(left, right):
        return 1.0
    _, room = room_for_pairs(study)
    return _of_pair(study, left, right, above=room).high


def _of_pair(study: Study, left: str, right: str, *, above: float, stretch: float = 1.0) -> Share:
    i, j = sorted((study.frame.space.index(left), study.frame.space.index(right)))
    return share(
        float(study.decomposition.second_order[i, j]),
        study.indices.pairs[1:, i, j],
        plug_in=float(study.indices.pairs[0, i, j]),
        stretch=stretch,
        above=above,
    )


def surface(study: Study, pair: Interaction) -> Surface:
    """The objective's mean on the grid of two parameters' settings."""
    x, y = (study.frame.space.index(name) for name in pair.parameters)
    at_x, at_y = study.even(x), study.even(y)
    codes_x, codes_y = study.codes[x][at_x], study.codes[y][at_y]
    others = np.repeat(study.others[None, :N_SURFACE], len(codes_y), axis=0)
    others[:, :, y] = codes_y[:, None]
    held = others.reshape(-1, others.shape[2])
    flat = study.choice.for_shares.along(x, codes=codes_x, others=held)
    mean = flat.reshape(len(codes_x), *others.shape[:2]).mean(axis=2).T
    return Surface(
        x=pair.parameters[0],
        y=pair.parameters[1],
        x_values=tuple(setting(study, x, position=position) for position in at_x.tolist()),
        y_values=tuple(setting(study, y, position=position) for position in at_y.tolist()),
        mean=tuple(_floats(row) for row in mean),
    )


def groups(
    parameters: tuple[ParameterResult, ...],
    ties: Mapping[tuple[str, str], float],
    *,
    share_margin: float,
) -> tuple[tuple[str, ...], ...]:
    """Which parameters belong together, and which can be tuned one after the other?

    ties: of two parameters, the upper end of the share that they hold together, alone or with
    others. Two are in one group unless it lies below the margin, or a chain of such pairs leads
    from one to the other. A group has a parameter worth tuning in it; negligible ones are in none,
    for their total share bounds all that they do with others.
    """
    tied = [item.name for item in parameters if item.verdict in GROUPED]
    group = {name: {name} for name in tied}
    for (left, right), high in ties.items():
        if left in group and right in group and high >= share_margin:
            merged = group[left] | group[right]
            for name in merged:
                group[name] = merged
    worth = [item.name for item in parameters if item.verdict in WORTH_TUNING]
    seen: list[tuple[str, ...]] = []
    for name in worth:
        members = tuple(other for other in tied if other in group[name])
        if members not in seen:
            seen.append(members)
    return tuple(seen)


def _floats(values: np.ndarray) -> tuple[float, ...]:
    return tuple(float(value) for value in values)
