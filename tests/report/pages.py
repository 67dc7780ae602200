"""Pages of the reports at the edges, each rendered once in a process: many tests look at them."""

from functools import cache

from analysis.html import render
from tests.report.edges import EDGES


@cache
def rendered(name: str, language: str = "en") -> str:
    return render([EDGES[name]()], language=language)
