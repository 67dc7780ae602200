"""Levels that are probably one, written in several ways: "SGD" and " sgd", true and "True"."""

from __future__ import annotations

import re

import numpy as np

from analysis.frame import Frame
from analysis.results import Finding, Scalar
from analysis.sentences import finding, said
from analysis.space import Parameter
from journal.filter_writer import filter_text
from journal.pairs import write_pair
from journal.values import write_scalar

_BETWEEN = re.compile(r"(?<=\w)[\s_-]+(?=\w)")


def spellings(frame: Frame) -> list[Finding]:
    """Levels of a parameter that differ in capitals, blanks, hyphens or in their kind alone."""
    found = []
    for j, parameter in enumerate(frame.space.parameters):
        if parameter.numeric:
            continue
        codes = frame.codes[:, j]
        counts = np.bincount(codes[~np.isnan(codes)].astype(int), minlength=len(parameter.levels))
        alike: dict[str, list[int]] = {}
        for level in np.flatnonzero(counts):
            alike.setdefault(_plain(parameter.levels[level]), []).append(int(level))
        for group in alike.values():
            if len(group) > 1:
                group.sort(key=lambda level: (_untidy(parameter.levels[level]), -counts[level]))
                found.append(_finding(parameter, group, counts))
    return found


def _finding(parameter: Parameter, group: list[int], counts: np.ndarray) -> Finding:
    """The first of the group is the one that is meant; the remedy shows the runs of the second."""
    name, levels = parameter.name, [parameter.levels[level] for level in group]
    return finding(
        "spellings",
        name,
        name=name,
        levels=tuple(
            said("spellings.level", value=_shown(parameter.levels[level]), n=counts[level])
            for level in group
        ),
        where=filter_text(name, "=", value=levels[1]),
        right=write_pair(name, levels[0]),
    )


def _untidy(level: Scalar) -> bool:
    """Whether a text has blanks at its ends: then it is not the one that is meant."""
    return isinstance(level, str) and level != level.strip()


def _shown(level: Scalar) -> str:
    """So written that blanks and kinds are seen."""
    return repr(level) if isinstance(level, str) else write_scalar(level)


def _plain(level: Scalar) -> str:
    """What is left of a level without capitals, blanks at its ends, and what joins its words."""
    return _BETWEEN.sub(" ", str(level).strip().casefold())
