"""Which columns of a table of runs come first to the room there is."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import zip_longest

PARAMS, METRICS = "params.", "metrics."
ALWAYS = ("id", "status")


def urgency(
    cells: Mapping[str, Sequence[str]], *, named: Iterable[str] = (), declared: Iterable[str] = ()
) -> dict[str, int]:
    """Each column's place in the queue: 0 is there in any case, then the least first.

    First what the reader ``named`` (filters, --sort), then the ``declared`` metrics, parameters,
    other metrics, the seed, and the run's own facts; of parameters and metrics those that most runs
    have, and of these the ones that differ most. Where no metric is declared they take turns with
    the parameters, so that neither crowd out the other. What is the same in all runs is last.
    """
    asked = [key for name in named for key in (name, PARAMS + name, METRICS + name) if key in cells]
    metrics = _ranked([key for key in cells if key.startswith(METRICS)], cells)
    params = _ranked([key for key in cells if key.startswith(PARAMS)], cells)
    expected = {METRICS + name for name in declared}
    lead = [key for key in metrics if key in expected]
    turns = [key for pair in zip_longest(metrics, params) for key in pair if key is not None]
    queue = [*asked, *lead, *(params if lead else ()), *turns, "seed", *cells]
    constant = {key for key in cells if _is_constant(cells[key])} - {*asked, *lead}
    queue.sort(key=lambda key: key in constant)
    places = {key: place for place, key in enumerate(dict.fromkeys(queue), start=1)}
    return {key: 0 if key in ALWAYS else places[key] for key in cells}


def _ranked(keys: Sequence[str], cells: Mapping[str, Sequence[str]]) -> list[str]:
    """Those first that most runs have; of these, the ones with the most different values."""

    def rank(key: str) -> tuple[int, int]:
        told = [cell for cell in cells[key] if cell not in {"", "nan"}]
        return -len(told), -len(set(told))

    return sorted(keys, key=rank)


def _is_constant(cells: Sequence[str]) -> bool:
    """Is it the same in every run? Of one run nobody can say that."""
    return len(set(cells)) <= 1 and (len(cells) > 1 or not any(cells))
