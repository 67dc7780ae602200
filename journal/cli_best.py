"""``knobwise best``: which configurations may be the best."""

from __future__ import annotations

import csv
import shutil
import sys
from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from journal import completion
from journal.cli_log import JournalOption
from journal.cli_options import AboutOne
from journal.cli_read import FilterArguments, JsonFlag, read, tell_left_out, write_json
from journal.counts import counted
from journal.errors import UsageError
from journal.guesses import guess
from journal.identity import key
from journal.pairs import write_name
from journal.runs import Fold, Run
from journal.screen import escaping, say, show
from journal.shell import quoted

if TYPE_CHECKING:
    from journal.best import Best, Configuration
    from journal.packing import Json

_TOP = 10
_SHOWN = 20


def mount(application: typer.Typer) -> None:
    """Add this module's commands."""
    application.command("best", cls=AboutOne)(best)


def best(
    filters: FilterArguments = None,
    *,
    metric: Annotated[
        str,
        typer.Option(
            "--metric", "-m", help="The metric to be best in.", autocompletion=completion.metrics
        ),
    ],
    n: Annotated[int | None, typer.Option("-n", min=1, help="Show at most this many.")] = None,
    minimize: Annotated[bool, typer.Option("--minimize", help="Low values are good.")] = False,
    maximize: Annotated[bool, typer.Option("--maximize", help="High values are good.")] = False,
    as_json: JsonFlag = False,
    as_csv: Annotated[bool, typer.Option("--csv", help="As CSV, all columns.")] = False,
    address: JournalOption = None,
) -> None:
    """List the configurations that cannot be told from the best.

    knobwise best -m accuracy --maximize act=relu

    Replicates (runs equal in all parameters) say how far results scatter; the set then contains the
    best configuration with 95 % confidence. Without replicates it is the top n, and is called so.
    """
    from journal import best as selection
    from journal import filters as grammar

    if as_json and as_csv:
        raise UsageError("it is JSON or CSV", word="--csv", hint="give one of the two")
    grammar.parse_words(filters or ())
    fold = read(address)
    every = [run for run in fold.runs if run.retracted is None]
    runs = grammar.select(every, filters or (), renamed=fold.declarations.names)
    check_metric(every, metric)
    if not any(metric in run.metrics for run in runs):
        left = f"{counted(len(runs), 'run')}, none with {metric}" if runs else "no run"
        hint = (
            f"{counted(len(every), 'run is')} in the journal; knobwise ls shows what a filter keeps"
        )
        raise UsageError(f"the filter keeps {left}", word=(filters or [""])[0], hint=hint)
    direction = direction_of(fold, metric, minimize=minimize, maximize=maximize)
    found = selection.best(runs, metric, direction=direction, declared=fold.declarations)
    if not found.compared:
        raise _nothing_to_compare(found, [run for run in runs if metric in run.metrics])
    _say_if_turned_round(fold, metric, direction)
    shown = found.configurations[: n or (_SHOWN if found.told else _TOP)]
    kept = found.configurations[:n] if found.told else shown
    if as_json:
        write_json(_as_json(found, kept))
    elif as_csv:
        _write_csv(found, kept)
    else:
        escaping()
        show(headline(found) + _side_by_side(fold, runs), sys.stdout)
        _write_table(found, shown)


def _side_by_side(fold: Fold, runs: Sequence[Run]) -> list[str]:
    """Says so where runs of several blocks are held against each other as they were logged."""
    declared = fold.declarations.parameters.values()
    blocks = [
        parameter.name
        for parameter in declared
        if parameter.role == "block"
        and len({key(run.params.get(parameter.name)) for run in runs}) > 1
    ]
    if not blocks:
        return []
    are = "are blocks" if len(blocks) > 1 else "is a block"
    return [f"{', '.join(blocks)} {are}: here all stand side by side; a filter keeps one"]


def _nothing_to_compare(found: Best, runs: Sequence[Run]) -> UsageError:
    """Of these runs, all of which have the metric, none has finished with a number."""
    ends = Counter(run.status for run in runs if run.status != "finished")
    told = [f"{count:,} {status}" for status, count in ends.most_common()]
    if found.not_finite:
        told.append(f"{found.not_finite:,} finished with nan, inf or beyond 1e150")
    number = "a finite" if found.not_finite else "the metric"
    hint = f"of the runs with it: {', '.join(told)}; knobwise ls shows them"
    return UsageError(f"no finished run has {number} {found.metric}", word=found.metric, hint=hint)


def check_metric(runs: Sequence[Run], metric: str) -> None:
    """Raises UsageError for a metric that none of the runs has."""
    known = {name for run in runs for name in run.metrics}
    if metric not in known:
        there = "there is " + ", ".join(sorted(known)[:8]) if known else "no run has any metric"
        hint = guess(metric, known, otherwise=there)
        stem, at, _ = metric.rpartition("@")
        if at and stem in known:
            hint = f"here runs count by their results; {metric} is for importance, report and plan"
        raise UsageError(f"no run has the metric {metric}", word=metric, hint=hint)


def direction_of(fold: Fold, metric: str, *, minimize: bool, maximize: bool) -> str:
    """Which way is better: as told, else as declared. Raises UsageError where neither says."""
    if minimize and maximize:
        raise UsageError("--minimize and --maximize exclude each other", word="--maximize")
    declared = fold.declarations.metrics.get(metric)
    told = "minimize" if minimize else "maximize" if maximize else None
    direction = told or (declared.direction if declared else None)
    if direction is None:
        hint = "--minimize or --maximize; or once for all, WHICH being minimize or maximize: "
        hint += f"knobwise declare metric {quoted(write_name(metric))} --direction WHICH"
        raise UsageError(f"is high or low {metric} good?", word=metric, hint=hint)
    return direction


