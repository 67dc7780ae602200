"""``knobwise declare``: what a metric or a parameter is."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Literal

import typer

from journal import completion
from journal.cli_log import JournalOption
from journal.contradictions import contradictions
from journal.errors import UsageError
from journal.events import Declared
from journal.guesses import guess, nearest
from journal.identity import key
from journal.ids import uuid7
from journal.listing import names
from journal.oneshot import open_to_write, read_condition
from journal.pairs import read_name
from journal.runs import Fold, Run, fold
from journal.screen import say
from journal.values import Scalar, check_name, check_text, number, read_scalar

declaring = typer.Typer(
    no_args_is_help=True,
    help="""Say what a metric or a parameter is.

    knobwise declare metric accuracy --direction maximize
    """,
)

Clear = Annotated[bool, typer.Option("--clear", help="Take back everything declared about it.")]


def mount(application: typer.Typer) -> None:
    """Add this module's commands."""
    application.add_typer(declaring, name="declare")


@declaring.command("metric")
def metric(
    name: Annotated[str, typer.Argument(help="The metric.", autocompletion=completion.metrics)],
    *,
    direction: Annotated[
        str | None, typer.Option("--direction", help="Which way is better: minimize or maximize.")
    ] = None,
    unit: Annotated[str | None, typer.Option("--unit", help="What it is measured in.")] = None,
    clear: Clear = False,
    address: JournalOption = None,
) -> None:
    """Declare a metric: which way is better, and its unit.

    knobwise declare metric accuracy --direction maximize --unit share
    """
    name = read_name(name)
    if clear:
        _clear("metric", name, address, beside=(direction, unit))
        return
    if direction is None and unit is None:
        raise UsageError("nothing is declared", hint="give --direction or --unit")
    _declare(metric=name, direction=direction, unit=unit, address=address)


@declaring.command("parameter")
def parameter(
    name: Annotated[
        str, typer.Argument(help="The parameter.", autocompletion=completion.parameters)
    ],
    *,
    domain: Annotated[
        str | None, typer.Option("--domain", metavar="LOW:HIGH", help="The range it may have.")
    ] = None,
    levels: Annotated[
        str | None, typer.Option("--levels", metavar="A,B,...", help="The only values it may have.")
    ] = None,
    scale: Annotated[str | None, typer.Option("--scale", help="linear or log.")] = None,
    role: Annotated[
        str | None, typer.Option("--role", help="studied, block, nuisance or constant.")
    ] = None,
    when: Annotated[
        list[str] | None,
        typer.Option("--when", metavar="NAME=VALUE", help="Active only then; repeat for more."),
    ] = None,
    clear: Clear = False,
    address: JournalOption = None,
) -> None:
    """Declare a parameter: domain and scale, or levels; role, and when it is active.

    knobwise declare parameter lr --domain 1e-5:0.1 --scale log

    knobwise declare parameter slope --when act=leaky_relu

    What is declared later replaces what was declared before.
    """
    name = read_name(name)
    if clear:
        _clear("parameter", name, address, beside=(domain, levels, scale, role, when))
        return
    if (domain, levels, scale, role, when) == (None,) * 5:
        raise UsageError("nothing is declared", hint="give --domain, --levels, --scale, --role …")
    if levels is not None and (domain, scale) != (None, None):
        said = "it has a range or levels" if domain is not None else "levels have no scale"
        raise UsageError(said, word="--levels", hint="give one of the two")
    condition = read_condition(when or ())
    if name in condition:
        hint = "--when names another parameter"
        raise UsageError(f"{name} cannot depend on itself", word="--when", hint=hint)
    reach = None if domain is None else _domain(domain)
    if scale == "log" and reach is not None and reach[0] <= 0:
        hint = "a log scale has positive values only"
        raise UsageError("the domain reaches 0", word=str(domain), hint=hint)
    _declare(
        parameter=name, domain=reach, levels=() if levels is None else _levels(levels),
        scale=scale, role=role, condition=condition, address=address,
    )  # fmt: skip


