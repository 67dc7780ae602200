"""The analyst: which hyperparameters are critical, which negligible, and what to run next.

    frame = analysis.Frame.from_journal("data/digits", metric="val_error")
    report = analysis.assess(frame, rng=0)

Importing is free: names are loaded when they are first used.
"""

from __future__ import annotations

TYPE_CHECKING = False  # not typing's: that import would cost every start 10 ms

if TYPE_CHECKING:
    from analysis.assessment import assess
    from analysis.errors import AnalysisError
    from analysis.frame import Frame
    from analysis.results import Report

__all__ = ["AnalysisError", "Frame", "Report", "assess"]

_HOMES = {
    "AnalysisError": "analysis.errors",
    "Frame": "analysis.frame",
    "Report": "analysis.results",
    "assess": "analysis.assessment",
}


def __getattr__(name: str) -> object:
    from importlib import import_module

    if name not in _HOMES:
        raise AttributeError(f"module 'analysis' has no attribute {name!r}")
    module = import_module(_HOMES[name])
    return getattr(module, name)


def __dir__() -> list[str]:
    return sorted(__all__)
