"""Everything that was said about one run: its events, and those of the journal that touch it."""

from __future__ import annotations

from collections.abc import Sequence

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
    Undefaulted,
)
from journal.runs import Run, fold


def history(events: Sequence[Event], run: Run) -> list[Event]:
    """The events about the run, and the renames, defaults and declarations that concern it.

    ``events`` are all, in order. A rename concerns a run that had the parameter by its old name
    then, a default one that lacked it and got it (so does its being taken back), a declaration one
    that has what it is about.
    """
    about = [event for event in events if event.run in {None, run.id}]
    begun = False
    names: set[str] = set()
    concerning: set[str] = set()
    for place, event in enumerate(about):
        if event.run == run.id:
            begun = begun or isinstance(event, Started | Logged)
            concerning.add(event.id)
            names |= _names(event)
        elif begun and isinstance(event, Renamed) and event.old in names:
            concerning.add(event.id)
            names.add(event.new)
        elif isinstance(event, Defaulted | Undefaulted) and _changes(about, place):
            concerning.add(event.id)
            names.add(event.parameter)
    for event in about:
        if isinstance(event, Declared) and (event.parameter or event.metric) in names:
            concerning.add(event.id)
    return [event for event in about if event.id in concerning]


def _changes(about: Sequence[Event], place: int) -> bool:
    """Has the run other parameters with the event at this place than without?"""
    before, after = (fold(about[:end]).runs for end in (place, place + 1))
    return [list(run.params) for run in before] != [list(run.params) for run in after]


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
