"""The answer in a terminal: one line per parameter, at most as wide as asked.

Nothing that draws is imported here. Where the width does not suffice, columns are left out from
the right, and the risk's interval before the risk; the last line says which. Without Unicode every
sign has an ASCII stand-in, and characters of names are written as escapes.
"""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TextIO

from analysis import commands, facts, grouping, sentences, story, tables_detail
from analysis.numerals import LONGEST_TYPED, Measure, bare, share, shortened, shown
from analysis.results import ParameterResult, Report, Verdict
from analysis.shortening import brief
from analysis.tables import Cell, Table
from analysis.terminal_bars import drawn
from analysis.terminal_columns import fitting, line_of, width_of
from analysis.words import Voice, words
from analysis.wrapping import held, typed, wrapped

_ASCII_SHAPES: dict[Verdict, str] = {
    "critical": "*", "fine": "~", "forgiving": ":", "negligible": ".", "undetermined": "?",
    "not_estimable": "x",
}  # fmt: skip
_COLORS: dict[Verdict, str] = {
    "critical": "1;34", "fine": "36", "forgiving": "2", "negligible": "2", "undetermined": "33",
    "not_estimable": "2",
}  # fmt: skip
_STAND_INS = str.maketrans("│─┼━┿○–…×’", "|-|=|o-~x'")
_NARROWEST_BAR, _WIDEST_BAR = 14, 26
_RISK = 2
"""The place of the risk among the columns."""
_WIDEST_NAME, _NAME_COLUMNS = 24, 45
"""Of a parameter's name in the table, and in a sentence."""


@dataclass(frozen=True)
class Style:
    """How the text may look: columns, Unicode or ASCII, with colour or without."""

    width: int = 80
    unicode: bool = True
    color: bool = False

    @classmethod
    def of(cls, stream: TextIO, environment: Mapping[str, str] | None = None) -> Style:
        """What a stream can show; COLUMNS and NO_COLOR are kept.

        A pipe gets 80 columns, where COLUMNS says nothing, and no colour.
        """
        env = os.environ if environment is None else environment
        terminal = stream.isatty()
        asked = env.get("COLUMNS", "")
        width = shutil.get_terminal_size((80, 24)).columns if terminal else 80
        width = int(asked) if asked.isdecimal() and int(asked) else width
        try:
            "●├…".encode(stream.encoding or "ascii")
            unicode = True
        except (UnicodeEncodeError, LookupError):
            unicode = False
        plain = bool(env.get("NO_COLOR")) or env.get("TERM") == "dumb"
        return cls(width=max(width, 40), unicode=unicode, color=terminal and not plain)


@dataclass(frozen=True)
class _Wrapped(Voice):
    """Sentences for lines of some width, in which a command can still be copied."""

    def name(self, name: str) -> str:
        """A parameter's name, short where long; commands have all of it."""
        return brief(self.about, name, columns=_NAME_COLUMNS)

    def command(self, text: str) -> str:
        """A command in a sentence."""
        return held(super().command(shortened(text, LONGEST_TYPED)))


def show(report: Report, stream: TextIO | None = None, *, language: str = "en") -> None:
    """Write the answer to a stream (standard output), as it can show it."""
    stream = sys.stdout if stream is None else stream
    stream.write(render(report, Style.of(stream), language=language))


def render(report: Report, style: Style = Style(), *, language: str = "en") -> str:
    """The answer as text, ending with a newline."""
    voice = _Wrapped(words(language), about=report)
    table, left_out = _table(report, voice, style) if report.answer == "given" else ([], [])
    tail = [*wrapped(_tail(report, voice), style.width), *_next(report, voice, style.width)]
    if left_out:
        columns = voice.join(left_out, voice.words["list.comma"])
        told = voice.say("terminal.left_out", width=style.width, columns=columns)
        tail += wrapped([told], style.width)
    head = _head(report, voice)
    head += ["", *_withheld(report, voice)] if report.answer == "withheld" else []
    lines = [*wrapped(head, style.width), "", *table]
    asked = tables_detail.tests_asked_for(report, voice) + tables_detail.asked_for(report, voice)
    for detail in asked:
        lines += ["", *_plain(detail, voice, style)]
    lines += ["", *tail] if table else tail
    return _spelled("\n".join(lines), style) + "\n"


