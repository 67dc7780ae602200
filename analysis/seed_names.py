"""A seed that is a parameter of the program (`random_state`): told by its name."""

from __future__ import annotations

from collections.abc import Sequence

from analysis.results import Report, Scalar


def with_seed(
    named: Sequence[tuple[str, Scalar]], seed: Scalar, *, called: str
) -> dict[str, Scalar]:
    """The settings and the seed, unless one of them sets it: the parameter that is called so."""
    told = dict(named)
    return told if called in told else {**told, "seed": seed}


def seed_name(report: Report) -> str:
    """The parameter that sets the seed in this report's runs; "" where it is recorded as such."""
    return report.plan.seed_name if report.plan else ""
