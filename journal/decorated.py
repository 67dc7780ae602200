"""``@journal.run``: every call of a function is a run.

    @journal.run
    def train(lr=3e-4, batch=64, seed=0):
        ...
        return {"accuracy": 0.93}

The call's arguments, defaults included, are the parameters; ``seed`` is the seed; what is no value
(a model, a data set) is left out and named in the run's context. A seed that is none (a generator)
is warned of besides; with ``strict`` it is an error. A mapping that is returned is the result; a
number without a name is none, which is warned of where nothing else can be recorded. A function
with an argument ``run`` is given the recording.
"""

from __future__ import annotations

import functools
import inspect
from collections.abc import Awaitable, Callable, Mapping
from typing import TypeVar, cast

from journal import values
from journal.errors import UsageError, ValueRefused
from journal.joining import stand_back
from journal.packing import Json
from journal.recording import Recording

R = TypeVar("R")
T = TypeVar("T")


def decorated(function: Callable[..., R], model: Recording) -> Callable[..., R]:
    """The function, each of its calls recorded as a run like ``model``.

    Raises UsageError for a generator: a call of it does nothing yet, and its run would end at once;
    and where the model goes on with a run: every call is one of its own.
    """
    _check(function, model)
    if model._joined:
        stand_back(model.id)  # the first call is the one that joins
    signature = inspect.signature(function)
    wants_run = "run" in signature.parameters

    def prepared(
        args: tuple[object, ...], named: Mapping[str, object]
    ) -> tuple[inspect.BoundArguments, Recording]:
        bound = signature.bind(*args, **({"run": None} if wants_run else {}), **named)
        bound.apply_defaults()
        given = _by_name(signature, bound.arguments)
        recording = _like(model, given)
        if wants_run:
            bound.arguments["run"] = recording
        return bound, recording

    @functools.wraps(function)
    def call(*args: object, **named: object) -> R:
        bound, recording = prepared(args, named)
        with recording:
            result = function(*bound.args, **bound.kwargs)
            return _kept(recording, result, is_all=not wants_run)

    @functools.wraps(function)
    async def call_async(*args: object, **named: object) -> object:
        bound, recording = prepared(args, named)
        with recording:
            result = await cast("Awaitable[object]", function(*bound.args, **bound.kwargs))
            return _kept(recording, result, is_all=not wants_run)

    # Of an object that can be called, its method tells.
    own = getattr(type(function), "__call__", None)  # noqa: B004 - asked for, not whether it is there
    waits = inspect.iscoroutinefunction(function) or inspect.iscoroutinefunction(own)
    return cast("Callable[..., R]", call_async) if waits else call


def _check(function: Callable[..., object], model: Recording) -> None:
    """Raises UsageError where no call can be a run."""
    if inspect.isgeneratorfunction(function) or inspect.isasyncgenfunction(function):
        name = getattr(function, "__qualname__", repr(function))
        hint = "record in its body: with journal.run(...) as run:"
        raise UsageError(f"{name} is a generator, whose call is no run", hint=hint)
    if model._goes_on:
        hint = f"in the function's body: with journal.run(resume='{model.id}') as run:"
        raise UsageError("each call is a run of its own, and resume names one run", hint=hint)


def _kept(recording: Recording, result: T, *, is_all: bool) -> T:
    """The result; a mapping is the run's. is_all: the function can record nothing else."""
    if isinstance(result, Mapping):
        recording.result(result)
    elif is_all and isinstance(result, float) and not recording._joined:
        said = "a number that is returned has no name; it is left out"
        recording._warn(f"run {recording.id}: {said} (return {{'accuracy': {result:.3g}}}, say)")
    return result


def _by_name(signature: inspect.Signature, arguments: Mapping[str, object]) -> dict[str, object]:
    """The call's arguments, with those that ``**more`` caught among them."""
    given: dict[str, object] = {}
    for name, value in arguments.items():
        if signature.parameters[name].kind is inspect.Parameter.VAR_KEYWORD:
            given.update(value if isinstance(value, dict) else {})
        elif name not in {"run", "self", "cls"}:
            given[name] = value
    return given


def _like(model: Recording, given: Mapping[str, object]) -> Recording:
    """A new run with the model's settings and these arguments besides."""
    from journal.journal import open as open_journal

    told, left_out = _parameters({name: v for name, v in given.items() if name != "seed"})
    seed, refusal = model.seed, None
    try:
        seed = model.seed if given.get("seed") is None else values.seed(given["seed"])
    except ValueRefused as refused:
        seed, left_out, refusal = None, [*left_out, "seed"], refused
    recording = Recording(
        open_journal(model._book.store.home) if model._closes else model._book,
        params={**model.params, **told}, tags=model._tags, note=model._note, seed=seed,
        strict=model.strict, closes=model._closes,
    )  # fmt: skip
    if left_out:
        recording._context["left_out"] = left_out
    if refusal is not None:
        recording._refused("the seed", refusal)
    return recording


def _parameters(given: Mapping[str, object]) -> tuple[dict[str, object], list[Json]]:
    """The arguments that are parameters, and the names of those that are not."""
    told: dict[str, object] = {}
    left_out: list[Json] = []
    for name, value in given.items():
        try:
            values.parameters({name: value})
        except ValueRefused:
            left_out.append(name)
        else:
            told[name] = value
    return told, left_out
