"""How every figure looks: colours with a meaning, sizes, number formats, a figure without pyplot.

Colours are drawn from `COLORS` only. In an SVG each of them becomes a CSS variable with the drawn
colour as its fall-back (`analysis.svg`), so that one picture reads on a light and on a dark page.
"""

from __future__ import annotations

import math
import warnings
import weakref
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import wraps
from typing import TYPE_CHECKING, Any, Literal, TypeVar

import matplotlib as mpl
import seaborn as sns
from matplotlib import font_manager
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import LinearSegmentedColormap, to_rgba
from matplotlib.figure import Figure
from matplotlib.ticker import FixedLocator, FuncFormatter, MaxNLocator, NullLocator

from analysis.numerals import Measure, display_width, number, shortened, shown
from analysis.results import Report, Verdict
from analysis.shortening import brief
from analysis.words import Voice, words

if TYPE_CHECKING:
    from matplotlib.axes import Axes

COLORS: dict[str, str] = {
    "ink": "#1c2733",
    "muted": "#5a6673",
    "rule": "#c3cbd4",
    "band": "#e9ecf0",
    "paper": "#fefefe",
    "critical": "#0068a8",
    "fine": "#00745a",
    "quiet": "#68727e",
    "unsure": "#b04a00",
    "point": "#7b8794",
}
VERDICT_COLORS: dict[Verdict, str] = {
    "critical": COLORS["critical"],
    "fine": COLORS["fine"],
    "forgiving": COLORS["quiet"],
    "negligible": COLORS["quiet"],
    "undetermined": COLORS["unsure"],
    "not_estimable": COLORS["quiet"],
}
INTENSITY = LinearSegmentedColormap.from_list(
    "intensity", [to_rgba(COLORS["critical"], 0.03), to_rgba(COLORS["critical"], 1.0)]
)
"""One hue, from transparent to full: reads on any background, and in grey."""

PAIR_WIDTH = 5.3
"""Inches of a figure that stands beside another on the page."""
UNIT_COLUMNS = 8
"""A longer unit stands in the table, not on the axis."""
NAME_COLUMNS = 22
"""Longer names are short inside figures; tables have them whole."""
RASTER_ABOVE = 2000
"""A cloud of more points is one picture instead of so many marks."""
_INCH_PER_COLUMN = 0.074

_RC: dict[Any, Any] = {
    "svg.fonttype": "none",
    "svg.hashsalt": "knobwise",
    "text.parse_math": False,
    "text.usetex": False,
    "axes.unicode_minus": False,
    "font.family": ["sans-serif"],
    "font.sans-serif": ["DejaVu Sans"],
    "font.size": 9.0,
    "axes.labelsize": 9.0,
    "axes.titlesize": 9.0,
    "xtick.labelsize": 8.5,
    "ytick.labelsize": 8.5,
    "axes.edgecolor": COLORS["rule"],
    "axes.labelcolor": COLORS["muted"],
    "axes.linewidth": 0.8,
    "axes.facecolor": "none",
    "figure.facecolor": "none",
    "text.color": COLORS["ink"],
    "xtick.color": COLORS["rule"],
    "ytick.color": COLORS["rule"],
    "xtick.labelcolor": COLORS["muted"],
    "ytick.labelcolor": COLORS["muted"],
    "xtick.major.size": 3.0,
    "ytick.major.size": 3.0,
    "xtick.major.width": 0.8,
    "ytick.major.width": 0.8,
    "lines.solid_capstyle": "round",
    "agg.path.chunksize": 0,
    "path.simplify": False,
}


@contextmanager
def styled() -> Iterator[None]:
    """Draw and save inside this: the settings are put back afterwards.

    A letter that the measuring font lacks is no fault: an SVG's text is drawn by its reader.
    """
    with warnings.catch_warnings(), mpl.rc_context({**sns.axes_style("ticks"), **_RC}):
        warnings.filterwarnings("ignore", r"Glyph .* missing from font", UserWarning)
        yield


def picture_fonts() -> list[str]:
    """Fonts for a PNG, which carries its letters: those of other scripts that are here."""
    wanted = ("Noto Sans CJK KR", "Noto Sans KR", "NanumGothic", "Malgun Gothic",
              "Apple SD Gothic Neo", "Noto Sans CJK JP")  # fmt: skip
    here = set(font_manager.get_font_names())
    return ["DejaVu Sans", *(name for name in wanted if name in here)]


@dataclass(frozen=True)
class Canvas:
    """What a plot needs beside its data: the words of a language and the numbers' format."""

    voice: Voice = field(default_factory=lambda: Voice(words("en")))

    def say(self, key: str, **gaps: object) -> str:
        """The text of a key."""
        return self.voice.say(key, **gaps)

    def metric(self, report: Report) -> str:
        """The metric as an axis label."""
        metric = report.metric
        name = shortened(shown(metric.name), NAME_COLUMNS)
        if metric.transform == "rank":
            return self.say("figure.rank_axis", metric=name)
        unit = shown(metric.unit or "")
        return f"{name} ({unit})" if 0 < display_width(unit) <= UNIT_COLUMNS else name


def figure(width: float, height: float) -> Figure:
    """An empty figure of so many inches that pyplot knows nothing of."""
    made = Figure(figsize=(width, height))
    FigureCanvasAgg(made)
    return made


def axes(made: Figure, *, left: float, right: float, top: float, bottom: float) -> Axes:
    """One pair of axes with margins in inches, so that labels never push the panel about."""
    width, height = made.get_size_inches()
    box = (left / width, bottom / height, 1 - (left + right) / width, 1 - (top + bottom) / height)
    panel = made.add_axes(box)
    sns.despine(ax=panel)
    return panel


