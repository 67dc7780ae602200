"""A program with other settings, told them as recorded commands tell them.

What tells a parameter is written anew where it stands, in the shape that it has there or in another
command of the same runs: `--lr=0.1`, `lr=0.1`, `--hidden 16 64`, `--amp`, `--no-amp`. All other
words are kept. Values are exact: of rounded settings a second seed would be no replicate.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from analysis.commands import heard, journal, kept, knobwise, plain
from analysis.numerals import shown
from analysis.recorded import Part, Recorded, listed, reads_as
from analysis.renaming import present_names
from analysis.results import BestRun, Report, Scalar
from analysis.seed_names import seed_name, with_seed
from journal.flags import recorded_name
from journal.pairs import write_pair
from journal.shell import quoted
from journal.values import write_scalar

UNKNOWN = Recorded("python YOUR_SCRIPT")
"""Where no command says how the program is told: no file is called so, and nothing runs by
mistake."""
LONGEST_READ = 4_000
"""Letters of a command on a page or a screen."""
LARGEST = 131_071
"""Bytes of a word that Linux starts a program with."""


@dataclass(frozen=True)
class Shape:
    """How a program is told its settings, as far as recorded commands show it.

    known: what a run can be given. studied: those of them that differ between runs. renamed: old
    name, as a command may have it -> present name (`renaming.present_names`).
    """

    seen: tuple[Recorded, ...] = ()
    known: frozenset[str] = frozenset()
    studied: frozenset[str] = frozenset()
    renamed: Mapping[str, str] = field(default_factory=dict)

    @cached_property
    def main(self) -> Recorded:
        """The command to follow: the first that tells what differs; else `UNKNOWN`."""
        return next((run for run in self.seen if self.takes(run) and self.clear(run)), UNKNOWN)

    def takes(self, run: Recorded) -> bool:
        """Whether a command tells what differs between runs; one for a whole sweep does not."""
        names = _with_lists(*self.studied)
        return not names or any(self._called(part) in names for part in run.parts)

    def told(self, settings: Mapping[str, Scalar], *, guessed: bool = True) -> list[Part]:
        """The command to follow with these settings; what a run does not have is left out.

        guessed: what no command tells is told as the others are; else it is left out, for a program
        may take no such flag.
        """
        groups = self._grouped(settings, guessed=guessed or self.main is UNKNOWN)
        made: list[Part] = []
        for part in self.main.parts:
            name = self._called(part)
            if name in groups:
                made.append(Part(self._written(name, groups.pop(name)), name))
            elif not name:
                made.append(part)
        new = [Part(self._written(name, values), name) for name, values in groups.items()]
        end = len(made) - (made[-1].words[:1] == ("--",))  # what stands behind that is no flag
        return [*made[:end], *new, *made[end:]]

    @cached_property
    def _names(self) -> set[str]:
        return _with_lists(*self.known) | ({"seed"} - self.renamed.keys())

    def _called(self, part: Part) -> str:
        """The parameter that the words tell; empty for other words."""
        same = (part.name, recorded_name(part.name))
        now = (self.renamed.get(name, "") for name in same)
        return next((name for name in (*same, *now) if name in self._names), "")

    def clear(self, run: Recorded) -> bool:
        """Whether no word of a command may be another parameter's by now: of swapped names."""
        told = {name for part in run.parts for name in (part.name, recorded_name(part.name))}
        return all(
            self.renamed[name] and name not in self._names for name in told & {*self.renamed}
        )

    @cached_property
    def _ways(self) -> dict[str, list[Part]]:
        """By name, how commands tell it, the one to follow first."""
        ways: dict[str, list[Part]] = {}
        for run in (self.main, *filter(self.clear, self.seen)):
            for part in run.parts:
                ways.setdefault(self._called(part), []).append(part)
        return ways

    def untold(self, names: Iterable[str]) -> list[str]:
        """Those of these parameters that no command tells, where there is a command to follow."""
        if self.main is UNKNOWN:
            return []
        return [name for name in names if not _with_lists(name) & self._ways.keys()]

    def tells_none(self, name: str) -> bool:
        """Whether a command shows what null looks like: as a word, or as the want of one."""
        return any(part.says(None) for part in self._ways.get(name, [])) or any(
            name in run.settings and run.settings[name] is None for run in self.seen
        )

    def _grouped(self, settings: Mapping[str, Scalar], *, guessed: bool) -> dict[str, list[Scalar]]:
        """Values by what tells them: hidden.0 and hidden.1 are a list and told as `hidden`.

        What never changes is told only where a command tells it.
        """
        groups: dict[str, list[Scalar]] = {}
        for name in sorted(settings, key=lambda name: (listed(name) or ("", 0))[1]):
            base, _ = listed(name) or (name, 0)
            several = base in self._ways or f"{base}.1" in settings
            told = base if several and name not in self._ways else name
            free = self.main is UNKNOWN or name in self.studied or name == "seed"
            if (free and guessed) or told in self._ways:
                groups.setdefault(told, []).append(settings[name])
        return groups

    def _written(self, name: str, values: Sequence[Scalar]) -> tuple[str, ...]:
        ways = self._ways.get(name, [])
        texts = [plain(value) for value in values if value is not None]
        if len(values) == 1 and (values[0] is None or isinstance(values[0], bool)):
            switched = self._switched(name, values[0])
            if switched is not None:
                return switched
            if any(text.istitle() for part in ways for text in part.values):  # True, in Python
                texts = [text.title() for text in texts]
        head = next((part.head for part in ways if part.head), self._head(name))
        if head.endswith("="):
            return tuple(quoted(head + text) for text in texts)
        if sum(part.head == head for part in self.main.parts) > 1:  # repeated, one value each
            return tuple(quoted(word) for text in texts for word in (head, text))
        return tuple(map(quoted, (head, *texts))) if texts else ()

    def _switched(self, name: str, value: Scalar) -> tuple[str, ...] | None:
        """The words for true, false or null where commands show them; none is a way, too."""
        ways = self._ways.get(name, [])
        for part in ways:
            if part.says(value):
                return part.words
        silent = [
            run
            for run in self.seen
            if self.takes(run) and all(self._called(part) != name for part in run.parts)
        ]
        if value is None or any(run.settings.get(name) is value for run in silent):
            return ()
        if not ways or ways[0].head:
            return None
        stem = ways[0].words[0].removeprefix("--").removeprefix("no-")
        return (f"--{stem}" if value else f"--no-{stem}",)

    def _head(self, name: str) -> str:
        """What no command tells is told as the others are."""
        heads = [part.head for part in self.main.parts if part.head]
        return f"--{name}" if not heads or any(h[0] == "-" for h in heads) else f"{name}="


