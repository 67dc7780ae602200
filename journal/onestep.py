"""``knobwise metric`` and ``run`` in their plain forms, without a command-line library.

Loading typer would be most of what a shell loop waits for. Whatever is not plain (an option not in
the tables, a value that is missing, ``--help``) is left to typer, whose commands have the same
options (a test compares them) and end in the same functions.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence

from journal import values
from journal.discovery import VARIABLE, find
from journal.errors import JournalNotFound, RunNotFound, UsageError
from journal.ids import is_uuid, uuid7
from journal.joining import RUN_VARIABLE, reports_to, wrapped_run
from journal.lines import NOW, Entry
from journal.oneshot import assigned, open_sink
from journal.packing import Json, pack, pack_scalar

METRIC_OPTIONS = {"--step": "step", "--journal": "journal"}
RUN_OPTIONS = {
    "--param": "param", "-p": "param", "--tag": "tag", "--env": "env", "--seed": "seed",
    "--note": "note", "--prefix": "prefix", "--journal": "journal",
}  # fmt: skip
RUN_FLAGS = {"--no-flags": "no_flags", "--strict": "strict"}
REPEATED = frozenset({"param", "tag", "env"})
AGAIN = frozenset({"prefix", "journal"})
"""Of these the last holds, as after an alias that has one."""


def plain(words: Sequence[str]) -> Callable[[], int] | None:
    """What to do for these words; None where they are not plain."""
    return _plain_run(words[1:]) if words[0] == "run" else _plain_metric(words[1:])


def record_metric(words: Sequence[str], *, step: int | None, journal: str | None) -> int:
    """Record what ``[RUN] NAME=VALUE...`` says, at the step or as a result.

    The journal is not read; but where none is there, no run is, and none begins for what one
    measured. Raises UsageError, RunNotFound.
    """
    told, pairs = words[0] if words and "=" not in words[0] else None, words
    if told is not None:
        pairs = words[1:]
    measured = values.metrics(assigned(pairs, "a metric"))
    if not measured:
        raise UsageError("nothing was measured", hint="for example: loss=0.21")
    run = run_id(told, journal)
    wrapped = reports_to(find(journal)) == run
    sink = open_sink(journal, begins=wrapped)
    if step is None:
        entry: Entry = (uuid7(), run, NOW, "amended", {"metrics": pack(measured)})
    else:
        names: list[Json] = list(measured)
        columns: dict[str, Json] = {
            "step": [pack_scalar(step)] * len(measured), "name": names,
            "value": list(pack(measured).values()),
        }  # fmt: skip
        entry = (uuid7(), run, NOW, "metrics", columns)
    try:
        sink.append([entry])
    except JournalNotFound:
        raise not_here(run, journal, measured=measured) from None
    sink.close()
    return 0


def not_here(run: str, journal: str | None, *, measured: Mapping[str, float]) -> RunNotFound:
    """The error for a run whose journal must be another one; it has what would be lost with it."""
    from journal.addresses import shown
    from journal.pairs import write_pair

    lost = " ".join(write_pair(name, number) for name, number in measured.items())
    lost = f"not recorded: {lost}; " if lost else "nothing was recorded; "
    hint = f"{lost}give the same command the run's journal, with --journal or {VARIABLE}"
    return RunNotFound(f"no run has the id {run} in {shown(find(journal))}", hint=hint)


def run_id(told: str | None, journal: str | None) -> str:
    """The id that is meant, by default the wrapper's run; a part of one is looked up.

    Raises UsageError without any, RunNotFound.
    """
    known = (told or wrapped_run() or "").lower()
    if not known:
        hint = f"knobwise start prints it; within knobwise run, {RUN_VARIABLE} has it"
        raise UsageError("the run's id is missing", hint=hint)
    if is_uuid(known):
        return known
    from journal.damage import warn_of
    from journal.journal import open as open_journal
    from journal.lookup import find_run
    from journal.runs import fold
    from journal.sieve import read_about

    reading = read_about(open_journal(journal).store, [known])
    warn_of(reading.damage)
    return find_run(fold(reading.events).runs, known).id


def _plain_metric(words: Sequence[str]) -> Callable[[], int] | None:
    rest: list[str] = []
    given: dict[str, str] = {}
    remaining = iter(words)
    for word in remaining:
        name, equals, value = word.partition("=")
        if not word.startswith("-"):
            rest.append(word)
        elif METRIC_OPTIONS.get(name) == "step" and "step" in given:
            return None
        elif name in METRIC_OPTIONS and (equals or (value := next(remaining, "")) != ""):
            given[METRIC_OPTIONS[name]] = value
        else:
            return None
    step = given.get("step")
    if step is not None and not re.fullmatch(r"-?[0-9]{1,18}", step):
        return None
    number = None if step is None else int(step)
    return lambda: record_metric(rest, step=number, journal=given.get("journal"))


def _plain_run(words: Sequence[str]) -> Callable[[], int] | None:
    single: dict[str, str] = {}
    repeated: dict[str, list[str]] = {name: [] for name in REPEATED}
    flags = dict.fromkeys(RUN_FLAGS.values(), False)
    place = 0
    while place < len(words) and words[place].startswith("-") and words[place] != "--":
        name, equals, value = words[place].partition("=")
        place += 1
        if name in RUN_FLAGS and not equals:
            flags[RUN_FLAGS[name]] = True
            continue
        target = RUN_OPTIONS.get(name)
        if target is None or (equals and name == "-p"):
            return None
        if not equals:
            if place == len(words):
                return None
            value = words[place]
            place += 1
        if target in REPEATED:
            repeated[target].append(value)
        elif target in single and target not in AGAIN:
            return None  # of two the first would be lost
        else:
            single[target] = value
    command = words[place + 1 :] if words[place : place + 1] == ["--"] else words[place:]
    if not command:
        return None
    from journal.wrapper_command import run_command

    return lambda: run_command(command, **repeated, **single, **flags)  # type: ignore[arg-type]
