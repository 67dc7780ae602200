"""Which runs? The words that ``ls``, ``best``, ``export`` and the analyst's ``--where`` take.

    lr<1e-3   batch=64   act!=relu   act in relu,tanh   seed not in 3,4   name='two words'
    status=finished   seconds>60   id=9f3c21aa   accuracy>=0.9   context.host=lab3
    tag:sweep   note:diverged   since:2d   until:2026-11-23   has:momentum   !tag:broken
    'Learning Rate'<1

Filters are separated by spaces (or ``and``), and a run must meet all of them. A name is one of the
run's own facts (``status``, ``seed``, ``seconds``, ``id``, ``exit_code``), a parameter, a metric or
part of the recorded context, looked for in this order; ``params.NAME``, ``metrics.NAME`` and
``context.NAME`` say which. Values are read as ``knobwise log`` reads them; 1 and true differ. Names
and values may stand in quotes; such a quote within them is doubled.

A run without the name meets no comparison with it, ``!=`` and ``not in`` included: it has no value
that could differ. ``has:NAME`` and ``!has:NAME`` ask for that. ``!`` turns any filter round.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from journal.errors import UsageError
from journal.facts import FACTS, MISSING, lookup, names_of
from journal.filter_reader import Reader, fault
from journal.guesses import guess
from journal.runs import Run


@dataclass(frozen=True, slots=True)
class Filter:
    """Filters as one predicate. ``names``: each name compared, and where it stands in ``text``.

    ``asked``: each ``tag``, ``has`` and ``id`` that some run is to have, and where it stands.
    ``columns``: what the filters are about, as columns of a table.
    """

    text: str
    tests: tuple[Callable[[Run], bool], ...]
    names: tuple[tuple[str, int], ...]
    asked: tuple[tuple[str, str, int], ...] = ()
    columns: tuple[str, ...] = ()

    def __call__(self, run: Run) -> bool:
        """Does the run meet every one of them?"""
        return all(test(run) for test in self.tests)

    def check(self, runs: Iterable[Run], *, renamed: Mapping[str, str] | None = None) -> None:
        """Raises UsageError for a name that none of these runs has; any will do if none are given.

        A filter on a misspelt name would otherwise answer "no runs", and look like a finding.
        ``renamed`` has what parameters are called that had another name (``Declarations.names``).
        """
        runs = list(runs)
        for name, start in self.names if runs else ():
            if name not in FACTS and all(lookup(run, name) is MISSING for run in runs):
                hint = guess(name, names_of(runs), otherwise=_WHERE["has"], renamed=renamed)
                said = f"no run has a parameter or metric {name}"
                raise fault(self.text, said, start=start, end=start + len(name), hint=hint)
        for key, told, start in self.asked if runs else ():
            if not any(_has(run, key, told) for run in runs):
                called = renamed if key == "has" else None
                known = _all(key, runs)
                hint = _listed(told, known) if key == "tag" else ""
                hint = hint or guess(told, known, otherwise=_WHERE[key], renamed=called)
                said = f"no run has {_CALLED[key]} {told}"
                raise fault(self.text, said, start=start, end=start + len(told), hint=hint)


_CALLED = {"tag": "the tag", "has": "a parameter or metric", "id": "the id"}
_WHERE = {
    "tag": "knobwise ls --columns id,tags has the tags", "has": "knobwise ls --csv has every name",
    "id": "knobwise ls shows the ids' last digits",
}  # fmt: skip


def _listed(told: str, tags: Sequence[str]) -> str:
    """The hint where tags were asked for as a list, or given as one; empty if neither."""
    parts = [part.strip() for part in told.split(",")]
    if len(parts) > 1 and {*parts} <= {*tags}:
        return "a filter for each: " + " ".join(f"tag:{part}" for part in parts)
    within = next((tag for tag in tags if told in tag.split(",")), "")
    return f"did you mean {within}? It is one tag, with a comma" if within else ""


def _has(run: Run, key: str, told: str) -> bool:
    if key == "tag":
        return told in run.tags
    if key == "id":
        return run.id.startswith(told) or run.id.endswith(told)
    return told in FACTS or lookup(run, told) is not MISSING


def _all(key: str, runs: Sequence[Run]) -> list[str]:
    if key == "tag":
        return sorted({tag for run in runs for tag in run.tags})
    return list(names_of(runs)) if key == "has" else []


def parse(text: str, *, now: datetime | None = None) -> Filter:
    """The filters that this text holds. ``since:`` counts back from ``now``.

    Raises UsageError, pointing at the place that is not understood.
    """
    reader = Reader(text, now or datetime.now(UTC))
    tests, names = reader.whole()
    return Filter(text, tests, names, tuple(reader.asked), tuple(reader.columns))


def parse_words(words: Sequence[str]) -> Filter:
    """The filters on a command line: in one word or in several, as ``act in relu,tanh``.

    Raises UsageError, pointing at the word.
    """
    try:
        return parse(" ".join(words))
    except UsageError as error:
        raise _in_its_word(error, words) from None


def select(
    runs: Sequence[Run], words: Sequence[str], *, renamed: Mapping[str, str] | None = None
) -> list[Run]:
    """The runs that meet all these filters. Raises UsageError, also for a name that none has.

    ``renamed``: as ``Filter.check`` takes it.
    """
    wanted = parse_words(words)
    try:
        wanted.check(runs, renamed=renamed)
    except UsageError as error:
        raise _in_its_word(error, words) from None
    return [run for run in runs if wanted(run)]


def _in_its_word(error: UsageError, words: Sequence[str]) -> UsageError:
    """The error, with its place in the joined text turned into one in the word it lies in."""
    start, end = error.span or (0, 1)
    for word in words:
        if start <= len(word):
            end = min(end, len(word))
            start = min(start, end - 1)
            return UsageError(error.message, word=word, span=(start, end), hint=error.hint)
        start, end = start - len(word) - 1, end - len(word) - 1
    return error
