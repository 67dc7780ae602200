"""Options that several commands share, each said once: the annotated fields of a dataclass.

A command takes the whole question as one argument, `request: Request`. `asking` shows it to typer
with an option in its place for every field that carries one, and puts the answers together again.
An option is called as its field is; its help and its bounds stand in the annotation.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from copy import copy
from dataclasses import Field, fields
from types import GenericAlias
from typing import TYPE_CHECKING, Annotated, get_args, get_origin, get_type_hints

if TYPE_CHECKING:
    from analysis.results import Scalar

REQUEST = "request"
SHARE_MARGIN = 0.05
"""The smallest share that counts, where none is asked for."""
PLANNED = 12
"""Runs proposed where no number is asked for."""
LANG = "Language of the fixed words: en or ko."
DETAIL = ("block_as", "anova", "contrast", "step", "by")
"""Options that add to an answer and change no plan."""


Completion = Callable[..., Iterable[object]]
"""What a shell may write behind an option, as typer asks for it."""


def asking(
    command: Callable[..., int],
    *,
    without: Sequence[str] = (),
    completed: Mapping[str, Completion] | None = None,
) -> Callable[..., int]:
    """The command with options instead of its `request`.

    without: fields that it has no use for. completed: how options of these names are completed.
    """
    signature = inspect.signature(command, eval_str=True)
    kind = signature.parameters[REQUEST].annotation
    asked = {
        field.name: _parameter(field.name, field.default, annotation)
        for field, annotation in _optional(kind)
        if field.name not in without
    }
    shown: list[inspect.Parameter] = []
    for name, parameter in signature.parameters.items():
        keyword = parameter.replace(kind=inspect.Parameter.KEYWORD_ONLY)
        shown += list(asked.values()) if name == REQUEST else [keyword]
    shown = [_completed(parameter, completed or {}) for parameter in shown]

    def run(**given: object) -> int:
        said = {name: given.pop(name) for name in asked}
        empty: tuple[object, ...] = (None, [], ())  # 0 is an answer
        request = kind(**{name: value for name, value in said.items() if value not in empty})
        return command(**given, request=request)

    vars(run)["__signature__"] = signature.replace(parameters=shown)
    run.__annotations__ = {parameter.name: parameter.annotation for parameter in shown}
    run.__doc__, run.__name__ = command.__doc__, command.__name__
    return run


def _completed(
    parameter: inspect.Parameter, completed: Mapping[str, Completion]
) -> inspect.Parameter:
    """The parameter with its completion, where it has one."""
    if parameter.name not in completed:
        return parameter
    plain, option = get_args(parameter.annotation)
    option = copy(option)
    option.autocompletion = completed[parameter.name]
    return parameter.replace(annotation=Annotated[plain, option])


def asked(request: object, *, without: Sequence[str] = ()) -> tuple[tuple[str, Scalar], ...]:
    """The options that were changed from their defaults; a repeated one once for each value."""
    return tuple(
        (field.name, item)
        for field, _ in _optional(type(request))
        if field.name not in without and (value := getattr(request, field.name)) != field.default
        for item in (value if isinstance(value, list | tuple) else (value,))
    )


def spelled(options: Iterable[tuple[str, Scalar]]) -> list[str]:
    """Options as words for a shell, numbers to the last digit."""
    from journal.shell import quoted

    words: list[str] = []
    for name, value in options:
        flag = f"--{name.replace('_', '-')}"
        words += [flag] if value is True else [flag, quoted(str(value))]
    return words


def _optional(kind: type) -> Iterator[tuple[Field[object], object]]:
    """The fields that carry an option, with their annotation."""
    hints = get_type_hints(kind, include_extras=True)
    for field in fields(kind):
        if get_origin(hints[field.name]) is Annotated:
            yield field, hints[field.name]


def _parameter(name: str, default: object, annotation: object) -> inspect.Parameter:
    """The field as typer reads it: a sequence is a repeatable option."""
    plain, option = get_args(annotation)
    if get_origin(plain) is Sequence:
        plain = GenericAlias(list, get_args(plain))
    return inspect.Parameter(
        name, inspect.Parameter.KEYWORD_ONLY, default=default, annotation=Annotated[plain, option]
    )
