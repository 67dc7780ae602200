"""One thread per linear-algebra call: the same sums in the same order, wherever work is done.

A library that splits a product over the cores of whichever machine it meets adds in another order
there, and the last digits differ. Workers start with limits of their own, so work that is sent to
them carries this with it.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

from threadpoolctl import threadpool_limits

Given = ParamSpec("Given")
Result = TypeVar("Result")


def one_thread(work: Callable[Given, Result]) -> Callable[Given, Result]:
    """The function with its linear algebra on one thread, in any process of any machine."""

    @wraps(work)
    def alone(*given: Given.args, **named: Given.kwargs) -> Result:
        with threadpool_limits(limits=1):
            return work(*given, **named)

    return alone