def corner(panel: Axes, text: str, *, left: float) -> None:
    """What the vertical axis counts, level, above its numbers; left: inches left of the panel."""
    panel.annotate(
        text, (0, 1), xycoords="axes fraction", xytext=(-72 * left + 3, 7),
        textcoords="offset points", ha="left", va="bottom", fontsize=8.5, color=COLORS["muted"],
        annotation_clip=False,
    )  # fmt: skip


def label(report: Report, name: str) -> str:
    """A parameter's name inside a figure."""
    return brief(report, name, columns=NAME_COLUMNS)


def label_inches(labels: Sequence[str]) -> float:
    """Room that the longest of some labels takes."""
    widest = max((display_width(text) for text in labels), default=0)
    return 0.2 + _INCH_PER_COLUMN * widest


Answer = TypeVar("Answer")


def once_per_report(work: Callable[[Report], Answer]) -> Callable[[Report], Answer]:
    """Remember the answer for the last report: every panel of a page asks for the same."""
    kept: list[tuple[weakref.ref[Report], Answer]] = []

    @wraps(work)
    def ask(report: Report) -> Answer:
        if not kept or kept[0][0]() is not report:
            kept[:] = [(weakref.ref(report), work(report))]
        return kept[0][1]

    return ask


@once_per_report
def lift(report: Report) -> float:
    """A power of ten that brings the objective to a size which drawing can bear; 1 normally.

    matplotlib widens an axis of 1e-300 to the unit interval and overflows near 1e300.
    """
    marginals = [p.marginal for p in report.parameters if p.marginal]
    sizes = [abs(point.objective) for point in report.points]
    sizes += [abs(value) for marginal in marginals for value in (*marginal.low, *marginal.high)]
    sizes += [p.tuning_risk.high for p in report.parameters if p.tuning_risk]
    largest = max(sizes, default=1.0)
    if largest == 0 or 1e-60 < largest < 1e60:
        return 1.0
    return 10.0 ** -min(max(math.floor(math.log10(largest)), -300), 300)


def objective_ticks(
    panel: Axes, report: Report, *, axis: Literal["x", "y"] = "y", lifted: float = 1.0
) -> None:
    """Few ticks, written in the metric's own unit (10**x where the scale is log10)."""
    low, high = panel.get_ylim() if axis == "y" else panel.get_xlim()
    places = _objective_places(low, high, report)
    told = tick_texts([v / lifted for v in places], Measure.of(report))
    texts = dict(zip(places, told, strict=True))
    target = panel.yaxis if axis == "y" else panel.xaxis
    target.set_major_locator(FixedLocator(places))
    target.set_major_formatter(formatter(lambda v: texts.get(v, "")))
    target.set_minor_locator(NullLocator())


def objective_texts(low: float, high: float, *, report: Report) -> list[str]:
    """What will stand at the ticks of an axis from low to high, in lifted units."""
    places = _objective_places(low, high, report)
    return tick_texts([v / lift(report) for v in places], Measure.of(report))


def _objective_places(low: float, high: float, report: Report) -> list[float]:
    logs = log_places(low, high) if report.metric.transform == "log10" else []
    return logs or round_places(low, high, n=4)


def log_values(low: float, high: float) -> list[float]:
    """Powers of ten from low to high, else steps of 1, 2 and 5 where they fit."""
    first, last = math.ceil(math.log10(low) - 1e-9), math.floor(math.log10(high) + 1e-9)
    if last - first >= 2:
        step = math.ceil((last - first) / 4)
        return [10.0**power for power in range(first, last + 1, step)]
    steps = [m * 10.0**p for p in range(first - 1, last + 1) for m in (1, 2, 3, 5, 7)]
    for wanted in ((1, 2, 5), (1, 2, 3, 5, 7)):
        inside = [v for v in steps if low * 0.999 <= v <= high * 1.001 and _leads(v) in wanted]
        if len(inside) >= 2:
            return inside[:: math.ceil(len(inside) / 5)]
    return []


def _leads(value: float) -> int:
    return round(value / math.pow(10, math.floor(math.log10(value) + 1e-9)))


def log_places(low: float, high: float) -> list[float]:
    """Exponents of round numbers; none where a float cannot hold them."""
    if low < -290 or high > 290:
        return []
    return [math.log10(value) for value in log_values(10.0**low, 10.0**high)]


def tick_texts(values: Sequence[float], measure: Measure) -> list[str]:
    """Ticks told apart from each other, all with the same decimals where they are plain."""
    if measure.transform == "log10":
        return [measure.value(value) for value in values]
    digits = 3
    while len({number(v, digits=digits) for v in values}) < len(values) and digits < 12:
        digits += 1
    texts = [number(value, digits=digits) for value in values]
    if any("e" in text for text in texts):
        return texts
    decimals = max((len(text.partition(".")[2]) for text in texts), default=0)
    return [f"{value:.{decimals}f}" for value in values]


def round_places(low: float, high: float, *, n: int) -> list[float]:
    """At most n + 1 round numbers from low to high."""
    found = MaxNLocator(nbins=n, steps=[1, 2, 2.5, 5, 10]).tick_values(low, high)
    slack = (high - low) * 1e-9
    return [0.0 if abs(t) < slack else float(t) for t in found if low - slack <= t <= high + slack]


def formatter(write: Callable[[float], str]) -> FuncFormatter:
    """A tick formatter of one value."""
    return FuncFormatter(lambda value, _position: write(value))
