"""Numbers, settings and names as text, the same in every rendering.

Names and values come from other people's runs: `shown` makes every control character, bidirectional
mark and lone surrogate visible as an escape, so that no text can reorder, hide or break what stands
around it. Escaping for HTML or Markdown comes after, in the rendering.
"""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from analysis.results import ParameterResult, Report, Scalar

_HIDDEN = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
_SHORT = {"\n": "\\n", "\r": "\\r", "\t": "\\t"}
_LARGEST_DECIMALS = 8
_LARGEST_PLAIN = 1e7
_NOISELESS = 1000
"""Noise of less than this part of the margin asks for no decimals."""
DIGITS = 3
"""Significant digits of a number that nobody typed."""
TYPED = 5
"""A number of at most so many digits is written as it was typed."""
ELLIPSIS = "…"
LONGEST = 100
"""Columns of a text among sentences and in tables; JSON and commands have all of it."""
LONGEST_TYPED = 2_000
"""The same of a command in a sentence on a page or a screen."""
STEPS = 100
"""A range's values are written so that at least so many of them can be told apart."""


def shown(text: str) -> str:
    """The text with everything invisible or reordering written as an escape."""
    if text.isascii() and text.isprintable():
        return text  # as most are
    return "".join(
        _escaped(character) if unicodedata.category(character) in _HIDDEN else character
        for character in text
    )


def visible(text: str) -> str:
    """Lines for a terminal: `shown`, but for the breaks between them."""
    return "\n".join(map(shown, text.split("\n")))


def _escaped(character: str) -> str:
    code = ord(character)
    if code < 0x100:
        return _SHORT.get(character, f"\\x{code:02x}")
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def display_width(text: str) -> int:
    """Columns the text takes in a terminal: wide characters two, combining ones none."""
    if text.isascii():
        return len(text)
    return sum(
        0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1
        for c in text
    )


def shortened(text: str, width: int) -> str:
    """At most `width` columns, cut in the middle: long names often differ at their ends."""
    if len(text) > 4 * width:  # what is between is not looked at
        text = text[: 2 * width] + ELLIPSIS + text[-2 * width :]
    if display_width(text) <= width:
        return text
    room = max(width - display_width(ELLIPSIS), 0)
    head, tail = fitting(text, room - room // 2), fitting(text[::-1], room // 2)[::-1]
    return head + ELLIPSIS + tail


def fitting(text: str, width: int) -> str:
    """The beginning that takes at most `width` columns."""
    taken = 0
    for index, character in enumerate(text):
        taken += display_width(character)
        if taken > width:
            return text[:index]
    return text


def resolving(domain: tuple[float, float] | None, scale: str) -> int:
    """Digits that tell values of a range apart: three of 1e-5 to 0.1, six of 0.999 to 0.9999."""
    low, high = domain or (0.0, 0.0)
    step = (math.log(high) - math.log(low)) / STEPS if scale == "log" and 0 < low < high else 0.0
    if scale != "log":
        step = (high / STEPS - low / STEPS) / max(abs(low), abs(high), 5e-324)
    return max(DIGITS, 1 - math.ceil(math.log10(step))) if step > 0 else DIGITS


def telling(levels: Sequence[Scalar]) -> int:
    """The fewest digits, three at least, with which no two levels are written alike."""
    numbers = {value for value in levels if isinstance(value, float)}
    for digits in range(DIGITS, 17):
        if len({number(value, digits=digits) for value in numbers}) == len(numbers):
            return digits
    return 17


def digits_of(parameter: ParameterResult) -> int:
    """Digits that tell this parameter's values apart."""
    if parameter.scale == "levels":
        return telling(parameter.levels)
    return resolving(parameter.domain, parameter.scale)


def setting(value: Scalar, *, digits: int = DIGITS, computed: bool = False) -> str:
    """A parameter's value as one would type it: 0.003, 1e-5, true, null, relu.

    digits: of a number that was computed, or has more of them than anybody types (`TYPED`).
    A long text is cut (`LONGEST`).
    """
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value) if abs(value) < _LARGEST_PLAIN else scientific(value, digits=3)
    if isinstance(value, float):
        own = len(repr(value).partition("e")[0].replace(".", "").strip("-0"))
        return number(value, digits=digits if computed or own > TYPED else max(digits, own))
    return shortened(shown(shortened(value, LONGEST)), LONGEST)


def number(value: float, *, digits: int = 3) -> str:
    """A number alone, to so many significant digits."""
    if not math.isfinite(value):
        return str(value)
    if value == 0:
        return "0"
    if 1e-3 <= abs(value) < 1e5:
        exponent = math.floor(math.log10(abs(value)))
        text = f"{value:.{max(digits - 1 - exponent, 0)}f}"
        return text.rstrip("0").rstrip(".") if "." in text else text
    return scientific(value, digits=digits)


def scientific(value: float, *, digits: int = 3) -> str:
    """1e-5 rather than 1.00e-05; integers too large for a float are cut as they are."""
    try:
        text = f"{value:.{max(digits - 1, 0)}e}"
    except OverflowError:
        figures = str(abs(value))
        sign = "-" if value < 0 else ""
        return f"{sign}{figures[0]}.{figures[1:digits]}e{len(figures) - 1}"
    mantissa, exponent = text.split("e")
    if "." in mantissa:
        mantissa = mantissa.rstrip("0").rstrip(".")
    return f"{mantissa}e{int(exponent)}"


def read(value: float) -> str:
    """A number that nobody will type, to three digits: 1,580 and 1,410,000, as counts are."""
    if not 1e3 <= abs(value) < _LARGEST_PLAIN:
        return number(value)
    return grouped(value, decimals=DIGITS - 1 - math.floor(math.log10(abs(value))))


