"""``@journal.run``: every call of a function is a run.

    @journal.run
    def train(lr=3e-4, batch=64, seed=0):
        ...
        return {"accuracy": 0.93}

The call's arguments, defaults included, are the parameters; ``seed`` is the seed; what is no value
(a model, a data set) is left out and named in the run's context. A mapping that is returned is
the result. A function with an argument ``run`` is given the recording.
"""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, TypeVar

from journal import values
from journal.errors import ValueRefused
from journal.packing import Json

if TYPE_CHECKING:
    from journal.recording import Recording

R = TypeVar("R")
Maker = Callable[[Mapping[str, object], object], "Recording"]


def decorated(function: Callable[..., R], make: Maker) -> Callable[..., R]:
    """The function, its calls recorded; ``make`` gives a recording of parameters and a seed."""
    signature = inspect.signature(function)
    wants_run = "run" in signature.parameters

    @functools.wraps(function)
    def call(*args: object, **named: object) -> R:
        given = {"run": None, **named} if wants_run else named
        bound = signature.bind(*args, **given)
        bound.apply_defaults()
        told, left_out = _parameters(signature, bound.arguments)
        recording = make(told, bound.arguments.get("seed"))
        if left_out:
            recording.context["left_out"] = left_out
        if wants_run:
            bound.arguments["run"] = recording
        with recording:
            result = function(*bound.args, **bound.kwargs)
            if isinstance(result, Mapping):
                recording.result(result)
        return result

    return call


def _parameters(
    signature: inspect.Signature, arguments: Mapping[str, object]
) -> tuple[dict[str, object], list[Json]]:
    """The arguments that are parameters, and the names of those that are not."""
    flat: dict[str, object] = {}
    for name, value in arguments.items():
        if signature.parameters[name].kind is inspect.Parameter.VAR_KEYWORD:
            flat.update(value if isinstance(value, dict) else {})
        elif name not in {"run", "seed", "self", "cls"}:
            flat[name] = value
    flat.pop("seed", None)
    told: dict[str, object] = {}
    left_out: list[Json] = []
    for name, value in flat.items():
        try:
            values.parameters({name: value})
        except ValueRefused:
            left_out.append(name)
        else:
            told[name] = value
    return told, left_out
