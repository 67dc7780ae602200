"""The report as Markdown that fits a comment on a pull request.

The table of verdicts, a sentence per card, the findings, what to do next, the digest. Names stand
in code spans; foreign text is escaped, and what GitHub would turn into a mention, a reference or a
link is taken apart by an empty comment.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from analysis import commands, facts, story, tables, tables_detail
from analysis.numerals import shortened, shown
from analysis.results import Finding, Report
from analysis.shortening import brief
from analysis.words import Voice, words

LARGEST = 60_000
"""Characters; GitHub takes 65,536 in a comment."""
_ROWS, _CARD_ITEMS, _NAME, _COMMAND = 40, 12, 80, 400
_EXPLAINED = ("risk", "total", "first")
"""Columns of the table that are no words of every day; F and what follows is for statisticians."""
_SPECIAL = re.compile(r"[\\`*_\[\]~$]")
_LINKED = re.compile(r"(?i)([@#])|\b(https?|ftp|mailto|www|gh)(?=[.:-])|(:)(?=[a-z0-9_+-]+:)")
_COMMENT = "<!-- -->"


@dataclass(frozen=True)
class MarkdownVoice(Voice):
    """Sentences as Markdown."""

    def name(self, name: str) -> str:
        """A code span, short where long."""
        return code(brief(self.about, name, columns=_NAME))

    def code(self, text: str) -> str:
        """A value or a command as a code span."""
        return code(shortened(shown(text), _NAME))

    def command(self, text: str) -> str:
        """A command is cut only where it could never be typed."""
        return code(shortened(shown(text), _COMMAND))

    def text(self, text: str) -> str:
        """Foreign text that stays text."""
        return escaped(shown(text))


def code(text: str) -> str:
    """A code span of any text: a fence longer than every row of backticks in it."""
    longest = max((len(row) for row in re.findall("`+", text)), default=0)
    fence = "`" * (longest + 1)
    pad = " " if text.startswith("`") or text.endswith("`") or not text.strip() else ""
    return f"{fence}{pad}{text}{pad}{fence}"


def escaped(text: str) -> str:
    """Text in which nothing is markup, a mention, a reference or a link."""
    text = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    text = _SPECIAL.sub(lambda match: f"\\{match[0]}", text)
    return _LINKED.sub(lambda match: match[0] + _COMMENT, text).replace("|", "&#124;")


def render(reports: Sequence[Report], *, language: str = "en") -> str:
    """One report, or several metrics one below the other, ending with a newline."""
    voice = MarkdownVoice(words(language))
    made = [_report(report, voice, rows=_ROWS) for report in reports]
    if sum(map(len, made)) > LARGEST:
        rows = max(_ROWS // (2 * len(reports)), 5)
        made = [_report(report, voice, rows=rows) for report in reports]
    text = "\n---\n\n".join(made)
    return text.encode("utf-8", "backslashreplace").decode("utf-8")


def _report(report: Report, voice: MarkdownVoice, *, rows: int) -> str:
    voice = replace(voice, about=report)
    parts = [
        f"## {story.title(report, voice)} ({story.direction(report, voice)})",
        facts.run_counts(report, voice) + "  \n" + _facts(report, voice),
    ]
    parts += [_finding(item, voice) for item in story.warnings(report)[:8]]
    parts.append("\n".join(_card(card, voice) for card in story.cards(report, voice)))
    said = " ".join(story.do_next(report, voice))
    parts.append(f"**{voice.say('next.title')}:** {said}")
    tests = tables_detail.tests_asked_for(report, voice)  # whose caption says how they are made
    if report.answer == "given" and report.parameters:
        parts += ["" if tests else tables_detail.tested(report, voice), facts.apart(report, voice)]
        parts.append(_table(report, voice, rows))
    asked = [*tests, *tables_detail.asked_for(report, voice)]
    parts += [_detail(table, rows) for table in asked]
    if plan := commands.plan(report):
        parts.append(f"```{'sh' if commands.kept(report) else 'python'}\n{plan}\n```")
    parts += [facts.cut(report, voice) or "", _foot(report, voice)]
    return "\n\n".join(part for part in parts if part) + "\n"


def _facts(report: Report, voice: MarkdownVoice) -> str:
    noise, margin = facts.noise(report, voice), facts.margin(report, voice)
    lines = [(voice.say("fact.noise"), noise), (voice.say("fact.margin"), margin)]
    if report.surrogate is not None:
        lines.append((voice.say("fact.skill"), facts.skill(report, voice)))
    return "  \n".join(f"{name}: {said}" for name, said in lines)


def _finding(item: Finding, voice: MarkdownVoice) -> str:
    head = voice.say(f"level.{item.level}")
    hint = voice.advised(item.says, item.hint)
    return f"> **{head}:** {voice.told(item.says, item.message)}{' ' + hint if hint else ''}"


def _card(card: story.Card, voice: MarkdownVoice) -> str:
    head = f"- {story.CARD_SHAPES[card.kind]} **{card.title}:**"
    if card.kind == "withheld":
        item = card.items[0]
        cure = f" {card.meaning}: {item.numbers}" if item.numbers else ""
        return f"{head} {item.note.rstrip('.')}.{cure}"
    items = [f"{item.name} {item.note}".strip() for item in card.items]
    if len(items) > _CARD_ITEMS:
        more = voice.say("card.more", n=len(items) - _CARD_ITEMS)
        items = [*items[:_CARD_ITEMS], more]
    return f"{head} {'; '.join(items) or voice.say('card.none')}"


def _detail(made: tables.Table, rows: int) -> str:
    """A table that was asked for, under its caption."""
    rule = ["--:" if numeric else "---" for numeric in made.numeric]
    lines = [list(made.headings), rule, *([cell.text for cell in row] for row in made.rows[:rows])]
    text = "\n".join(f"| {' | '.join(map(_cell, line))} |" for line in lines)
    return f"{made.caption}\n\n{text}"


def _table(report: Report, voice: MarkdownVoice, rows: int) -> str:
    made = tables.parameters(report, voice)
    rule = ["--:" if numeric else "---" for numeric in made.numeric]
    body = [[*(_cell(cell.text) for cell in row), _cell(row[0].under)] for row in made.rows[:rows]]
    heads = [*map(_cell, made.headings), voice.say("column.searched")]
    lines = [heads, [*rule, "---"], *body]
    text = "\n".join(f"| {' | '.join(line)} |" for line in lines)
    left = len(made.rows) - rows
    more = [voice.say("card.more", n=left)] if left > 0 else []
    means = [f"{voice.say(f'glossary.{key}')}: {voice.say(f'glossary.{key}.means')}"
             for key in _EXPLAINED]  # fmt: skip
    return "\n\n".join([text, *more, " ".join([*means, made.caption])])


def _cell(text: str) -> str:
    """A pipe would end the cell, also inside a code span."""
    return text.replace("|", "\\|").replace("<0", "&lt;0")


def _foot(report: Report, voice: MarkdownVoice) -> str:
    made = report.provenance
    where = ""
    if commands.kept(report):
        where = f"{voice.say('page.journal')} {code(shortened(shown(made.journal), _NAME))} "
    return f"<sub>{where}@ {code(made.digest[:12])} · Knobwise {escaped(made.knobwise)}</sub>"
