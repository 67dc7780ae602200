"""Which interactions coincide in a fraction of a two-level design, with each other or with effects?

In a fraction of 2^d the product of two columns is often the product of two others, or a column of
its own (Box & Hunter 1961): no run tells which of them acts. Only parameters with two settings are
looked at, each run in a quarter of the configurations or more. Centre points lie outside of the
fraction: where all products are zero, none is told from another.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations

import numpy as np

from analysis.findings_parts import ALIASED, thinned
from analysis.frame import Frame
from analysis.results import Finding
from analysis.sentences import finding
from analysis.space import Space

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
    codes = _off_centre(thinned(frame), frame.space)
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


def _off_centre(codes: np.ndarray, space: Space) -> np.ndarray:
    """The configurations, without those in which all ordered axes of three values have the middle.

    codes: (n, n_parameters). All of them where an axis has its middle elsewhere as well.
    """
    axes = [
        (column, values[1])
        for column, parameter in zip(codes.T, space.parameters, strict=True)
        if parameter.kind != "categorical" and len(values := _values(column)) == 3
    ]
    if not axes:
        return codes
    middle = np.array([column == centre for column, centre in axes])
    centres = middle.all(axis=0)
    return codes if (middle.any(axis=0) != centres).any() else codes[~centres]


def _in_halves(column: np.ndarray) -> bool:
    """Does this column have two values, neither of them rare?"""
    values = _values(column)
    return len(values) == 2 and min(np.mean(column == one) for one in values) >= LEAST


def _values(column: np.ndarray) -> np.ndarray:
    """The different values of a column, ascending; none where one is missing."""
    return np.unique(column) if not np.isnan(column).any() else column[:0]
