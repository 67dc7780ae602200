"""The report as one HTML file: no network, no script needed to read it.

Everything that comes from the journal is hostile: Jinja escapes by default, `HtmlVoice` escapes
what it puts into sentences, names stand in `<bdi>`, the embedded JSON has no `<`, and the policy
in the head (`POLICY`) lets the page load nothing.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import cache, cached_property

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape

from analysis import commands, facts, invocation, reading, story, svg, tables, tables_detail
from analysis.codec import contract
from analysis.figures import ROWS_SHOWN, Gallery, Picture
from analysis.numerals import LONGEST_TYPED, shortened, shown
from analysis.results import Finding, ParameterResult, Report
from analysis.sentences import told
from analysis.shortening import brief
from analysis.tables import Table
from analysis.watch import Live
from analysis.words import Voice, words

POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; "
    "form-action 'none'"
)
_FINDINGS_SHOWN = 3
_MARGINALS_OPEN = 12
_COMMANDS_OPEN = 4
_UNBROKEN = 24
_JSON_CHARACTERS = 1_000_000
_NAME_COLUMNS = 45
_FLAG = re.compile(r"(?<= )-[\w-]{1,24}(?= |$)")
"""It would break behind its hyphens."""
_WORD_ENDS = re.compile(r"([._/])(?=[^\W\d])")


@dataclass(frozen=True)
class HtmlVoice(Voice):
    """Sentences as markup: what fills a gap is escaped unless it is markup already."""

    def name(self, name: str) -> str:
        """In code type, isolated from the direction of the text around it; short where long."""
        short = brief(self.about, name, columns=_NAME_COLUMNS)
        if short == shown(name):
            return self.whole(name)
        made = Markup('<code class="name" title="{}"><bdi>{}</bdi></code>')
        return made.format(shown(name), _breakable(short))

    def whole(self, name: str) -> str:
        """The same, never cut."""
        return Markup('<code class="name"><bdi>{}</bdi></code>').format(_breakable(shown(name)))

    def code(self, text: str) -> str:
        """A value."""
        short = Markup(' class="s"') if len(text) <= _UNBROKEN else Markup("")
        return Markup("<code{}><bdi>{}</bdi></code>").format(short, _breakable(shown(text)))

    def command(self, text: str) -> str:
        """A command: broken between its words, if at all."""
        short = Markup(' class="s"') if len(text) <= _UNBROKEN else Markup("")
        typed = str(escape(shown(shortened(text, LONGEST_TYPED))))
        kept = Markup(_FLAG.sub(r'<span class="s">\g<0></span>', typed))
        return Markup("<code{}><bdi>{}</bdi></code>").format(short, kept)

    def text(self, text: str) -> str:
        """Foreign text, marked as English where the page is not."""
        language = Markup(' lang="en"') if self.words.language != "en" else Markup("")
        return Markup("<bdi{}>{}</bdi>").format(language, shown(text))

    def fixed(self, text: str) -> str:
        """The catalogue's own words, escaped."""
        return escape(text)

    def say(self, key: str, **gaps: object) -> str:
        """The text of a key; gaps are escaped."""
        return Markup(escape(self.words[key])).format(**gaps)

    def join(self, parts: Sequence[str], separator: str) -> str:
        """Finished parts in a row."""
        return Markup(escape(separator)).join(parts)


def _breakable(text: str) -> str:
    """Escaped; a long text may break where one of its words ends, and copies as it is."""
    if len(text) <= _UNBROKEN:
        return escape(text)
    return Markup(_WORD_ENDS.sub(r"\1<wbr>", str(escape(text))))


_PER_CENT = re.compile(r"(<(script|style|svg|code)\b.*?</\2>|<[^>]*>)|(?<=\d) %", re.DOTALL)
"""Behind a number a per cent stands on its line; what is data, drawn or typed stays as it is."""


@dataclass(frozen=True)
class Drawn:
    """A picture with its SVG."""

    picture: Picture
    svg: str