def _head(report: Report, voice: Voice) -> list[str]:
    measure = Measure.of(report)
    name = f"{shown(report.metric.name)} ({story.direction(report, voice)})"
    known = [voice.say("terminal.noise.unknown")]
    if report.noise is not None:
        sd = measure.size(report.noise.sd)
        key = f"terminal.noise.{report.noise.source}"
        known = [voice.say(key, sd=sd, df=f"{report.noise.df:,}")]
    if report.margin is not None:
        known.append(voice.say("terminal.margin", margin=measure.size(report.margin.metric)))
    if report.surrogate is not None:
        reached, ceiling = bare(share(report.surrogate.skill)), facts.ceiling(report)
        known.append(
            voice.say("terminal.skill.alone", skill=reached)
            if ceiling is None
            else voice.say("terminal.skill", skill=reached, ceiling=bare(share(ceiling)))
        )
    if report.metric.transform != "none":
        known.append(voice.words[f"terminal.scale.{report.metric.transform}"])
    return [f"{name}: {facts.run_counts(report, voice)}", "   ".join(known)]


def _withheld(report: Report, voice: Voice) -> list[str]:
    because = voice.told(report.withheld_says, report.withheld_because or "")
    lines = [f"{voice.say('terminal.withheld')}: {because}"]
    cure = voice.advised(report.withheld_says, report.withheld_cure or "")
    return [*lines, f"{voice.say('terminal.cure')}: {cure}"] if cure else lines


def _table(report: Report, voice: Voice, style: Style) -> tuple[list[str], list[str]]:
    """The table's lines, and the columns for which there was no room."""
    rows = story.studied(report)
    if not rows:
        return [], []
    columns, bar_head = _columns(rows, report, voice, style), voice.say("terminal.bars")
    kept, left_out = fitting(columns, style.width), list[str]()
    if len(kept) <= _RISK:  # the estimates alone say more than no number at all
        risk, _, interval = columns[_RISK][0].partition(" [")
        columns[_RISK] = [risk, *(cell.partition(" [")[0] for cell in columns[_RISK][1:])]
        kept, left_out = fitting(columns, style.width), [f"[{interval}"]
    left_out += [column[0] for column in columns[len(kept) :]]
    if len(kept) == len(columns) and 0 <= style.width - width_of(kept) < _NARROWEST_BAR + 2:
        left_out.append(kept[-1][0])  # bars tell more than the last column
        kept = kept[:-1]
    room = style.width - width_of(kept) - 2
    lines = [line_of([column[i] for column in kept], kept) for i in range(len(rows) + 1)]
    if room < _NARROWEST_BAR:
        return _colored(lines, rows, style), [*left_out, bar_head]
    bars = drawn(report, rows, width=min(room, _WIDEST_BAR), voice=voice)
    lines = [f"{line}  {bar}".rstrip() for line, bar in zip(lines, bars, strict=True)]
    return _colored(lines, rows, style), left_out


def _columns(
    rows: tuple[ParameterResult, ...], report: Report, voice: Voice, style: Style
) -> list[list[str]]:
    names, verdicts = [voice.say("terminal.parameter")], [voice.say("terminal.verdict")]
    risks, totals = [voice.say("terminal.risk")], [voice.say("terminal.total")]
    firsts = [voice.say("terminal.first")]
    widest = min(_WIDEST_NAME, max(style.width - 20, 8))
    for row in rows:
        sign = story.SHAPES[row.verdict] if style.unicode else _ASCII_SHAPES[row.verdict]
        names.append(brief(report, row.name, columns=widest))
        verdicts.append(f"{sign} {story.verdict(row, voice)}")
        risks.append(bare(story.evidence(report, row) or "–"))
        totals.append(bare(share(row.total.share if row.total else None)))
        firsts.append(bare(share(row.first_order.share if row.first_order else None)))
    return [names, verdicts, risks, totals, firsts]


def _plain(table: Table, voice: Voice, style: Style) -> list[str]:
    """Caption and columns: intervals only where all fit, then what fits, and how much did not."""
    rows = [table.headings, *(map(_cell, row) for row in table.rows)]
    columns, caption = [list(column) for column in zip(*rows, strict=True)], table.caption
    if width_of(columns) > style.width:
        columns = [[cell.partition(" [")[0] for cell in column] for column in columns]
        caption = caption.replace(" [95 %]", "")
    kept = fitting(columns, style.width)
    lines = [line_of(row, kept, n_left=1) for row in zip(*kept, strict=True)]
    left = len(table.headings) - len(kept)
    lines += [f" {voice.count('terminal.left_out.columns', left)}"] if left else []
    return [*wrapped([f"{caption.rstrip('.')}:"], style.width), *lines]


def _cell(cell: Cell) -> str:
    """Shares and differences without their leading zero; a p or an F keeps it."""
    return bare(cell.text) if cell.estimated else cell.text