def grouped(value: float, *, decimals: int) -> str:
    """So many decimals, or fewer than none: 1,413,000 is known to thousands; never "-0"."""
    return _no_minus_zero(f"{round(value, decimals):,.{max(decimals, 0)}f}")


def plain(largest: float, *, decimals: int) -> bool:
    """Whether numbers up to the largest are read more easily without a power of ten."""
    return decimals <= _LARGEST_DECIMALS and abs(largest) < _LARGEST_PLAIN


def share(value: float | None) -> str:
    """A share of variance, two decimals; a dash where it is not known."""
    return "–" if value is None else _no_minus_zero(f"{value:.2f}")


def bare(text: str) -> str:
    """.0183 rather than 0.0183, as statisticians write it."""
    cleaned = text.replace(" 0.", " .").replace("[0.", "[.").replace("-0.", "-.")
    return cleaned[1:] if cleaned.startswith("0.") else cleaned


def p_value(value: float | None) -> str:
    """Three decimals, never "0.000"."""
    if value is None:
        return "–"
    return "<0.001" if value < 0.001 else f"{value:.3f}"


def statistic(value: float | None) -> str:
    """An F value: one decimal, fewer where it is large."""
    if value is None:
        return "–"
    return f"{value:.1f}" if abs(value) < 1e4 else scientific(value, digits=2)


def duration(seconds: float) -> tuple[str, str]:
    """A duration short enough for a sentence, and the key of its unit: 40 s, 4 min, 2.5 h, 3 d."""
    for size, unit, until in ((1, "s", 90), (60, "min", 5400), (3600, "h", 172800)):
        if seconds < until:
            amount = seconds / size
            return (f"{amount:.1f}" if unit == "h" and amount < 10 else f"{amount:.0f}"), unit
    return f"{seconds / 86400:.0f}", "d"


@dataclass(frozen=True)
class Measure:
    """How numbers of the objective are written, so that the noise decides the decimals.

    resolution: the smallest difference worth showing, in the transformed objective's unit.
    """

    transform: str
    resolution: float

    @classmethod
    def of(cls, report: Report) -> Measure:
        """Decimals from the smaller of margin and noise, else from the spread of the runs."""
        return cls(transform=report.metric.transform, resolution=_resolution(report))

    def size(self, value: float | None) -> str:
        """A difference: a risk, a margin, a noise; on a log scale the factor it is, 1.58×."""
        if value is None:
            return "–"
        if self.transform == "log10":
            return f"{self._factor(value)}×"
        if plain(value, decimals=self._decimals()):
            return grouped(value, decimals=self._decimals())
        return scientific(value, digits=3) if value else "0"

    def value(self, value: float | None) -> str:
        """A level of the objective, taken back from the transform: 10**x where it is log10."""
        if value is None:
            return "–"
        if self.transform == "log10":
            return _power_of_ten(value)
        if plain(value, decimals=self._decimals()):
            return grouped(value, decimals=self._decimals())
        figures = math.floor(math.log10(max(abs(value) / self.resolution, 1))) + 2
        return scientific(value, digits=min(max(figures, 2), 9))

    def column(self, values: Sequence[float]) -> list[str]:
        """Levels of the objective below each other: the same decimals where they are of one size.

        Three digits each, and up to two more where smaller ones in the column have them.
        """
        texts = [self.value(value) for value in values]
        if self.transform != "log10":
            return texts  # the resolution has fixed them
        levels = {i: math.pow(10, values[i]) for i, text in enumerate(texts) if "e" not in text}
        own = {i: DIGITS - 1 - math.floor(math.log10(x)) for i, x in levels.items()}
        shared = min(max(own.values(), default=0), min(own.values(), default=0) + 2)
        for i, x in levels.items():
            texts[i] = grouped(x, decimals=max(own[i], shared))
        return texts

    def interval(self, low: float, high: float) -> str:
        """[low, high] of a difference."""
        return f"[{self.size(low)}, {self.size(high)}]".replace("×", "")

    def _factor(self, value: float) -> str:
        """10**value with as many decimals as the resolution deserves."""
        if not -300 < value < 300:
            return _power_of_ten(value)
        factor, step = math.pow(10, value), math.pow(10, min(self.resolution, 2.0)) - 1
        decimals = max(1 - math.floor(math.log10(max(step, 1e-9))), 0)
        small = decimals <= _LARGEST_DECIMALS and 0.01 < factor < 100
        return f"{factor:.{decimals}f}" if small else read(factor)

    def _decimals(self) -> int:
        """Two digits of the resolution are known; below 0 where it is 100 and more."""
        return 1 - math.floor(math.log10(self.resolution))


def _resolution(report: Report) -> float:
    noise, margin = report.noise, report.margin.metric if report.margin else 0.0
    sizes = [size for size in (noise.sd_near_best, noise.sd) if size > 0] if noise else []
    if margin > 0:
        return min([margin, *(size for size in sizes if size > margin / _NOISELESS)])
    if sizes:
        return sizes[0]
    values = [point.objective for point in report.points] or [1.0]
    spread = max(values) - min(values)
    return spread / 100 or max(abs(values[0]) / 100, 5e-324)


def _power_of_ten(exponent: float) -> str:
    """10**exponent to three digits, also where a float cannot hold it."""
    if -300 < exponent < 300:
        return read(math.pow(10, exponent))
    whole = math.floor(exponent)
    return f"{number(math.pow(10, exponent - whole))}e{whole}"


def _no_minus_zero(text: str) -> str:
    return text[1:] if text.startswith("-") and not text.strip("-0.") else text
