"""Spaces and functions with exact answers, shared by the tests and the benchmarks."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

from benchmarks.truths import classic, knobs
from benchmarks.truths.truth import Truth

FUNCTIONS: dict[str, Callable[[], Truth]] = {
    make.__name__: make
    for make in (
        classic.ishigami,
        classic.sobol_g,
        classic.g_star,
        classic.friedman,
        classic.bratley,
        classic.morris,
        knobs.xor,
        knobs.rare_cliff,
        knobs.linear,
        knobs.three_of_ten,
        knobs.mixed,
        knobs.two_algorithms,
        knobs.none_valued,
        knobs.pure_noise,
        knobs.heteroscedastic,
        knobs.steps,
        knobs.plateau,
    )
}


@cache
def function(name: str) -> Truth:
    """A test function by name."""
    return FUNCTIONS[name]()
