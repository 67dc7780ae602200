"""A planned run as a command of one's own, every value exactly as it must be run.

Values are not rounded here: a second seed is a replicate only if all its settings are the same to
the last digit.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from analysis.commands import plain
from analysis.errors import Misused
from analysis.invocation import UNTOLD, Shape
from analysis.results import PlannedRun
from analysis.seed_names import with_seed
from journal.pairs import write_pair
from journal.shell import quoted

_PLACEHOLDER = re.compile(r"(?<!\$)\{([^{}]*)\}")  # ${HOME} is the shell's
_QUOTED = re.compile(
    r"""\\. | \$'(?:\\[^']|[^'\\])*(?:\\'.*|'?)
    | '[^']*'? | "(?:\\.|[^"\\])*"? | `(?:\\.|[^`\\])*`? | (?<!<)<<(?!<).*""",
    re.VERBOSE | re.DOTALL,
)
"""What a shell reads otherwise than bare words, to the end where a quote is not closed."""


def command_line(
    template: str, run: PlannedRun, *, like: Shape = UNTOLD, seed_name: str = ""
) -> str:
    """The template with its placeholders filled; without any, the flags are put behind it.

    {args}: --lr 0.003 --seed 1, in the shape that recorded commands have; {NAME}, one parameter's
    value, as a program reads it, nothing where the run has none; {pairs}: lr=0.003, as
    `knobwise log` reads it; {seed}.
    """
    told = {name: value for name, value in run.parameters if value is not None}
    whole = with_seed(run.parameters, run.seed, called=seed_name)
    args = (part.words for part in like.told(whole) if part.name)
    fills = {name: quoted(plain(value)) for name, value in told.items()} | {
        "args": " ".join(word for words in args for word in words),
        "pairs": " ".join(quoted(write_pair(name, value)) for name, value in run.parameters),
        "seed": str(run.seed),
    }

    def filled(match: re.Match[str]) -> str:
        return fills.get(match[1], "")

    return _PLACEHOLDER.sub(filled, _whole(template))


def left_out(template: str, names: Iterable[str]) -> list[str]:
    """Which of these parameters no placeholder stands for: their settings reach no program."""
    there = {match[1] for match in _PLACEHOLDER.finditer(_whole(template))}
    return [] if there & {"args", "pairs"} else [name for name in names if name not in there]


def _whole(template: str) -> str:
    return template if _PLACEHOLDER.search(template) else f"{template} {{args}}"


def check_template(template: str, names: set[str]) -> None:
    """Raises `Misused` for a placeholder that stands for no parameter, or stands within quotes.

    What fills it is quoted by itself: within other quotes a shell would run parts of it.
    """
    template = _whole(template)
    quotes = [match.span() for match in _QUOTED.finditer(template)]
    for match in _PLACEHOLDER.finditer(template):
        name = match[1]
        if any(start <= match.start() < end for start, end in quotes):
            raise Misused(
                f"{match[0]} stands within quotes, and what fills it is quoted already",
                where="--command",
                hint=f"leave it outside: {name}={match[0]}",
            )
        if name not in names | {"args", "pairs", "seed"}:
            raise Misused(
                f"{{{name}}} is no parameter",
                where="--command",
                hint=f"one of {{args}}, {{pairs}}, {{seed}}, {{{'}, {'.join(sorted(names))}}}",
            )
