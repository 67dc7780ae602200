"""A figure as SVG text that can stand inside a page, or as a file of its own.

matplotlib's SVG is a file for printing: a fixed size, fixed colours and fonts, ids that clash when
two figures meet in one page, six decimals on every coordinate. What is written here has a view box
only, the page's fonts, CSS variables for colours, ids with the figure's own prefix, two decimals,
a title and a description for those who do not see it, and no date.
"""

from __future__ import annotations

import io
import re
from html import escape
from typing import Any

import matplotlib as mpl
from matplotlib.figure import Figure

from analysis.numerals import shown
from analysis.plots_style import COLORS, picture_fonts, styled

_DARK: dict[str, str] = {
    "ink": "#e6eaef",
    "muted": "#a3adb9",
    "rule": "#46505c",
    "band": "#262d36",
    "paper": "#14181d",
    "critical": "#62b5ee",
    "fine": "#4cc4a0",
    "quiet": "#9aa5b1",
    "unsure": "#f0a45d",
    "point": "#8a96a3",
}
_CLOUD_DPI = 100
"""Of the clouds that are one picture; everything else has no pixels."""
_PICTURE_DPI = 160
_TAG_ID = re.compile(r' id="([^"]*)"')
_REFERENCE = re.compile(r'(url\(#|href="#)([^)"]+)')
_NUMBER = re.compile(r"-?\d+\.\d{3,}")
_GEOMETRY = re.compile(r' (?:d|x|y|width|height|transform|points|viewBox)="[^"]*"')
_FONT = re.compile(r"font-family: [^;\"]*;? ?|font: (?:[\w ]* )?([\d.]+)px [^;\"]*")


def inline(figure: Figure, *, key: str, title: str, description: str) -> str:
    """SVG text for a page; `key` makes its ids unique there."""
    text = _drawn(figure)
    body = text[text.index("<svg") :]
    body = body[body.index(">") + 1 :]
    width, height = (side * 72 for side in figure.get_size_inches())
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" '
        f'class="fig" viewBox="0 0 {width:g} {height:g}" role="img" '
        f'aria-labelledby="{key}-t {key}-d" style="--width:{width * 1.333:.0f}px">'
        f'<title id="{key}-t">{escape(shown(title))}</title>'
        f'<desc id="{key}-d">{escape(shown(description))}</desc>'
    )
    return head + _themed(_own_ids(_slim(body), key))


def standalone(figure: Figure, *, key: str, title: str, description: str) -> str:
    """The same as a file: with its own colours for light and dark, and a plain font."""
    text = inline(figure, key=key, title=title, description=description)
    width, height = (side * 96 for side in figure.get_size_inches())
    style = (
        f"<style>svg{{{variables('light')}font-family:system-ui,sans-serif;"
        f"background:var(--paper)}}@media(prefers-color-scheme:dark){{svg{{{variables('dark')}}}}}"
        "*{stroke-linejoin:round;stroke-linecap:butt}.mesh path{shape-rendering:crispEdges}</style>"
    )
    text = text.replace("<svg ", f'<svg width="{width:g}" height="{height:g}" ', 1)
    return text.replace("<title ", style + "<title ", 1) + "\n"


def variables(scheme: str) -> str:
    """The CSS custom properties of a scheme, for the page's own style."""
    colors = COLORS if scheme == "light" else _DARK
    return "".join(f"--{name}:{color};" for name, color in colors.items())


def png(figure: Figure) -> bytes:
    """The figure as a picture on white, without a date."""
    fonts: dict[Any, Any] = {"font.sans-serif": picture_fonts()}
    with styled(), mpl.rc_context(fonts), io.BytesIO() as file:
        figure.savefig(file, format="png", dpi=_PICTURE_DPI, metadata={"Software": None})
        return file.getvalue()


def _drawn(figure: Figure) -> str:
    with styled(), io.StringIO() as file:
        told = {"Date": None, "Creator": None}
        figure.savefig(file, format="svg", dpi=_CLOUD_DPI, facecolor="none", metadata=told)
        return file.getvalue()


def _slim(body: str) -> str:
    """Without comments, metadata and the global style; coordinates to two decimals."""
    body = re.sub(r"<!--.*?-->|<metadata>.*?</metadata>", "", body, flags=re.DOTALL)
    body = re.sub(r"<style[^>]*>.*?</style>", "", body, count=1, flags=re.DOTALL)
    body = _GEOMETRY.sub(lambda match: _NUMBER.sub(_rounded, match[0]), body)
    body = _FONT.sub(lambda match: f"font-size: {match[1]}px" if match[1] else "", body)
    body = re.sub(r' style=""', "", body)
    return re.sub(r">\s+<", "><", re.sub(r"[ \n]*\n *", " ", body))


def _rounded(match: re.Match[str]) -> str:
    return f"{float(match[0]):.2f}".rstrip("0").rstrip(".")


def _own_ids(body: str, key: str) -> str:
    """Ids that something refers to get the figure's prefix; the others go."""
    used = {found[1] for found in _REFERENCE.findall(body)}
    body = re.sub(r' id="QuadMesh_\d+"', ' class="mesh"', body)
    body = _TAG_ID.sub(lambda m: f' id="{key}-{m[1]}"' if m[1] in used else "", body)
    return _REFERENCE.sub(lambda match: f"{match[1]}{key}-{match[2]}", body)


def _themed(body: str) -> str:
    for name, color in COLORS.items():
        body = body.replace(f": {color}", f": var(--{name},{color})")
    return body
