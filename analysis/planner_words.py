"""A planned run as one shell command, every value exactly as it must be run.

Values are not rounded here: a second seed is a replicate only if all its settings are the same to
the last digit.
"""

from __future__ import annotations

import re

from analysis.commands import quoted
from analysis.errors import Misused
from analysis.results import PlannedRun, Scalar

_OTHERWISE = re.compile(
    r"""|~|null|Null|NULL|true|True|TRUE|false|False|FALSE
    |[-+]?[0-9]+ |[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)? |0[xo].*
    |[-+]?\.?(inf|Inf|INF|Infinity) |\.?(nan|NaN|NAN) |'.*' |".*\"""",
    re.VERBOSE | re.DOTALL,
)
"""Words that `knobwise log` reads as no text, or as another: in quotes they are what they are."""
_PLACEHOLDER = re.compile(r"(?<!\$)\{([^{}]*)\}")  # ${HOME} is the shell's


def exact(value: Scalar) -> str:
    """The value as the command line reads it back: null, true, 0.003, text."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if not isinstance(value, str):
        return repr(value)
    return "'" + value.replace("'", "''") + "'" if _OTHERWISE.fullmatch(value.strip()) else value


def command_line(template: str, run: PlannedRun) -> str:
    """The template with its placeholders filled; without any, the flags are put behind it.

    {args}: --lr 0.003 --seed 1; {pairs}: lr=0.003; {seed}; {NAME}: one parameter's value, empty
    where the run has none.
    """
    values = dict(run.parameters)
    flags = [f"{quoted('--' + name)} {_word(value)}" for name, value in run.parameters]
    fills = {name: _word(value) for name, value in values.items()} | {
        "args": " ".join([*flags, f"--seed {run.seed}"]),
        "pairs": " ".join(quoted(f"{name}={exact(value)}") for name, value in run.parameters),
        "seed": str(run.seed),
    }

    def filled(match: re.Match[str]) -> str:
        return fills.get(match[1], "")

    if not _PLACEHOLDER.search(template):
        return f"{template} {fills['args']}"
    return _PLACEHOLDER.sub(filled, template)


def check_template(template: str, names: set[str]) -> None:
    """Raises `Misused` for a placeholder that stands for no parameter."""
    for name in _PLACEHOLDER.findall(template):
        if name not in names | {"args", "pairs", "seed"}:
            raise Misused(
                f"{{{name}}} is no parameter",
                where="--command",
                hint=f"one of {{args}}, {{pairs}}, {{seed}}, {{{'}, {'.join(sorted(names))}}}",
            )


def _word(value: Scalar) -> str:
    text = exact(value)
    return quoted(text) if text else "''"
