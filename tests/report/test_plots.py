"""Figures: the same bytes, no pyplot, no statistic; readable on light and dark; text stays text."""

import io
import re
import xml.etree.ElementTree as ET
from dataclasses import replace

import matplotlib.pyplot as plt
import numpy as np
import pytest

from analysis import isolation, plots, svg
from analysis.errors import Misused, UnknownParameter
from analysis.figures import Gallery
from analysis.isolation import indistinguishable
from analysis.plots_growth import spread
from analysis.plots_settings import objective_range, outside
from analysis.plots_style import COLORS
from analysis.words import Voice, words
from tests.report.edges import scaled, small
from tests.report.planted import planted

VOICE = Voice(words("en"))


def pictures(report):
    return {picture.key: picture for picture in Gallery(report, words("en"), VOICE).every()}


@pytest.fixture(scope="module")
def drawn():
    return {
        key: svg.standalone(p.draw(), key=key, title=p.title, description=p.description)
        for key, p in pictures(planted()).items()
    }


def test_every_kind_of_figure_is_there(drawn):
    kinds = {re.sub(r"-\d+$", "", key) for key in drawn}
    assert kinds == {
        "risks", "shares", "marginal", "matrix", "surface", "isolation", "skill", "residuals",
        "progress", "agreement", "ranks", "growth", "failures",
    }  # fmt: skip


def test_a_figure_alone_is_well_formed_xml(drawn):
    for text in drawn.values():
        root = ET.fromstring(text)
        assert [child.tag.split("}")[1] for child in root][:2] == ["style", "title"]


@pytest.mark.parametrize("dpi", [72, 110, 150])
def test_a_picture_from_python_is_on_white_and_has_no_lines_between_its_cells(dpi):
    made, report = plots.surface(planted()), planted()
    with io.BytesIO() as file:
        made.savefig(file, dpi=dpi)
        file.seek(0)
        pixels = plt.imread(file)
    assert pixels[..., 3].min() == 1.0
    left, bottom, right, top = made.axes[0].get_position().extents * np.tile(pixels.shape[1::-1], 2)
    n_rows = len(report.surface.y_values)
    for row in range(n_rows):
        y = int(len(pixels) - bottom - (top - bottom) * (row + 0.2) / n_rows)
        colors = np.unique(pixels[y, int(left) + 2 : int(right) - 2], axis=0)
        assert len(colors) <= len(report.surface.x_values)


def test_drawing_twice_gives_the_same_bytes(drawn):
    for key in ("risks", "marginal-1", "matrix", "residuals"):
        picture = pictures(planted())[key]
        again = svg.standalone(
            picture.draw(), key=key, title=picture.title, description=picture.description
        )
        assert again == drawn[key]
    first, second = (svg.png(plots.risks(planted())) for _ in range(2))
    assert first == second


def test_pyplot_knows_of_no_figure(drawn):
    assert plt.get_fignums() == []


def test_no_date_no_comment_no_global_style(drawn):
    for text in drawn.values():
        assert "<!--" not in text
        assert "<metadata" not in text
        assert "Matplotlib" not in text


def test_every_colour_has_a_variable(drawn):
    for key, text in drawn.items():
        plain = set(re.findall(r"(?:fill|stroke): (#[0-9a-f]{6})", text)) - {"#000000"}
        if key != "surface" and not key.startswith("matrix"):  # one hue, by opacity
            assert plain == set(), key
    assert f"var(--critical,{COLORS['critical']})" in drawn["risks"]


def test_coordinates_are_short_and_points_are_cheap(drawn):
    assert not re.search(r' d="[^"]*\d\.\d{3}', drawn["marginal-1"])
    few = svg.inline(plots.marginal(planted(n_runs=180), "lr"), key="a", title="", description="")
    more = svg.inline(plots.marginal(planted(n_runs=1180), "lr"), key="a", title="", description="")
    assert (len(more) - len(few)) / 1000 < 40


def test_shares_of_a_part_are_not_held_against_those_of_all():
    """A conditional parameter's share is of the variance where it exists, its omega squared not."""
    everywhere = tuple(replace(p, condition=None) for p in planted().parameters)
    dots, all_dots = (
        len(plots.agreement(report).axes[0].lines)
        for report in (planted(), replace(planted(), parameters=everywhere))
    )
    conditional = [p for p in planted().parameters if p.condition and p.anova]
    assert (all_dots - dots, len(conditional)) == (1, 1)


def test_a_large_cloud_is_one_picture():
    text = svg.inline(plots.marginal(planted(n_runs=3000, n_configurations=2500), "lr"), key="a",
                      title="", description="")  # fmt: skip
    assert "data:image/png;base64" in text
    assert len(text) < 80_000


def test_a_name_with_mathematics_in_it_is_text():
    report = replace(planted().parameters[0], name="$\\frac{1}{0}$")
    made = replace(planted(), parameters=(report, *planted().parameters[1:]))
    text = svg.inline(plots.risks(made), key="a", title="", description="")
    assert "$\\frac{1}{0}$" in text


