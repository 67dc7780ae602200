"""A parameter's axis in a picture: where values stand, and which labels it gets."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import TYPE_CHECKING, TypeVar

from matplotlib.ticker import FixedLocator, NullLocator

from analysis.errors import UnknownParameter
from analysis.numerals import digits_of, display_width, setting
from analysis.places import BEFORE, Places
from analysis.plots_style import log_values, round_places
from analysis.results import FailureParameter, ParameterResult, Scalar
from analysis.shortening import settings

if TYPE_CHECKING:
    from matplotlib.axes import Axes

Named = TypeVar("Named", ParameterResult, FailureParameter)
SLANT_INCHES = 0.5
"""More room below the axis for names at a slant."""
SLANTED_COLUMNS = 14


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


class Axis:
    """One parameter's axis on the unit interval: own scale, or levels side by side."""

    def __init__(self, parameter: ParameterResult) -> None:
        self.parameter = parameter
        self.place = Places(parameter)
        self.numeric = self.place.numeric
        self.log = self.place.log

    def slanted(self, columns: int) -> bool:
        """Whether the levels' names need to be written at a slant: words that do not fit."""
        levels = self.parameter.levels
        if self.numeric or self.parameter.kind == "ordinal" or not levels:
            return False
        room = columns / len(levels)
        widths = [display_width(setting(level)) for level in levels]
        together = [(left + right) / 2 + 1 for left, right in itertools.pairwise(widths)]
        return max(together, default=0.0) > max(room, 3) or max(widths) > room + 4

    def ticks(self, panel: Axes, *, columns: int) -> None:
        """Few labels, as one would type the values."""
        start = BEFORE - 0.06 if self.place.special else -0.04
        panel.set_xlim((start, 1.04) if self.numeric else (0.0, 1.0))
        slanted = self.slanted(columns)
        values = self._on_range(columns) if self.numeric else self._some_levels(columns)
        digits = digits_of(self.parameter)
        labels = settings(values, columns=SLANTED_COLUMNS, digits=digits)
        panel.xaxis.set_major_locator(FixedLocator([self.place(value) for value in values]))
        panel.xaxis.set_minor_locator(NullLocator())
        if slanted:
            panel.xaxis.set_ticklabels(labels, rotation=32, ha="right", rotation_mode="anchor")
        else:
            panel.xaxis.set_ticklabels(labels)

    def _some_levels(self, columns: int) -> list[Scalar]:
        """Every level where their names fit side by side or at a slant, else every k-th."""
        levels, step = list(self.parameter.levels), 1
        if self.parameter.kind != "ordinal" and not self.slanted(columns):
            return levels  # their names fit as they are, and nobody can guess the one in between
        while True:
            some = levels[::step]
            width = 3 if self.slanted(columns) else 1 + max(
                (display_width(setting(level)) for level in some), default=0)  # fmt: skip
            if len(some) < 3 or len(some) * width <= columns:
                return some
            step += 1

    def _on_range(self, columns: int) -> list[Scalar]:
        """Round values, and the special one before them; without those that would touch it."""
        beside = list(self.parameter.levels) if self.place.special else []
        room = max((display_width(setting(value)) + 3 for value in beside), default=0) / columns
        return beside + [v for v in self.round_values() if not beside or self.place(v) > room / 2]

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
