"""The page in a real browser: quiet, alone, narrow and wide, light and dark.

Debian's Chromium, driven by Playwright; axe from the wheel axe-playwright-python. Where there is no
Chromium the tests are skipped, with a notice.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path

import pytest

from analysis import html
from analysis.codec import contract
from tests.report.edges import hostile
from tests.report.hostile import HOSTILE
from tests.report.pages import rendered
from tests.report.planted import planted
from tests.report.watched import Watched

pytestmark = pytest.mark.browser

WIDTHS = (400, 800, 1280)
PAGES: dict[str, Callable[[], str]] = {
    "given": lambda: rendered("given"),
    "withheld": lambda: rendered("withheld"),
    "everything asked for": lambda: rendered("everything asked for"),
    "no runs": lambda: rendered("no runs"),
    "long names": lambda: rendered("names of 200 characters"),
    "hostile": lambda: html.render([hostile(*HOSTILE[10:18], *HOSTILE[28:30])]),
    "korean": lambda: rendered("given", "ko"),
}


@pytest.fixture(scope="module")
def files(tmp_path_factory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("pages")
    made = {}
    for name, page in PAGES.items():
        made[name] = folder / f"{name.replace(' ', '-')}.html"
        made[name].write_text(page(), encoding="utf-8")
    return made


OPEN_ALL = "document.querySelectorAll('details').forEach(d => d.open = true)"
OPEN_SOME = """document.querySelectorAll('details:not(.numbers)').forEach(d => d.open = true);
document.querySelectorAll('details.numbers').forEach((d, i) => d.open = i < 2)"""
SIDEWAYS = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


@pytest.mark.parametrize("name", PAGES)
def test_it_is_quiet_asks_for_nothing_and_never_scrolls_sideways(browser, files, name):
    with Watched(browser, files[name], width=1280) as watched:
        for width in WIDTHS:
            watched.page.set_viewport_size({"width": width, "height": 800})
            assert watched.page.evaluate(SIDEWAYS) == 0, f"at {width} pixels"
        watched.page.evaluate(OPEN_ALL)
        for width in WIDTHS:
            watched.page.set_viewport_size({"width": width, "height": 800})
            assert watched.page.evaluate(SIDEWAYS) == 0, f"opened, at {width} pixels"
        assert watched.said == []
        assert [url for url in watched.asked if not url.startswith("data:")] == [
            files[name].as_uri()
        ]


def test_the_checks_of_scrolling_and_noise_can_fail(browser, tmp_path):
    path = tmp_path / "loud.html"
    path.write_text("<div style='width:3000px'>x</div><script>console.log('hello')</script>")
    with Watched(browser, path, width=400) as watched:
        assert watched.page.evaluate(SIDEWAYS) > 0
        assert watched.said == ["hello"]


@pytest.mark.parametrize(
    ("name", "scheme"),
    [("given", "light"), ("given", "dark"), ("withheld", "dark"), ("korean", "light")],
)
def test_axe_finds_nothing(browser, files, name, scheme):
    spec = find_spec("axe_playwright_python")
    if spec is None or spec.origin is None:
        pytest.skip("axe-playwright-python is not installed")
    source = (Path(spec.origin).parent / "axe.min.js").read_text(encoding="utf-8")
    with Watched(browser, files[name], width=1280, scheme=scheme) as watched:
        watched.page.evaluate(OPEN_SOME)
        watched.page.evaluate(source)  # through the protocol: the page's policy stays as it is
        found = watched.page.evaluate("axe.run().then(r => r.violations)")
    assert [(v["id"], v["nodes"][0]["html"][:200]) for v in found] == []


def test_axe_would_find_a_fault(browser, tmp_path):
    spec = find_spec("axe_playwright_python")
    if spec is None or spec.origin is None:
        pytest.skip("axe-playwright-python is not installed")
    path = tmp_path / "bad.html"
    path.write_text("<html><body><p style='color:#eee;background:#fff'>pale</p></body></html>")
    source = (Path(spec.origin).parent / "axe.min.js").read_text(encoding="utf-8")
    with Watched(browser, path, width=1280) as watched:
        watched.page.evaluate(source)
        found = watched.page.evaluate("axe.run().then(r => r.violations.map(v => v.id))")
    assert "color-contrast" in found


def test_the_schemes_differ_in_paper_and_ink(browser, files):
    colors = {}
    for scheme in ("light", "dark"):
        with Watched(browser, files["given"], width=800, scheme=scheme) as watched:
            colors[scheme] = watched.page.evaluate(
                "[getComputedStyle(document.body).backgroundColor,"
                " getComputedStyle(document.querySelector('svg text')).fill]"
            )
    assert colors["light"] != colors["dark"]
    assert all(len(set(pair)) == 2 for pair in colors.values())


def test_the_first_screen_has_the_whole_answer(browser, files):
    with Watched(browser, files["given"], width=1280) as watched:
        bottom = watched.page.evaluate(
            "Math.max(...[...document.querySelectorAll('.card, .next')]"
            ".map(e => e.getBoundingClientRect().bottom))"
        )
    assert bottom <= 800


def test_it_can_be_read_by_keyboard(browser, files):
    with Watched(browser, files["given"], width=1280) as watched:
        page = watched.page
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.className") == "skip"
        page.keyboard.press("Enter")
        page.wait_for_function("location.hash == '#answer'")  # a browser follows when it can
        wanted = page.evaluate(
            "document.querySelectorAll('main a, main summary, main [tabindex=\"0\"]').length"
        )
        reached = set()
        for _ in range(wanted + 5):
            page.keyboard.press("Tab")
            reached.add(page.evaluate(
                "[...document.querySelectorAll('*')].indexOf(document.activeElement)"))  # fmt: skip
        closed = page.evaluate("document.querySelectorAll('details:not([open]) details').length")
        assert len(reached) >= wanted - closed - page.evaluate(
            "[...document.querySelectorAll('details:not([open]) [tabindex=\"0\"]')].length"
        )
        page.focus("#effect summary")
        page.keyboard.press("Enter")
        page.wait_for_function("document.querySelector('#effect details').open")


@pytest.mark.parametrize("width", WIDTHS)
def test_what_would_help_is_read_at_any_width(browser, files, width):
    with Watched(browser, files["given"], width=width) as watched:
        hint = watched.page.locator(".findings .hint").first
        assert hint.is_visible()


def test_labels_of_figures_can_be_read_on_a_narrow_page(browser, files):
    """Ten pixels at least; the matrix scrolls instead of shrinking."""
    with Watched(browser, files["given"], width=400) as watched:
        watched.page.evaluate(OPEN_SOME)
        heights = watched.page.evaluate(
            "[...document.querySelectorAll('svg.fig')].map(s => ["
            " s.querySelector('title').textContent,"
            " s.getBoundingClientRect().width / s.viewBox.baseVal.width * 8.5])"
        )
    assert len(heights) > 15
    assert [pair for pair in heights if pair[1] < 10] == []


def test_the_numbers_in_the_page_are_those_of_the_json(browser, files):
    """What is written, rounded as it is written, equals the value behind it and in the JSON."""
    with Watched(browser, files["given"], width=1280) as watched:
        rows = watched.page.evaluate(
            "[...document.querySelectorAll('#effect table.wide tbody tr')].map(tr => ({"
            " name: tr.querySelector('th code').textContent,"
            " cells: [...tr.querySelectorAll('[data-values], data')].map(e => ["
            "  e.dataset.values || e.value, e.textContent])}))"
        )
        embedded = watched.page.evaluate("document.getElementById('json').textContent")
    said = json.loads(embedded)
    assert said == contract(planted())
    by_name = {parameter["name"]: parameter for parameter in said["parameters"]}
    assert [row["name"] for row in rows] == list(by_name)
    compared = 0
    for row in rows:
        parameter = by_name[row["name"]]
        behind = [[float(v) for v in values.split()] for values, _ in row["cells"]]
        if parameter["tuning_risk"] is not None:
            risk, total, first = (parameter[k] for k in ("tuning_risk", "total", "first_order"))
            anova = parameter["anova"]
            assert behind[:7] == [
                [risk["mean"], risk["low"], risk["high"]],
                [total["share"], total["low"], total["high"]],
                [first["share"], first["low"], first["high"]],
                [parameter["shapley"]["share"]],
                [anova["F"]], [anova["p_adjusted"]], [anova["omega_squared"]],
            ]  # fmt: skip
        for values, (_, text) in zip(behind, row["cells"], strict=True):
            written = re.findall(r"<?-?\d+\.?\d*(?:e-?\d+)?", text.replace(",", ""))
            for value, number in zip(values, written, strict=True):
                decimals = len(number.partition(".")[2])
                compared += 1
                if number.startswith("<"):
                    assert value < float(number[1:])
                else:
                    assert abs(value - float(number)) <= 0.5 * 10**-decimals * 1.0001
    assert compared > 100


def test_a_wrong_number_in_the_page_is_found(browser, tmp_path):
    report = planted()
    path = tmp_path / "wrong.html"
    text = html.render([replace(report, parameters=report.parameters[:1])])
    path.write_text(text.replace("0.0183 [", "0.0193 ["), encoding="utf-8")
    with Watched(browser, path, width=1280) as watched:
        values, said = watched.page.evaluate(
            "(e => [e.dataset.values, e.textContent])(document.querySelector('[data-values]'))"
        )
    assert abs(float(values.split()[0]) - float(said.split()[0])) > 0.0005


def test_a_narrow_page_keeps_n_and_shows_that_a_table_goes_on(browser, files):
    with Watched(browser, files["given"], width=400) as watched:
        assert watched.page.locator(".card .behind").first.is_visible()
        table = watched.page.locator("#effect .scroll").first
        assert table.evaluate("node => node.scrollWidth - node.clientWidth") > 100
        shot = {"clip": table.bounding_box(), "full_page": True}
        before = watched.page.screenshot(**shot)
        table.evaluate("node => node.style.background = 'none'")
        assert watched.page.screenshot(**shot) != before
