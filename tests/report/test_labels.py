"""What stands in figures beside the marks: inside, apart, and strong enough to be read."""

import itertools
import re
from dataclasses import replace
from unittest import mock

import numpy as np
import pytest
from matplotlib.colors import to_rgb
from matplotlib.text import Text

from analysis import plots, svg
from analysis.figures import Gallery
from analysis.numerals import Measure
from analysis.plots_agreement import Box, beside
from analysis.plots_pairs import STRONGEST
from analysis.plots_style import COLORS, INTENSITY, balanced, figure, styled
from analysis.plots_ticks import apart, tick_texts
from analysis.results import Interaction
from analysis.words import Voice, words
from tests.report.edges import renamed, scaled
from tests.report.planted import planted

LEVELS = {
    "relu": "bilinear_interpolation_with_antialias",
    "tanh": "gaussian_pyramid_downsampling_sigma1",
    "leaky_relu": "area_averaging_box_filter_downsample",
}


def long_levels():
    """The planted report with an activation whose levels have long names."""
    report = planted()
    act = report.parameters[1]
    levels = tuple(LEVELS[level] for level in act.levels)
    marginal = replace(act.marginal, values=tuple(LEVELS[v] for v in act.marginal.values))
    act = replace(act, levels=levels, marginal=marginal)
    points = tuple(
        replace(p, values=(p.values[0], LEVELS[p.values[1]], *p.values[2:])) for p in report.points
    )
    made = replace(report, parameters=(report.parameters[0], act, *report.parameters[2:]))
    shape = report.surface
    flat = {"x_values": levels, "x": "act", "mean": tuple(row[:3] for row in shape.mean)}
    return replace(made, points=points, surface=replace(shape, **flat))


def long_names():
    """The planted report with the names of a model's layers, and a ceiling at the axis' end."""
    names = {
        p.name: f"model.encoder.layers.{i}.self_attention.dropout_probability"
        for i, p in enumerate(planted().parameters)
    }
    made = renamed(planted(), names)
    return replace(made, surrogate=replace(made.surrogate, ceiling=1.0))


REPORTS = {
    "planted": planted,
    "long levels": long_levels,
    "long names": long_names,
    "millions": lambda: scaled(planted(), 3e7),
    "millionths": lambda: scaled(planted(), 2e-5),
}


def texts(made):
    """The texts that a figure draws, with their boxes in pixels."""
    drawn = []
    with styled(), mock.patch.object(Text, "draw", autospec=True) as draw:
        draw.side_effect = lambda text, _: drawn.append(text)
        made.canvas.draw()
    return [(text, text.get_window_extent()) for text in drawn if text.get_text().strip()]


@pytest.mark.parametrize("name", REPORTS)
def test_no_label_leaves_its_figure(name):
    for picture in Gallery(REPORTS[name](), words("en"), Voice(words("en"))).every():
        made = picture.draw()
        for text, box in texts(made):
            inside = made.bbox.padded(2)
            said = (picture.key, text.get_text())
            assert inside.x0 <= box.x0, said
            assert box.x1 <= inside.x1, said
            assert inside.y0 <= box.y0, said


@pytest.mark.parametrize("name", REPORTS)
def test_no_tick_lies_on_its_neighbour(name):
    for picture in Gallery(REPORTS[name](), words("en"), Voice(words("en"))).every():
        made = picture.draw()
        drawn = texts(made)
        for panel in made.axes:
            own = set(panel.get_xticklabels())
            boxes = sorted((box for t, box in drawn if t in own and not t.get_rotation()),
                           key=lambda box: box.x0)  # fmt: skip
            for left, right in itertools.pairwise(boxes):
                assert left.x1 < right.x0, (picture.key, [t.get_text() for t in own])


def test_labels_without_room_are_left_out_evenly():
    assert apart([0, 1, 2, 3, 4], ["0.1"] * 5) == [0, 1, 2, 3, 4]
    assert apart([0, 0.3, 0.6, 0.9, 1.2], ["0.001"] * 5) == [0, 2, 4]
    assert apart([], []) == []


@pytest.mark.parametrize(
    ("values", "written"),
    [
        ((0, 2e-5, 1e-4), ["0.00000", "0.00002", "0.00010"]),
        ((0, 50_000, 200_000, 1_000_000), ["0", "50,000", "200,000", "1,000,000"]),
        ((0, 5e7, 1e8), ["0", "5e7", "1e8"]),
        ((0.25, 0.5), ["0.25", "0.50"]),
        ((0, 1e-300), ["0", "1e-300"]),
    ],
)
def test_the_ticks_of_an_axis_are_plain_or_powers_together(values, written):
    assert tick_texts(values, Measure("none", 1.0)) == written


