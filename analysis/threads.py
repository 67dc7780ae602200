"""One thread per linear-algebra call: the same sums in the same order, wherever work is done.

A library that splits a product over the cores of whichever machine it meets adds in another order
there, and the last digits differ. Workers start with limits of their own, so work that is sent to
them carries this with it.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import wraps
from typing import ParamSpec, TypeVar

from threadpoolctl import ThreadpoolController

from analysis.memory import keep_what_is_free

Given = ParamSpec("Given")
Result = TypeVar("Result")


class _Held(threading.local):
    """The libraries that this thread has limited; None where it has not.

    To look for them takes 4 ms, longer than many a piece of work, and none is loaded on the way.
    """

    libraries: ThreadpoolController | None = None


_held = _Held()


@contextmanager
def _limited(libraries: ThreadpoolController) -> Iterator[None]:
    before, _held.libraries = _held.libraries, libraries
    try:
        with libraries.limit(limits=1):
            yield
    finally:
        _held.libraries = before


def one_thread(work: Callable[Given, Result]) -> Callable[Given, Result]:
    """The function with its linear algebra on one thread, in any process of any machine.

    Such work is much of arrays, and the process is let keep the memory that they leave.
    """

    @wraps(work)
    def alone(*given: Given.args, **named: Given.kwargs) -> Result:
        if _held.libraries is not None:
            return work(*given, **named)
        keep_what_is_free()
        with _limited(ThreadpoolController()):
            return work(*given, **named)

    return alone


def side_by_side(
    work: Callable[..., Result], *pieces: Sequence[object], workers: int
) -> list[Result]:
    """What `map` gives, in threads of this process: pieces too small to be sent elsewhere.

    Raises `ValueError` where there are not as many pieces of each kind.

    Threads are the interpreter's own: joblib's take 12 ms to begin and to end, these half of one.
    """
    given = list(zip(*pieces, strict=True))
    if min(workers, len(given)) < 2:
        return [work(*piece) for piece in given]
    # Some libraries keep the limit by thread, others for the process: there the outer one stands
    # while those of pieces end.
    libraries = _held.libraries or ThreadpoolController()

    def alone(piece: tuple[object, ...]) -> Result:
        with _limited(libraries):
            return work(*piece)

    with _limited(libraries), ThreadPoolExecutor(workers) as threads:
        return list(threads.map(alone, given))