UNTOLD = Shape()
"""Where no command was recorded."""


def shape(report: Report) -> Shape:
    """How the report's runs are told their settings."""
    seen = [Recorded(run.command, dict(run.parameters)) for run in report.best if run.command]
    if report.plan and report.plan.recorded:
        seen.append(Recorded(report.plan.recorded))
    seen += [Recorded(command) for command in report.plan.ways] if report.plan else []
    known = settable(report)
    constant = {
        item.name
        for item in report.parameters
        if item.role == "constant" and item.condition is None
    }
    renamed = present_names(report.plan.renamed if report.plan else ())
    return Shape(tuple(seen), frozenset(known), frozenset(known - constant), renamed)


def settable(report: Report) -> set[str]:
    """The parameters that a run can be given: those that set runs apart, and what never changes."""
    told = [run.parameters for run in report.best]
    told += [run.parameters for run in report.plan.runs] if report.plan else []
    return {name for settings in told for name, _ in settings} | {
        item.name for item in report.parameters if item.role in ("studied", "constant")
    }


def runs(report: Report) -> list[str]:
    """The planned runs as recorded command lines."""
    like, planned = shape(report), report.plan.runs if report.plan else ()
    return [_line(report, like, run.parameters, run.seed) for run in planned]


def beside(report: Report) -> list[str]:
    """Parameters of planned runs that no recorded command tells: the program is not told them."""
    planned = report.plan.runs if report.plan else ()
    names = {name for run in planned for name, value in run.parameters if value is not None}
    seed = ["seed"] if names and seed_name(report) not in names else []
    return shape(report).untold([*sorted(names), *seed])


