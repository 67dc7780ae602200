"""Steps of Optuna's distributions (``suggest_float(…, step=0.1)``) as levels.

A domain has no steps: what is planned within it would leave them. Few steps are levels, as they
were tried, or else as Optuna's samplers compute them (0 + 3 * 0.1 is 0.30000000000000004): a run's
value has to be among them, that of a trial to come included.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from decimal import Decimal

from journal import values
from journal.errors import ValueRefused
from journal.packing import Json
from journal.values import Scalar, write_scalar

MOST = 30
"""More points than these are an interval to whom it is told."""
_NEAR = 1e-6
"""Of a step: what is so near to a point is the point, rounded."""


def gridded(
    name: str, several: Sequence[Mapping[str, Json]], *, tried: Sequence[Scalar]
) -> tuple[tuple[Scalar, ...], str]:
    """The points that these distributions' steps leave, if few; and what is to be said of them.

    tried: the values that the parameter had. Raises ValueRefused for a step that is no number.
    """
    told = {_of(space) for space in several}
    steps = sorted({step for _, _, step in told if step is not None})
    if not steps:
        return (), ""
    said = "steps of " + " and ".join(f"{float(step):g}" for step in steps)
    if len(told) > 1:
        return (), f"{name}: its {said} are not declared: not all trials have the same"
    ((low, high, _),) = told
    n_points = int((high - low) // steps[0]) + 1
    if not 1 < n_points <= MOST:
        return (), f"{name}: its {said} are not declared ({n_points:,} points), its range is"
    whole = all(str(space.get("name")).startswith("Int") for space in several)
    points: list[Scalar] = [
        int(low + place * steps[0])
        if whole
        else min(float(low) + place * float(steps[0]), float(high))
        for place in range(n_points)
    ]
    seen: dict[int, Scalar] = {}
    for value in tried:
        if not isinstance(value, int | float):
            continue
        off = (value - float(low)) / float(steps[0])
        place = round(off)
        if abs(off - place) > _NEAR or not 0 <= place < n_points:
            return (), f"{name}: its {said} are not declared: {write_scalar(value)} is none of them"
        if seen.setdefault(place, value) != value:
            both = f"{write_scalar(seen[place])} and {write_scalar(value)}"
            return (), f"{name}: its {said} are not declared: {both} would be two"
        points[place] = value
    return tuple(points), f"{name}: its {said} make {n_points} levels"


def _of(space: Mapping[str, Json]) -> tuple[Decimal, Decimal, Decimal | None]:
    """Low, high and step; None where there is none, or only the integers' own."""
    told = space.get("attributes")
    if not isinstance(told, dict) or "choices" in told:
        return Decimal(0), Decimal(0), None
    low, high = (_exact(told.get(name), name) for name in ("low", "high"))
    step = told.get("step", told.get("q"))
    is_own = step is None or (str(space.get("name")).startswith("Int") and step == 1)
    size = None if is_own else _exact(step, "step")
    return low, high, size if size and size > 0 else None


def _exact(told: Json, name: str) -> Decimal:
    number = values.number(told, name)
    if not math.isfinite(number):
        raise ValueRefused(f"{name} is {number}")
    return Decimal(repr(number))
