"""Which interactions coincide in a fraction of a two-level design, with each other or with effects?

In a fraction of 2^d the product of two columns is often the product of two others, or a column of
its own (Box & Hunter 1961): no run tells which of them acts. Only parameters with two settings are
looked at, each run in a quarter of the configurations or more.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations

import numpy as np

from analysis.findings_parts import ALIASED, thinned
from analysis.frame import Frame
from analysis.results import Finding
from analysis.sentences import finding

LEAST = 0.25
"""A parameter's rarer setting has this share of the configurations."""
MOST_SHOWN = 4
Term = tuple[str, ...]
"""One parameter, or two that act together."""


@dataclass(frozen=True)
class Aliases:
    """Pairs of terms that coincide, of which one at least is an interaction."""

    coincide: tuple[tuple[Term, Term], ...]

    @property
    def effects(self) -> frozenset[str]:
        """Parameters whose own effect may be the interaction of two others."""
        return frozenset(term[0] for both in self.coincide for term in both if len(term) == 1)

    @property
    def members(self) -> frozenset[str]:
        """Parameters of interactions that may be others, or none."""
        terms = (term for both in self.coincide for term in both if len(term) == 2)
        return frozenset(name for term in terms for name in term)


def aliases(frame: Frame) -> Aliases:
    """What coincides in these configurations; nothing where every combination was run."""
    codes = thinned(frame)
    two = [j for j in range(len(frame.space)) if _in_halves(codes[:, j])]
    if frame.complete or len(two) < 3:
        return Aliases(())
    names = [frame.space.names[j] for j in two]
    signs = np.sign(codes[:, two] - codes[:, two].mean(axis=0))
    terms: list[Term] = [(name,) for name in names]
    columns = list(signs.T)
    for i, j in combinations(range(len(two)), 2):
        terms.append((names[i], names[j]))
        columns.append(signs[:, i] * signs[:, j])
    whole = np.array(columns) - np.mean(columns, axis=1, keepdims=True)
    length = np.linalg.norm(whole, axis=1)
    unit = whole / np.where(length > 1e-9, length, np.inf)[:, None]
    tied = np.triu(np.abs(unit @ unit.T) >= ALIASED, 1)
    tied[: len(two), : len(two)] = False  # two effects: `findings_design.aliased`
    return Aliases(tuple((terms[i], terms[j]) for i, j in np.argwhere(tied).tolist()))


def confused(frame: Frame) -> list[Finding]:
    """Says which interactions these runs cannot tell apart."""
    found = aliases(frame)
    if not found.coincide:
        return []
    told = tuple(" = ".join(map(" × ".join, both)) for both in found.coincide[:MOST_SHOWN])
    names = sorted(found.effects | found.members)
    return [finding("aliased.interactions", *names, chains=told, n=len(found.coincide))]


def _in_halves(column: np.ndarray) -> bool:
    """Does this column have two values, neither of them rare?"""
    if np.isnan(column).any():
        return False
    values, counts = np.unique(column, return_counts=True)
    return len(values) == 2 and counts.min() >= LEAST * len(column)
