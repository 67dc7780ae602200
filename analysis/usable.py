"""What is given from Python and no annotation kept out: refused where it is given, by its name."""

from __future__ import annotations

from collections.abc import Iterable
from numbers import Real
from typing import Any, TypeVar

import numpy as np

from analysis.errors import InputError, Misused, require_kind, shown

Kind = TypeVar("Kind")


def every(given: object, kind: type[Kind], *, what: str, hint: str) -> list[Kind]:
    """One or several of a type, as a list. Raises `Misused` for anything else."""
    several = isinstance(given, Iterable) and not isinstance(given, str)
    listed: list[Any] = list(given) if several else [given]  # type: ignore[call-overload]
    for one in listed:
        require_kind(one, kind, what=what, hint=hint)
    return listed


def require_working(rng: object, *, workers: object, progress: object) -> None:
    """Raises `Misused` for what work can neither draw from, nor be shared by, nor report to."""
    if not _whole(rng, least=0) and not isinstance(rng, np.random.Generator):
        raise Misused(f"a seed is a number, 0 or above, not {shown(rng)}", where="rng")
    require_count(workers, where="workers", least=1)
    if progress is not None and not callable(progress):
        raise Misused("it is called with what is being done and how much", where="progress")


def require_count(given: object, *, where: str, least: int) -> None:
    """Raises `Misused` for what is no count."""
    if not _whole(given, least=least):
        raise Misused(f"a whole number, {least} or more, not {shown(given)}", where=where)


def require_direction(given: object, metric: str) -> None:
    """Raises `InputError` for what is neither direction."""
    if not isinstance(given, str) or given not in ("maximize", "minimize"):
        raise InputError(
            f"high values of {metric} are good or low ones: not {shown(given)}",
            where="direction",
            hint='"maximize" or "minimize"',
        )


def question(
    metric: object, directions: Iterable[object], *, step: object, where: object, block: object
) -> tuple[list[str], list[str]]:
    """The filters and the blocks that a journal is asked with, as lists.

    Raises `Misused`, and `InputError` for a direction, for what is of another kind.
    """
    require_kind(metric, str, what="a metric's name", hint='such as "loss"')
    for direction in directions:
        if direction is not None:
            require_direction(direction, str(metric))
    if step is not None and not isinstance(step, int | np.integer):
        raise Misused(f"a whole number, not {shown(step)}", where="step")
    filters = every(where, str, what="a filter", hint='such as "lr<0.1"')
    return filters, every(block, str, what="a block", hint="the name of a parameter")


def require_share(given: object, *, where: str) -> None:
    """Raises `Misused` for what does not lie between 0 and 1."""
    if not (isinstance(given, Real) and 0 < float(given) < 1):
        raise Misused(f"it lies between 0 and 1, not {shown(given)}", where=where)


def _whole(given: object, *, least: int) -> bool:
    number = isinstance(given, int | np.integer) and not isinstance(given, bool)
    return number and int(given) >= least  # type: ignore[call-overload]
