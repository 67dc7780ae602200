"""The analyst: which hyperparameters are critical, which negligible, and what to run next.

    frame = analysis.Frame.from_journal("data/digits", metric="val_error")
    report = analysis.assess(frame, rng=0)

Importing is free: names are loaded when they are first used.
"""

from __future__ import annotations

TYPE_CHECKING = False  # not typing's: that import would cost every start 10 ms

if TYPE_CHECKING:
    from analysis.assessment import assess
    from analysis.classical import Classical
    from analysis.declaration import Declaration
    from analysis.errors import (
        AnalysisError,
        ConstantObjective,
        DirectionUnknown,
        InputError,
        Misused,
        NoiseUnknown,
        ReportUnreadable,
        TooFewRuns,
        UnknownMetric,
        UnknownParameter,
        Withheld,
    )
    from analysis.frame import Frame
    from analysis.rendering import write
    from analysis.results import Report
    from analysis.space import Condition

__all__ = [
    "AnalysisError",
    "Classical",
    "Condition",
    "ConstantObjective",
    "Declaration",
    "DirectionUnknown",
    "Frame",
    "InputError",
    "Misused",
    "NoiseUnknown",
    "Report",
    "ReportUnreadable",
    "TooFewRuns",
    "UnknownMetric",
    "UnknownParameter",
    "Withheld",
    "assess",
    "write",
]

_HOMES = {
    "Classical": "classical",
    "Condition": "space",
    "Declaration": "declaration",
    "Frame": "frame",
    "Report": "results",
    "assess": "assessment",
    "write": "rendering",
}
"""Where a name is defined; all others are errors."""


def __getattr__(name: str) -> object:
    from importlib import import_module

    if name not in __all__:
        raise AttributeError(f"module 'analysis' has no attribute {name!r}")
    found: object = getattr(import_module("analysis." + _HOMES.get(name, "errors")), name)
    return found


def __dir__() -> list[str]:
    return sorted(__all__)
