"""Everything that was said about one run: its events, and those of the journal that touch it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeGuard

from journal.events import (
    Amended,
    Declared,
    Defaulted,
    Event,
    Finished,
    Logged,
    Metrics,
    Renamed,
    Started,
)
from journal.runs import Run


def history(events: Sequence[Event], run: Run) -> list[Event]:
    """The events about the run, and the renames, defaults and declarations that concern it.

    ``events`` are all, in order. A rename concerns a run that had the parameter by its old name
    then, a default one that lacked it and got it, a declaration one that has what it is about.
    """
    begun = False
    names: set[str] = set()
    touching: set[str] = set()
    for event in events:
        if event.run == run.id:
            begun = begun or isinstance(event, Started | Logged)
            touching.add(event.id)
            names |= _names(event)
        elif begun and isinstance(event, Renamed) and event.old in names:
            touching.add(event.id)
            names.add(event.new)
        elif begun and _gave(event, run, names):
            touching.add(event.id)
            names.add(event.parameter)
    for event in events:
        if isinstance(event, Declared) and (event.parameter or event.metric) in names:
            touching.add(event.id)
    return [event for event in events if event.id in touching]


def _gave(event: Event, run: Run, names: set[str]) -> TypeGuard[Defaulted]:
    """Did the run get this default?"""
    return (
        isinstance(event, Defaulted)
        and event.parameter not in names
        and event.parameter in run.params
    )


def _names(event: Event) -> set[str]:
    """The parameters and metrics that the event gives values."""
    names: set[str] = set()
    if isinstance(event, Started | Logged | Amended):
        names.update(event.params)
    if isinstance(event, Logged | Amended | Finished):
        names.update(event.metrics)
    if isinstance(event, Metrics):
        names.update(event.name)
    return names
