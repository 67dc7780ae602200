"""Calculate the tuning risks of all functions anew (two minutes): `python -m benchmarks.truths`."""

from __future__ import annotations

from benchmarks import truths
from benchmarks.truths.truth import cache_risks

cache_risks([truths.function(name) for name in truths.FUNCTIONS])
