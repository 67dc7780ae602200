"""One thread per linear-algebra call: the same sums in the same order, wherever work is done.

A library that splits a product over the cores of whichever machine it meets adds in another order
there, and the last digits differ. Workers start with limits of their own, so work that is sent to
them carries this with it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import wraps
from typing import ParamSpec, TypeVar

from joblib import Parallel, delayed
from threadpoolctl import threadpool_limits

Given = ParamSpec("Given")
Result = TypeVar("Result")
Piece = TypeVar("Piece")


def one_thread(work: Callable[Given, Result]) -> Callable[Given, Result]:
    """The function with its linear algebra on one thread, in any process of any machine."""

    @wraps(work)
    def alone(*given: Given.args, **named: Given.kwargs) -> Result:
        with threadpool_limits(limits=1):
            return work(*given, **named)

    return alone


def side_by_side(
    work: Callable[[Piece], Result], pieces: Sequence[Piece], *, workers: int
) -> list[Result]:
    """The work on each piece, in threads of this process: pieces too small to be sent elsewhere."""
    if min(workers, len(pieces)) < 2:
        return list(map(work, pieces))
    threads = Parallel(n_jobs=workers, prefer="threads", require="sharedmem")
    # Some libraries keep the limit by thread. The outer one stands while those of pieces end.
    with threadpool_limits(limits=1):
        return list(threads(map(delayed(one_thread(work)), pieces)))
