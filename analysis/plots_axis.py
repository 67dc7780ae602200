"""A parameter's axis in a picture: where values stand, and which labels it gets."""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, TypeVar

from matplotlib.ticker import FixedLocator, NullLocator

from analysis.errors import UnknownParameter
from analysis.numerals import digits_of, display_width, setting
from analysis.places import BEFORE, Places
from analysis.plots_style import text_inches
from analysis.plots_ticks import along, log_values, round_places
from analysis.results import FailureParameter, ParameterResult, Scalar
from analysis.shortening import settings

if TYPE_CHECKING:
    from matplotlib.axes import Axes

Named = TypeVar("Named", ParameterResult, FailureParameter)
LABEL_COLUMNS = 14
"""Of a level's name below an axis."""
_SLANT = 32
"""Degrees, of names that do not fit side by side."""
_AIR = 0.06
"""Inches between a slanted name and the figure's side."""


def called(found: Sequence[Named], name: str) -> Named:
    """The parameter of this name.

    Raises: UnknownParameter, with the names there are.
    """
    for parameter in found:
        if parameter.name == name:
            return parameter
    names = ", ".join(repr(parameter.name) for parameter in found)
    hint = f"there are {names}" if names else "there is none in this report"
    raise UnknownParameter(f"no parameter {name!r} to draw", where="plots", hint=hint)


@dataclass(frozen=True)
class Labels:
    """Level names below an axis: where each stands (0 to 1), and whether at a slant."""

    at: Sequence[float]
    texts: Sequence[str]
    slanted: bool

    def margins(self, left: float, *, width: float, right: float) -> tuple[float, float]:
        """Inches left of the panel, so that no slanted name leaves the figure; more inches below.

        left, right: what is wanted otherwise, in a figure of so many inches.
        """
        if not self.slanted:
            return left, 0.0
        angle = math.radians(_SLANT)
        reach = [text_inches(text) * math.cos(angle) + _AIR for text in self.texts]
        wanted = [
            (far - at * (width - right)) / (1 - at)
            for far, at in zip(reach, self.at, strict=True)
            if at < 1
        ]
        return max(left, *wanted), max(map(text_inches, self.texts)) * math.sin(angle)

    def write(self, panel: Axes) -> None:
        """Put them below a panel whose axis goes from 0 to 1, or to the number of cells."""
        start, end = panel.get_xlim()
        panel.xaxis.set_major_locator(FixedLocator([start + at * (end - start) for at in self.at]))
        panel.xaxis.set_minor_locator(NullLocator())
        turned = {"rotation": _SLANT, "ha": "right", "rotation_mode": "anchor"}
        panel.xaxis.set_ticklabels(
            list(self.texts), **(turned if self.slanted else {"rotation": 0})
        )


def crowded(texts: Sequence[str], *, room: float) -> bool:
    """Whether texts side by side, each with so many columns, need to be written at a slant."""
    widths = [display_width(text) for text in texts]
    together = [(left + right) / 2 + 1 for left, right in itertools.pairwise(widths)]
    return max(together, default=0.0) > max(room, 3) or max(widths, default=0) > room + 4


class Axis:
    """One parameter's axis on the unit interval: own scale, or levels side by side."""

    def __init__(self, parameter: ParameterResult) -> None:
        self.parameter = parameter
        self.place = Places(parameter)
        self.numeric = self.place.numeric
        self.log = self.place.log

    def labels(self, columns: int) -> Labels:
        """The levels' names, as many as have room; none of a range, whose ticks are numbers."""
        if self.numeric:
            return Labels((), (), slanted=False)
        slanted = self._slanted(columns)
        values = self._some_levels(columns, slanted=slanted)
        texts = settings(values, columns=LABEL_COLUMNS, digits=digits_of(self.parameter))
        return Labels([self.place(value) for value in values], texts, slanted)

    def _slanted(self, columns: int) -> bool:
        """Whether the levels' names are words that do not fit side by side."""
        levels = self.parameter.levels
        if self.parameter.kind == "ordinal" or not levels:
            return False
        return crowded([setting(level) for level in levels], room=columns / len(levels))

    def ticks(self, panel: Axes, *, columns: int) -> None:
        """Few labels, as one would type the values."""
        if not self.numeric:
            panel.set_xlim(0.0, 1.0)
            self.labels(columns).write(panel)
            return
        beside = list(self.parameter.levels) if self.place.special else []
        panel.set_xlim(BEFORE - 0.06 if beside else -0.04, 1.04)
        write = partial(settings, columns=LABEL_COLUMNS, digits=digits_of(self.parameter))
        values = [*beside, *self.round_values()]
        along(panel, values, write=write, place=self.place, first=len(beside))

    def _some_levels(self, columns: int, *, slanted: bool) -> list[Scalar]:
        """Every level where their names fit side by side or at a slant, else every k-th.

        Of names nobody can guess the one in between: that of the recommended level is there.
        """
        levels, step = list(self.parameter.levels), 1
        best = self.parameter.recommendation
        told = levels.index(best.value) if slanted and best and best.value in levels else 0
        if self.parameter.kind != "ordinal" and not slanted:
            return levels  # their names fit as they are, and nobody can guess the one in between
        while True:
            some = levels[told % step :: step]
            width = 3 if slanted else 1 + max(
                (display_width(setting(level)) for level in some), default=0)  # fmt: skip
            if len(some) < 3 or len(some) * width <= columns:
                return some
            step += 1

    def round_values(self) -> list[Scalar]:
        """A few round values within the range searched."""
        assert self.parameter.domain is not None
        low, high = self.parameter.domain
        if self.log and low > 0:
            return list(log_values(low, high) or [low, high])
        if not self.log and 1e-60 < max(abs(low), abs(high)) < 1e60:
            places = round_places(low, high, n=4)
            whole = self.parameter.kind == "integer"
            return [round(p) if whole else p for p in places if not whole or p == round(p)]
        return [low, high]
