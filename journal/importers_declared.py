"""What an import declares of metrics and parameters: settled with the journal, and said.

A tracker's search spaces become declarations for the whole journal, so an import tells them, which
of them the journal said otherwise before (its own word stays), and which runs lie outside.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from journal.contradictions import Measured, contradictions
from journal.declarations import Declarations, MetricDeclaration, ParameterDeclaration, declare
from journal.events import Declared
from journal.values import write_scalar

_SHOWN = 12
Declaration = MetricDeclaration | ParameterDeclaration


@dataclass(frozen=True, slots=True, kw_only=True)
class Settled:
    """What becomes declared (``fresh``, by ``events``), and what is to be said of the rest."""

    events: tuple[Declared, ...]
    fresh: Declarations
    remarks: tuple[str, ...]

    def told(self, runs: Iterable[Measured]) -> Iterator[str]:
        """What is declared from here on, and which of these runs lie outside; a line each."""
        runs, lines = list(runs), list(described(self.fresh))
        yield from (f"declared {line}" for line in lines[:_SHOWN])
        if len(lines) > _SHOWN:
            yield f"declared {len(lines) - _SHOWN:,} more, which --dry-run shows"
        yield from self.remarks
        for parameter in self.fresh.parameters.values():
            yield from contradictions(parameter, runs)


def settle(told: Sequence[Declared], known: Declarations) -> Settled:
    """Those that say what is not known; what this journal declared itself is not overruled."""
    events: list[Declared] = []
    fresh = Declarations()
    remarks: dict[str, None] = {}
    for event in told:
        name, theirs = event.metric or event.parameter, _of(event, declare(Declarations(), event))
        mine, before = _of(event, known), _of(event, fresh)
        if mine is not None:
            if _of(event, declare(known, event)) != mine:
                said = f"{name} was declared before, and that stays: {_words(mine)}"
                remarks[f"{said} (here it is {_words(theirs)})"] = None
        elif theirs is not None and declare(fresh, event) != fresh:
            events.append(event)
            fresh = declare(fresh, event)
            if before is not None:
                remarks[f"{name} is declared anew: it was {_words(before)}"] = None
    return Settled(events=tuple(events), fresh=fresh, remarks=tuple(remarks))


def described(declared: Declarations) -> Iterator[str]:
    """Each metric and parameter with what is declared of it."""
    known: list[Declaration] = [*declared.metrics.values(), *declared.parameters.values()]
    for one in known:
        yield f"{one.name}: {_words(one)}"


def _of(event: Declared, declared: Declarations) -> Declaration | None:
    """What these declarations have of the event's name."""
    if event.metric is not None:
        return declared.metrics.get(event.metric)
    return declared.parameters.get(event.parameter or "")


def _words(one: Declaration | None) -> str:
    if one is None:
        return ""
    if isinstance(one, MetricDeclaration):
        return " ".join(part for part in (one.direction, one.unit) if part)
    parts = [
        one.scale or "",
        "{:g} to {:g}".format(*one.domain) if one.domain else "",
        ", ".join(write_scalar(level) for level in one.levels),
        one.role or "",
        " ".join(
            f"if {name} is {' or '.join(map(write_scalar, wanted))}"
            for name, wanted in one.condition.items()
        ),
    ]
    return "; ".join(part for part in parts if part)