def unsaid(report: Report) -> list[str]:
    """Parameters that are null in a planned run, which is told nothing of them.

    Where they exist everywhere; a conditional one is left out because it is not there.
    """
    planned, like = report.plan.runs if report.plan else (), shape(report)
    conditional = {item.name for item in report.parameters if item.condition is not None}
    names = {name for run in planned for name, value in run.parameters if value is None}
    return sorted(name for name in names - conditional if not like.tells_none(name))


def readable(line: str) -> str:
    """A command for people: one that is longer than anybody reads is said to be left out."""
    if len(line) <= LONGEST_READ:
        return line
    return f"# a command of {len(line):,} letters is left out here; its settings are whole in JSON"


def settings(report: Report, best: BestRun) -> str:
    """One of the best configurations as a recorded command line, where its own says nothing."""
    constant = [
        (p.name, p.levels[0])
        for p in report.parameters
        if p.role == "constant" and p.levels and p.condition is None
    ]
    called, told = seed_name(report), dict((*best.parameters, *best.block, *constant))
    told |= {called: best.seed} if called else {}
    return _line(report, shape(report), tuple(told.items()), best.seed)


def again(report: Report, best: BestRun) -> str | None:
    """The command that one of the best runs was recorded with, if it says the run's settings."""
    told = best.command and shape(report).takes(Recorded(best.command))
    return shown(best.command) if best.command and told else None


def reproduce(report: Report, best: BestRun) -> tuple[str, ...]:
    """How to make one of the best runs again: all that is known of it, its code, its command."""
    lines = []
    if kept(report):
        lines.append(knobwise("show", quoted(best.run_id), *journal(report)))
    if best.commit:
        lines.append(f"git checkout {quoted(best.commit)}")
    command = again(report, best)
    return (*lines, command) if command else tuple(lines)


def _line(report: Report, like: Shape, named: Sequence[tuple[str, Scalar]], seed: Scalar) -> str:
    """The program with these settings under `knobwise run`; alone where there is no journal.

    What the words would not be recorded as (text that reads as a number, a parameter that the
    program is not told) is recorded beside them; where they would be recorded as something that
    no run has (a name with a dash, or one of before), nothing is taken from them.
    """
    for name, value in named:
        if len(f"--{name}={write_scalar(value)}".encode("utf-8", "replace")) > LARGEST:
            return f"# none: no program can be told {shown(name)} of {len(plain(value)):,} letters"
    whole = with_seed(named, seed, called=seed_name(report))
    parts = like.told(whole, guessed=False)
    words = [word for part in parts for word in part.words]
    if not kept(report):
        return " ".join(words)
    read = Recorded(" ".join(words)).parameters
    dashed = {recorded_name(name) for name, _ in named if "-" in name}
    names = {name for name, _ in named}
    known = {"seed", *like.main.parameters, *names} - dashed - (like.renamed.keys() - names)
    wrong = bool(read.keys() - known)
    beside, nulls = ["--no-flags"] if wrong else [], _recorded_nulls(report)
    for name, value in named:
        said = name in read and reads_as(read[name], value)
        if wrong or not (said or (value is None and name not in nulls)):
            beside.append(f"-p {quoted(write_pair(name, value))}")
    seed = whole.get("seed")
    if seed is not None and (wrong or read.get("seed") != write_scalar(seed)):
        beside.append(f"--seed {quoted(plain(seed))}")
    hears = heard(report, like.main.command)
    return knobwise("run", *journal(report), *hears, *beside, "--", *words)


def _recorded_nulls(report: Report) -> set[str]:
    """Parameters that are null in some runs, where null is what was recorded and no gap."""
    absent = {name for item in report.findings if item.code == "absent" for name in item.parameters}
    free = [item for item in report.parameters if item.condition is None]
    return {item.name for item in free if None in item.levels} - absent


def _with_lists(*names: str) -> set[str]:
    """The names, and those of the lists that they are places in."""
    return {*names} | {(listed(name) or (name, 0))[0] for name in names}