def _say_if_turned_round(fold: Fold, metric: str, direction: str) -> None:
    """What was declared to be bad is what is asked for: then these are the worst."""
    declared = fold.declarations.metrics.get(metric)
    if declared is not None and declared.direction not in (None, direction):
        say(f"{metric} was declared {declared.direction}; --{direction} asks for the other end")


def headline(found: Best) -> list[str]:
    """What the table says, in one or two sentences."""
    noise, many = found.noise, counted(found.compared, "configuration")
    aim = "lowest" if found.direction == "minimize" else "highest"
    if not found.told:
        lacking = "no configuration was run twice"
        if found.copied or found.again:
            or_result = "" if found.again else " or result"
            lacking = f"no configuration was run twice with another seed{or_result}"
        if noise is not None:
            lacking = f"replicates give {counted(noise.df, 'degree')} of freedom, 3 are needed"
        lines = [f"the {aim} {found.metric} of {many}; which is best cannot be told: {lacking}"]
        ties = sum(c.mean == found.configurations[0].mean for c in found.configurations)
        if ties > 1:
            who = "all of them have the same"
            who = who if ties == found.compared else f"{ties:,} of them share the {aim}"
            lines.append(f"{who} {found.metric}, {found.configurations[0].mean:.5g}")
    else:
        assert noise is not None  # told rests on it
        k = len(found.configurations)
        sure = f"({100 * found.confidence:.0f} % confidence)"
        source = f"{noise.source} of the repeated configurations"
        alike = ", the same for every configuration" if noise.alike else ""
        lines = [
            f"{k:,} of {many} cannot be told from the {aim} {found.metric} {sure}",
            f"noise {noise.sd:.4g} from {source}, {noise.df} degrees of freedom{alike}",
        ]
        if noise.paired:
            lines.append("the seeds, the same for all, act alike: compared seed by seed")
        if not noise.alike:
            said = "configurations may scatter differently: each is judged by its own spread too"
            lines.append(said)
    return lines + _not_counted(found)


def _not_counted(found: Best) -> list[str]:
    """Which runs are no replicates, or not looked at."""
    lines = []
    if found.copied:
        many = counted(found.copied, "configuration has")
        lines.append(
            f"{many} results equal to all digits and no seeds that differ: copies, no noise"
        )
    if found.again:
        many = "run repeats a seed of its" if found.again == 1 else "runs repeat a seed of their"
        said = "what a machine, or another version of the code, does to a seed is no noise"
        lines.append(f"{found.again:,} {many} configuration, and each seed counts once: {said}")
    if found.not_finite:
        said = f"{found.metric} is not finite, or beyond 1e150"
        lines.append(f"{counted(found.not_finite, 'run')} left out: {said}")
    return lines


def _write_table(found: Best, shown: Sequence[Configuration]) -> None:
    from journal import listing
    from journal.facts import MISSING

    cells = {
        "\0mean": [f"{c.mean:.5g}" for c in shown],
        "\0n": [str(c.n) for c in shown],
        "\0failed": [str(c.failed or "") for c in shown],
        "\0run": [c.runs[0][-listing.SHORT :] for c in shown],
    }
    heads = {key: key[1:] for key in cells} | {"\0mean": found.metric, "\0run": "best run"}
    urgency = dict.fromkeys(cells, 0)
    if not any(cells["\0failed"]):
        del cells["\0failed"]
    for name in dict.fromkeys(name for c in shown for name in c.params):
        cells[name] = [listing.cell(c.params.get(name, MISSING)) for c in shown]
        heads[name], urgency[name] = name, 1 if len(set(cells[name])) > 1 else 2
    width = shutil.get_terminal_size((80, 24)).columns
    left_out = listing.write_fitting(cells, heads, urgency=urgency, out=sys.stdout, width=width)
    more = len(found.configurations) - len(shown)
    if more and found.told:
        sys.stderr.write(f"and {more:,} more that may be the best; -n shows more\n")
    tell_left_out(left_out, ways="--csv and --json")


def _write_csv(found: Best, shown: Sequence[Configuration]) -> None:
    from journal.values import write_scalar

    names = list(dict.fromkeys(name for c in shown for name in c.params))
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow(
        [found.metric, "n", "failed", "behind", "allowance", "best_run"]
        + [f"params.{name}" for name in names]
    )
    for c in shown:
        cells = [write_scalar(c.params[name]) if name in c.params else "" for name in names]
        writer.writerow([repr(c.mean), c.n, c.failed, c.behind, c.allowance, c.runs[0], *cells])


def _as_json(found: Best, shown: Sequence[Configuration]) -> dict[str, Json]:
    from dataclasses import asdict

    from journal.listing import json_scalar

    return {
        "metric": {"name": found.metric, "direction": found.direction},
        "answer": "indistinguishable" if found.told else "top",
        "confidence": found.confidence if found.told else None,
        "noise": asdict(found.noise) if found.noise else None,
        "compared": found.compared,
        "found": len(found.configurations) if found.told else len(shown),
        "not_finite": found.not_finite,
        "copied": found.copied,
        "again": found.again,
        "configurations": [
            {
                "params": {name: json_scalar(value) for name, value in c.params.items()},
                "mean": c.mean, "n": c.n, "failed": c.failed, "behind": c.behind,
                "allowance": c.allowance, "runs": list(c.runs),
            }
            for c in shown
        ],
    }  # fmt: skip