@dataclass(frozen=True)
class Page:
    """What the template reads of one report; `prefix` keeps ids apart where there are several."""

    report: Report
    voice: HtmlVoice
    prefix: str
    drawn: dict[str, Drawn] = field(default_factory=dict)

    @property
    def findings(self) -> tuple[Finding, ...]:
        """Those that change the answer."""
        return story.warnings(self.report)

    @property
    def notes(self) -> tuple[Finding, ...]:
        """What is worth knowing and changes no answer."""
        return tuple(item for item in told(self.report.findings) if item.level == "note")

    @property
    def marginals(self) -> list[tuple[ParameterResult, Drawn]]:
        """The panels with their parameters."""
        by_name = {p.name: p for p in self.report.parameters}
        return [
            (by_name[drawn.picture.parameter], drawn)
            for key, drawn in self.drawn.items()
            if key.startswith("marginal-") and drawn.picture.parameter is not None
        ]

    def figures(self, *starts: str) -> list[Drawn]:
        """The drawn pictures whose key starts so."""
        return [drawn for key, drawn in self.drawn.items() if key.startswith(starts)]

    @cached_property
    def plan_commands(self) -> list[str]:
        """The planned runs as command lines."""
        return [invocation.readable(line) for line in invocation.runs(self.report)]

    @property
    def reproduce(self) -> list[str]:
        """How to make the best run again."""
        known = invocation.reproduce(self.report, self.report.best[0])
        return [invocation.readable(line) for line in known]

    @property
    def parameters(self) -> Table:
        """The table under the effect figure."""
        return tables.parameters(self.report, self.voice)

    @property
    def searched(self) -> Table:
        """What was searched, where nothing more can be said."""
        return tables.searched(self.report, self.voice)

    @property
    def details(self) -> list[Table]:
        """Levels in pairs and shares part by part, where they were asked for."""
        return tables_detail.asked_for(self.report, self.voice)

    @property
    def classical(self) -> Table | None:
        """The whole classical table."""
        return tables_detail.classical(self.report, self.voice)

    @property
    def undrawn(self) -> int:
        """Parameters that the effect figures have no room for."""
        return max(len(story.studied(self.report)) - ROWS_SHOWN, 0)

    @property
    def best(self) -> Table:
        """The best by what runs and the surrogate say together."""
        return tables.best_runs(self.report, self.voice)

    @property
    def outside(self) -> int:
        """Runs beyond the shared axis of the panels."""
        from analysis.plots_settings import outside

        return outside(self.report)

    @cached_property
    def json(self) -> str:
        """The contract, safe inside a script element."""
        text = json.dumps(contract(self.report), ensure_ascii=True, separators=(",", ":"))
        safe = text.replace("&", "\\u0026").replace("<", "\\u003c").replace(">", "\\u003e")
        if len(safe) > _JSON_CHARACTERS:
            return ""  # the page has to open; `-o report.json` writes it
        return Markup(safe)


def render(reports: Sequence[Report], *, language: str = "en", live: Live | None = None) -> str:
    """The page of one report, or of several metrics one after the other.

    live: for a served page only, the script that loads it anew when the journal has grown.
    """
    voice = HtmlVoice(words(language))
    pages = [
        _page(report, voice, f"m{place}-" if len(reports) > 1 else "")
        for place, report in enumerate(reports, start=1)
    ]
    from analysis.plots_settings import MOST_DOTS

    template = _environment().get_template("report.html.j2")
    text = template.render(
        pages=pages, voice=voice, policy=live.policy(POLICY) if live else POLICY, live=live,
        light=Markup(svg.variables("light")),
        dark=Markup(svg.variables("dark")), commands=commands, invocation=invocation,
        reading=reading, story=story, facts=facts, most_dots=MOST_DOTS,
        shown=shown, findings_shown=_FINDINGS_SHOWN,
        commands_open=_COMMANDS_OPEN, marginals_open=_MARGINALS_OPEN,
        most_parameters=tables.MOST_PARAMETERS,
    )  # fmt: skip
    text = _PER_CENT.sub(lambda found: found[0] if found[1] else "\u00a0%", text)
    return text.encode("utf-8", "backslashreplace").decode("utf-8")


def _page(report: Report, voice: HtmlVoice, prefix: str) -> Page:
    voice = replace(voice, about=report)
    gallery = Gallery(report, voice.words, voice)
    drawn = {item.picture.key: item for item in _draw(gallery.every(), prefix)}
    return Page(report=report, voice=voice, prefix=prefix, drawn=drawn)


def _draw(pictures: Iterable[Picture], prefix: str) -> Iterator[Drawn]:
    for picture in pictures:
        text = svg.inline(
            picture.draw(), key=f"{prefix}{picture.key}", title=picture.title,
            description=picture.description,
        )  # fmt: skip
        yield Drawn(picture, Markup(text))


@cache
def _environment() -> Environment:
    return Environment(
        loader=PackageLoader("analysis", "templates"), autoescape=True, undefined=StrictUndefined,
        trim_blocks=True, lstrip_blocks=True,
    )  # fmt: skip