def test_a_title_is_folded_into_lines_of_about_one_length():
    lines = balanced("share of the explainable variance: total, first order", columns=36)
    assert lines == ["share of the explainable", "variance: total, first order"]
    assert balanced("predicted", columns=3) == ["predicted"]


def test_names_of_dots_that_touch_are_put_apart():
    within = Box(0, 4, 0, 3)
    dots = [Box(0.95, 1.05, 0.95, 1.05), Box(1.0, 1.1, 1.0, 1.1)]
    taken = list(dots)
    for x, y in ((1.0, 1.0), (1.05, 1.05)):
        box = beside(x, y, text="learning_rate", taken=taken, within=within)
        assert box is not None
        assert not any(box.meets(other) for other in taken)
        taken.append(box)
    assert beside(1, 1, text="x" * 80, taken=taken, within=within) is None


def luminance(color):
    parts = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in color]
    return float(np.dot(parts, (0.2126, 0.7152, 0.0722)))


def contrast(first, second):
    bright, dark = sorted((luminance(first), luminance(second)), reverse=True)
    return (bright + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_cell_of_the_matrix_can_be_read(scheme):
    """WCAG AA: 4.5 to 1, whatever the share, on a light page and on a dark one."""
    colors = dict(re.findall(r"--(\w+):(#\w+);", svg.variables(scheme)))
    shares = np.linspace(0, 0.4, 36)
    names = [p.name for p in planted().parameters[:9]]
    pairs = tuple(
        Interaction(parameters=pair, share=share, low=share / 2, high=share * 1.5)
        for pair, share in zip(itertools.combinations(names, 2), shares, strict=True)
    )
    panel = plots.matrix(replace(planted(), interactions=pairs)).axes[0]
    opacity = dict(zip(itertools.product(range(8), range(8)), panel.collections[0].get_array().flat,
                       strict=True))  # fmt: skip
    assert len(panel.texts) == 36
    for text in panel.texts:
        column, row = (int(at) for at in text.get_position())
        alpha = INTENSITY(opacity[row, column])[3]
        hue, paper = to_rgb(colors["critical"]), to_rgb(colors["paper"])
        cell = [alpha * h + (1 - alpha) * p for h, p in zip(hue, paper, strict=True)]
        ink = next(key for key, color in COLORS.items() if color == text.get_color())
        assert contrast(to_rgb(colors[ink]), cell) >= 4.5, (text.get_text(), ink)
    assert max(opacity.values()) == pytest.approx(STRONGEST)


def test_names_at_the_ends_of_lines_that_meet_stand_below_each_other():
    report = planted()
    grown = report.accumulation
    flat = tuple((0.9, *(0.01,) * (len(row) - 1)) for row in grown.total)
    made = plots.growth(replace(report, accumulation=replace(grown, total=flat)))
    named = {p.name for p in report.parameters}
    boxes = sorted((b for t, b in texts(made) if t.get_text() in named), key=lambda b: b.y0)
    assert len(boxes) == 6
    heights = [above.y0 - below.y0 for below, above in itertools.pairwise(boxes)]
    assert min(heights) >= 1.35 * 8.5 * made.dpi / 72, "Korean letters are as high"


@pytest.mark.parametrize("best", [2, 3, 14])
def test_of_many_levels_the_best_is_named_and_a_surface_names_all(best):
    report = planted()
    act, n = report.parameters[1], 15
    levels = tuple(f"augmentation-policy-{chr(97 + i) * 6}" for i in range(n))
    good = replace(act.recommendation, value=levels[best], values=(levels[best],))
    flat = dict.fromkeys(("mean", "low", "high"), (0.1,) * n)
    act = replace(act, levels=levels, recommendation=good,
                  marginal=replace(act.marginal, values=levels, **flat))  # fmt: skip
    shape = replace(report.surface, y="act", y_values=levels, mean=report.surface.mean[:1] * n)
    made = replace(report, parameters=(report.parameters[0], act), points=(), surface=shape)
    (panel, *_) = plots.marginal(made, "act").axes
    assert any(chr(97 + best) in t.get_text()[1:] for t in panel.get_xticklabels())
    above = plots.surface(made)
    boxes = [b for t, b in texts(above) if t in above.axes[0].get_yticklabels()]
    assert len(boxes) == n
    assert all(b.y0 >= a.y1 or a.y0 >= b.y1 for a, b in itertools.pairwise(boxes))


def test_the_check_of_labels_can_fail():
    made = figure(2, 1)
    made.text(0.9, 0.5, "far beyond the side")
    assert any(box.x1 > made.bbox.x1 + 2 for _, box in texts(made))
