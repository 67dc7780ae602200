"""``knobwise declare``: what a metric or a parameter is."""

from __future__ import annotations

from typing import Annotated

import typer

from journal.cli_log import JournalOption
from journal.complaints import say
from journal.errors import UsageError
from journal.events import Declared
from journal.ids import uuid7
from journal.oneshot import assigned_many, open_to_write
from journal.values import Scalar, check_name, check_text, number, read_scalar

declaring = typer.Typer(no_args_is_help=True, help="Say what a metric or a parameter is.")


def mount(application: typer.Typer) -> None:
    """Add this module's commands."""
    application.add_typer(declaring, name="declare")


@declaring.command("metric")
def metric(
    name: Annotated[str, typer.Argument(help="The metric.")],
    *,
    direction: Annotated[
        str | None, typer.Option("--direction", help="Which way is better: minimize or maximize.")
    ] = None,
    unit: Annotated[str | None, typer.Option("--unit", help="What it is measured in.")] = None,
    address: JournalOption = None,
) -> None:
    """Declare a metric: which way is better, and its unit.

    knobwise declare metric accuracy --direction maximize --unit share
    """
    if direction is None and unit is None:
        raise UsageError("nothing is declared", hint="give --direction or --unit")
    _declare(metric=name, direction=direction, unit=unit, address=address)


@declaring.command("parameter")
def parameter(
    name: Annotated[str, typer.Argument(help="The parameter.")],
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
    address: JournalOption = None,
) -> None:
    """Declare a parameter: domain or levels, scale, role, and when it is active.

    knobwise declare parameter slope --domain 0.01:0.5 --scale log --when act=leaky_relu
    """
    if (domain, levels, scale, role, when) == (None,) * 5:
        raise UsageError("nothing is declared", hint="give --domain, --levels, --scale, --role …")
    _declare(
        parameter=name,
        domain=None if domain is None else _domain(domain),
        levels=tuple(read_scalar(word) for word in levels.split(",")) if levels else (),
        scale=scale,
        role=role,
        condition=_condition(when or []),
        address=address,
    )


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


def _domain(text: str) -> tuple[float, float]:
    low, colon, high = text.partition(":")
    if not colon:
        low, colon, high = text.partition(",")
    if not colon:
        raise UsageError("a domain is written LOW:HIGH", word=text, hint="for example 1e-5:0.1")
    return number(low, "the domain's low end"), number(high, "the domain's high end")


def _condition(words: list[str]) -> dict[str, tuple[Scalar, ...]]:
    pairs = assigned_many(words, "a condition")
    return {name: tuple(read_scalar(text) for text in texts) for name, texts in pairs.items()}