def _declare(
    *,
    metric: str | None = None,
    direction: str | None = None,
    unit: str | None = None,
    parameter: str | None = None,
    domain: tuple[float, float] | None = None,
    levels: tuple[Scalar, ...] = (),
    scale: str | None = None,
    role: str | None = None,
    condition: dict[str, tuple[Scalar, ...]] | None = None,
    address: str | None,
) -> None:
    check_name(metric or parameter or "")
    check_text(unit or "", "the unit")
    with open_to_write(address) as book:
        event = Declared(
            id=uuid7(), run=None, at=book.store.now(), metric=metric, direction=direction,
            unit=unit, parameter=parameter, domain=domain, levels=levels, scale=scale, role=role,
            condition=condition or {},
        )  # fmt: skip
        book.append([event])
        say(f"declared {metric or parameter}")
        _tell_doubts(fold(book.read().events), event)


def _clear(
    kind: Literal["metric", "parameter"],
    name: str,
    address: str | None,
    *,
    beside: Sequence[object],
) -> None:
    if any(given is not None for given in beside):
        hint = "take it back first, then declare it anew"
        raise UsageError("--clear takes everything back", word="--clear", hint=hint)
    with open_to_write(address) as book:
        declared = book.declarations()
        known = sorted(declared.metrics if kind == "metric" else declared.parameters)
        if name not in known:
            there = "declared: " + ", ".join(known[:8]) if known else f"no {kind} was declared"
            hint = guess(name, known, otherwise=there)
            raise UsageError(f"nothing was declared about {name}", word=name, hint=hint)
        told = (name, None) if kind == "metric" else (None, name)
        at = book.store.now()
        book.append([Declared(id=uuid7(), run=None, at=at, metric=told[0], parameter=told[1])])
        say(f"nothing is declared about {name} any more")


def _tell_doubts(told: Fold, event: Declared) -> None:
    """Say what runs contradict, and which names none has yet: one of them may be mistyped."""
    _tell_unknown(told.runs, event)
    if event.parameter is None:
        return
    declared = told.declarations.parameters[event.parameter]
    for said in contradictions(declared, told.runs):
        say(f"knobwise: {said}")


def _tell_unknown(runs: Sequence[Run], declared: Declared) -> None:
    params, metrics = names(runs)
    told = {name: params for name in (declared.parameter, *declared.condition) if name}
    if declared.metric is not None:
        told[declared.metric] = metrics
    for name, known in told.items() if runs else ():
        if name not in known:
            near = nearest(name, known)
            say(f"no run has {name} yet" + (f"; did you mean {near}?" if near else ""))


def _domain(text: str) -> tuple[float, float]:
    low, colon, high = text.partition(":")
    if not colon:
        low, colon, high = text.partition(",")
    if not colon:
        raise UsageError("a domain is written LOW:HIGH", word=text, hint="for example 1e-5:0.1")
    ends = read_scalar(low), read_scalar(high)
    if not all(isinstance(end, int | float) and not isinstance(end, bool) for end in ends):
        hint = "for example 1e-5:0.1"
        raise UsageError("a domain is two numbers, LOW:HIGH", word=text, hint=hint)
    bottom, top = number(ends[0], "low"), number(ends[1], "high")
    if not bottom < top:
        raise UsageError("the domain does not run from low to high", word=text)
    return bottom, top


def _levels(text: str) -> tuple[Scalar, ...]:
    words = [word.strip() for word in text.split(",")]
    if not all(words):
        raise UsageError("a level is empty", word=text, hint="for example --levels relu,tanh")
    levels = tuple(map(read_scalar, words))
    seen = set()
    for word, level in zip(words, levels, strict=True):
        if key(level) in seen:
            raise UsageError(f"the level {word} is given twice", word=text, hint="name it once")
        seen.add(key(level))
    return levels