def _tail(report: Report, voice: Voice) -> list[str]:
    """Groups, what to leave, what to look at."""
    first = []
    for key, groups in (
        ("terminal.together", grouping.together(report)),
        ("terminal.unsure", grouping.unsure(report)),
        ("terminal.alone", grouping.alone(report)),
    ):
        together = partial(grouping.members, report, voice=voice, between=grouping.TOGETHER)
        told = [grouping.fixing(group, together(group.tuned), voice=voice) for group in groups]
        if told:
            first.append(_first(key, told, voice, between="list.comma"))
    lines = ["      ".join(first)] if first else []
    noted = [*_noted(report, voice), ("terminal.widen", story.ends(report, voice))]
    lines += [_first(key, told, voice, between="list.groups") for key, told in noted if told]
    lines += _silent(report, voice)
    lines += [cut] if (cut := facts.cut(report, voice)) else []
    if apart := facts.apart(report, voice):
        lines.append(
            f"{voice.say('terminal.note')}: {apart} {_configurations_there(report, voice)}"
        )
    lines += [f"{voice.say('terminal.look')}: {doubt}" for doubt in story.doubts(report, voice)]
    for finding in sentences.told(report.findings):
        says = voice.told(finding.says, finding.message)
        if finding.level == "note":
            lines.append(f"{voice.say('terminal.note')}: {says}")
        else:
            # Without its full stop: it may end in a command to copy.
            remedy = voice.advised(finding.says, finding.hint).rstrip(".")
            lines.append(f"{voice.say('terminal.look')}: {says} {remedy}".rstrip())
    return lines


def _configurations_there(report: Report, voice: Voice) -> str:
    """Of what exists under a condition, from how many configurations it is told."""
    there = [row for row in report.parameters if row.condition and row.tuning_risk]
    told = [f"{voice.name(row.name)} {row.configurations:,}" for row in there]
    return voice.say("terminal.there", told=voice.join(told, voice.words["list.comma"]))


def _noted(report: Report, voice: Voice) -> list[tuple[str, list[str]]]:
    """What a card notes of parameters: where they are best, to be left, not settled yet."""
    noted: dict[str, list[str]] = {"best": [], "fix": [], "open": []}
    for p in story.in_use_first(report):
        told = f"{voice.name(p.name)} {story.note(report, p, voice=voice)}"
        if best := story.best(p, voice):
            noted["best"].append(f"{voice.name(p.name)} {best}")
        elif p.verdict in story.CARDS["fix"] and p.recommendation:
            noted["fix"].append(told)
        elif p.verdict == "undetermined" and not facts.silence(p, voice):
            noted["open"].append(told)
    return [(f"terminal.{key}", told) for key, told in noted.items()]


def _silent(report: Report, voice: Voice) -> list[str]:
    """Parameters whose row has no numbers, by the reason."""
    rows = story.studied(report) if report.answer == "given" else ()
    reasons: dict[str, list[str]] = {}
    for row in rows:
        reasons.setdefault(facts.silence(row, voice), []).append(row.name)
    return [
        voice.say("terminal.silent", names=voice.names(names), because=because)
        for because, names in reasons.items()
        if because
    ]


def _first(key: str, told: Sequence[str], voice: Voice, *, between: str) -> str:
    """The first few behind their label, as many as a card shows, and how many more there are."""
    shown_at_once = story.at_once(len(told))
    more = len(told) - shown_at_once
    tail = [voice.say("card.more", n=more)] if more > 0 else []
    listed = voice.join(told[:shown_at_once], voice.words[between])
    return f"{voice.say(key)}: {' '.join([listed, *tail])}"


def _next(report: Report, voice: Voice, width: int) -> list[str]:
    """What to type next."""
    full = commands.report(report, voice.words.language)
    told = {"terminal.next": commands.plan(report), "terminal.report": full}
    return [
        line
        for key, what in told.items()
        if what
        for line in typed(voice.say(key), what, width=width)
    ]


def _colored(lines: list[str], rows: tuple[ParameterResult, ...], style: Style) -> list[str]:
    if not style.color:
        return lines
    head = f"\x1b[2m{lines[0]}\x1b[0m"
    body = zip(lines[1:], rows, strict=True)
    return [head, *(f"\x1b[{_COLORS[row.verdict]}m{line}\x1b[0m" for line, row in body)]


def _spelled(text: str, style: Style) -> str:
    if style.unicode:
        return text.encode("utf-8", "backslashreplace").decode("utf-8")
    plain = text.translate(_STAND_INS)
    return plain.encode("ascii", "backslashreplace").decode("ascii")