def test_titles_and_descriptions_are_made_from_the_numbers():
    made = pictures(planted())
    assert made["risks"].description.startswith(
        "Tuning risk: val_error, with 95 % interval; margin 0.0021. lr 0.0183 [0.0150, 0.0211]"
    )
    assert "Best mean 0.0480 at 0.0228, worst 0.1480 at 1e-5" in made["marginal-1"].description
    assert made["matrix"].description == (
        "Strongest: lr × act 0.07; lr × batch 0.04; lr × width 0.01; act × batch 0.01; "
        "lr × momentum 0.01."
    )


def test_every_figure_has_a_table_with_rows():
    assert all(picture.table.rows for picture in pictures(planted()).values())


def test_the_shared_axis_holds_the_marginals_and_counts_what_it_leaves_out():
    far = tuple(replace(point, objective=5.0) for point in planted().points[:9])
    report = replace(planted(), points=(*planted().points[9:], *far))
    low, high = objective_range(report)
    assert all(low <= v <= high for p in report.parameters if p.marginal for v in p.marginal.mean)
    beyond = sum(not low <= point.objective <= high for point in report.points)
    assert outside(report) == beyond >= 9


@pytest.mark.parametrize("factor", [1e-298, 1e300])
def test_an_axis_of_any_size_has_different_ticks(factor):
    text = svg.inline(plots.marginal(small(scaled(planted(), factor)), "lr"), key="a", title="",
                      description="")  # fmt: skip
    labels = re.findall(r">([\d.]+e-?(?:29|30)\d)</text>", text)
    assert len(set(labels)) >= 3


def test_the_best_of_each_slice_is_the_best_run_there():
    report = planted()
    act = report.parameters[1]
    best = dict(isolation.best_per_slice(report, act))
    for level in act.levels:
        values = [point.objective for point in report.points if point.values[1] == level]
        assert best[level] == min(values)
    maximized = replace(report, metric=replace(report.metric, direction="maximize"))
    assert dict(isolation.best_per_slice(maximized, act))["relu"] > best["relu"]


def test_names_at_the_ends_of_lines_stand_apart_in_their_order():
    placed = spread([0.5, 0.49, 0.48, 0.01, 0.0], apart=0.05)
    assert placed[:3] == pytest.approx([0.5, 0.45, 0.4])
    assert placed[3:] == pytest.approx([0.05, 0.0])
    assert spread([0.9, 0.2]) == [0.9, 0.2]


def test_the_grey_band_is_what_two_seeds_of_the_best_run_give():
    low, high = indistinguishable(planted())
    assert low == min(point.objective for point in planted().points)
    assert high - low == pytest.approx(1.96 * 2**0.5 * planted().noise.sd_near_best)
    flipped = replace(planted(), metric=replace(planted().metric, direction="maximize"))
    assert indistinguishable(flipped)[1] == max(p.objective for p in planted().points)


def test_a_picture_draws_every_run():
    """A dot is a line of hardly any length; snapped to pixels, most would vanish."""
    pixels = png_pixels(plots.marginal(planted(), "momentum"))
    dots = (abs(pixels - np.array([189, 195, 201])).max(axis=2) < 12).sum()
    assert dots > 150 * 8  # a dot of 2.4 points at 160 dpi has some twenty pixels


def png_pixels(figure) -> np.ndarray:
    picture = plt.imread(io.BytesIO(svg.png(figure)), format="png")
    return picture[:, :, :3] * 255


def test_every_category_keeps_its_label_beside_a_longer_one():
    """Every second label was drawn of tanh, relu, leaky_relu."""
    report = planted()
    levels = ("tanh", "relu", "leaky_relu")
    act = replace(report.parameters[1], levels=levels)
    figure = plots.marginal(replace(report, parameters=(report.parameters[0], act)), "act")
    assert [text.get_text() for text in figure.axes[0].get_xticklabels()] == list(levels)


@pytest.mark.parametrize("draw", [plots.risks, plots.shares])
@pytest.mark.parametrize("factor", [1.0, 0.05])
def test_a_mark_at_zero_stands_apart_from_the_names(draw, factor):
    report = planted()
    margin = replace(report.margin, metric=report.margin.metric * factor)
    panel = draw(replace(report, margin=margin)).axes[0]
    start, zero = panel.transAxes.transform((0, 0))[0], panel.transData.transform((0, 0))[0]
    assert zero - start > 5
    assert all(tick >= 0 for tick in panel.get_xticks() if tick > panel.get_xlim()[0])


@pytest.mark.parametrize("picture", [plots.marginal, plots.isolation, plots.failures])
def test_a_name_that_no_parameter_has_is_refused_with_those_there_are(picture):
    with pytest.raises(UnknownParameter, match="no parameter 'LR' to draw") as refused:
        picture(planted(), "LR")
    assert "'lr'" in refused.value.hint
    bare = replace(planted(), parameters=(), failures=None)
    with pytest.raises(UnknownParameter) as refused:
        picture(bare, "lr")
    assert refused.value.hint == "there is none in this report"


@pytest.mark.parametrize("picture", [plots.skill, plots.surface, plots.growth])
def test_a_picture_of_what_the_report_does_not_have_is_refused(picture):
    bare = replace(planted(), surrogate=None, surface=None, accumulation=None)
    with pytest.raises(Misused, match=r"the report has (no|one)"):
        picture(bare)
