"""Every figure of the report, alone: each takes a `Report` and returns a matplotlib `Figure`.

They compute no statistic, touch no pyplot state and draw in a fixed order with fixed settings, so
that the same report gives the same bytes (`analysis.svg`).

    from analysis import plots
    plots.risks(report).savefig("risks.pdf")
    plots.marginal(report, "lr").savefig("lr.png", dpi=200)
"""

from __future__ import annotations

from analysis.plots_agreement import agreement
from analysis.plots_effect import risks, shares
from analysis.plots_growth import growth
from analysis.plots_pairs import matrix, matrix_names, surface
from analysis.plots_settings import isolation, marginal
from analysis.plots_style import Canvas
from analysis.plots_trust import failures, progress, ranks, residuals, skill

__all__ = [
    "Canvas",
    "agreement",
    "failures",
    "growth",
    "isolation",
    "marginal",
    "matrix",
    "matrix_names",
    "progress",
    "ranks",
    "residuals",
    "risks",
    "shares",
    "skill",
    "surface",
]
