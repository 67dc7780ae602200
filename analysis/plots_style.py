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
from typing import TYPE_CHECKING, Any, TypeVar

import matplotlib as mpl
import seaborn as sns
from matplotlib import font_manager
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import LinearSegmentedColormap, to_rgba
from matplotlib.figure import Figure

from analysis.numerals import display_width, shown
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

PAIR_WIDTH = 4.0
"""Inches of a figure that stands beside another on the page."""
UNIT_COLUMNS = 8
"""A longer unit stands in the table, not on the axis."""
NAME_COLUMNS = 22
"""Longer names are short inside figures; tables have them whole."""
RASTER_ABOVE = 2000
"""A cloud of more points is one picture instead of so many marks."""
_INCH_PER_COLUMN, _LINE, _TITLE = 0.074, 0.15, 2.7

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
    "figure.facecolor": "white",
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
        name = label(report, metric.name)
        if metric.transform == "rank":
            return self.say("figure.rank_axis", metric=name)
        unit = shown(metric.unit or "")
        return f"{name} ({unit})" if 0 < display_width(unit) <= UNIT_COLUMNS else name


ENGLISH = Canvas()


def figure(width: float, height: float) -> Figure:
    """An empty figure of so many inches that pyplot knows nothing of."""
    made = Figure(figsize=(width, height))
    FigureCanvasAgg(made)
    return made


def axes(
    made: Figure, *, left: float, right: float, top: float, bottom: float, title: str = ""
) -> Axes:
    """One pair of axes with margins in inches, so that labels never push the panel about.

    title: what the horizontal axis counts; the figure grows by the lines that it takes beyond one.
    Where the panel is narrow it goes on to the left, below the names.
    """
    width, height = made.get_size_inches()
    centred = width - left - right + 2 * min(left, right)
    room = max(centred, min(width - right, _TITLE))
    lines = balanced(title, columns=math.floor(room / _INCH_PER_COLUMN))
    more = _LINE * (len(lines) - 1)
    height, bottom = height + more, bottom + more
    made.set_size_inches(width, height)
    box = (left / width, bottom / height, 1 - (left + right) / width, 1 - (top + bottom) / height)
    panel = made.add_axes(box)
    wide = max(map(text_inches, lines)) > centred
    panel.set_xlabel("\n".join(lines), loc="right" if wide else "center")
    sns.despine(ax=panel)
    return panel


def balanced(text: str, *, columns: int) -> list[str]:
    """The text in as few lines of so many columns as it takes, of about the same length."""
    lines = _folded(text, columns)
    while len(lines) > 1 and len(narrower := _folded(text, columns - 1)) == len(lines):
        lines, columns = narrower, columns - 1
    return lines


def _folded(text: str, columns: int) -> list[str]:
    lines = [""]
    for word in text.split(" "):
        if lines[-1] and display_width(f"{lines[-1]} {word}") > columns:
            lines.append(word)
        else:
            lines[-1] = f"{lines[-1]} {word}".strip()
    return lines


def above(panel: Axes, text: str, *, place: float) -> None:
    """A word over a line, level with the top; moved where it would leave the figure."""
    at, half, width = inches_at(panel, place), text_inches(text) / 2, _root(panel).get_figwidth()
    moved = max(half - at, 0.0) - max(at + half - width, 0.0)
    panel.annotate(
        text, (place, 1), xycoords=("data", "axes fraction"), xytext=(72 * moved, 3),
        textcoords="offset points", ha="center", va="bottom", fontsize=8, color=COLORS["muted"],
        annotation_clip=False,
    )  # fmt: skip


def corner(panel: Axes, text: str, *, left: float) -> None:
    """What the vertical axis counts, level, above its numbers; left: inches left of the panel."""
    panel.annotate(
        text, (0, 1), xycoords="axes fraction", xytext=(-72 * left + 3, 7),
        textcoords="offset points", ha="left", va="bottom", fontsize=8.5, color=COLORS["muted"],
        annotation_clip=False,
    )  # fmt: skip


def name_rows(panel: Axes, labels: Sequence[str]) -> None:
    """One row for each label, downwards from 0, named to the left of the panel."""
    panel.set_ylim(len(labels) - 0.4, -0.6)
    panel.set_yticks(range(len(labels)), labels)
    panel.tick_params(axis="y", length=0, labelcolor=COLORS["ink"])


def label(report: Report, name: str) -> str:
    """A parameter's name inside a figure."""
    return brief(report, name, columns=NAME_COLUMNS)


def inches_at(panel: Axes, place: float) -> float:
    """How far from the figure's left side a place of the horizontal axis is."""
    pixels = panel.get_xaxis_transform().transform((place, 0.0))[0]
    return float(pixels / _root(panel).dpi)


def _root(panel: Axes) -> Figure:
    made = panel.figure
    assert isinstance(made, Figure)
    return made


def text_inches(text: str) -> float:
    """Room that a label takes."""
    return _INCH_PER_COLUMN * display_width(text)


def label_inches(labels: Sequence[str]) -> float:
    """Room that the longest of some labels takes, and what is between it and the panel."""
    return 0.2 + max(map(text_inches, labels), default=0.0)


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
