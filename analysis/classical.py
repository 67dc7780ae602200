"""The classical tests of a report: which version was asked for, which levels are compared."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

from analysis.anova import Anova
from analysis.anova_contrasts import Tukey
from analysis.anova_welch import Welch
from analysis.blocking import usable_blocks
from analysis.errors import Misused, Withheld, among, require_kind, shown
from analysis.frame import Frame
from analysis.results_detail import ClassicalResult, ClassicalTerm, Dropped, LevelContrast
from analysis.results_runs import Said
from analysis.sentences import english, said
from analysis.usable import every

WORDS: dict[str, dict[str, object]] = {
    "robust": {"covariance": "robust"},
    "ranks": {"response": "ranks"},
    "welch": {},
    "type3": {"sums": "III"},
    "bh": {"adjust": "bh"},
    "pure": {"error": "pure"},
}
"""What may be asked for on the command line, as settings of `Anova`; "welch" is `Welch`."""
WELCH_TOO = ("welch", "ranks", "bh")


@dataclass(frozen=True, kw_only=True)
class Classical:
    """Settings of the classical tests; calling it on a frame gives them, or None.

    table: the analysis of variance, which contrasts are taken from too; alone: test each parameter
    on its own by Welch instead; contrasts: parameters whose levels are compared in pairs.
    """

    table: Anova = field(default_factory=Anova)
    alone: Welch | None = None
    contrasts: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        require_kind(self.table, Anova, what="Classical.table", hint='Anova(covariance="robust")')
        if self.alone is not None:
            require_kind(self.alone, Welch, what="Classical.alone", hint="Welch()")
        if not isinstance(self.contrasts, tuple | list):
            raise Misused(
                f"they are a tuple of names, not {shown(self.contrasts)}",
                where="Classical.contrasts",
            )

    @classmethod
    def of(
        cls,
        words: str | Sequence[str] = (),
        *,
        blocks: Literal["fixed", "random"] = "fixed",
        contrasts: str | Sequence[str] = (),
    ) -> Classical:
        """The tests that words of `WORDS` ask for.

        Raises `Misused` for an unknown word, and for words that exclude each other.
        """
        words = every(words, str, what="a kind of test", hint="any of " + ", ".join(WORDS))
        contrasts = every(contrasts, str, what="a parameter's name", hint="")
        for word in words:
            if word not in WORDS:
                raise Misused(
                    f"{word!r} is no kind of test",
                    where="Classical.of",
                    flag="--anova",
                    hint=among(word, WORDS, said="any of"),
                    word=word,
                )
            if "welch" in words and word not in WELCH_TOO:
                raise Misused(
                    f"welch and {word} exclude each other", where="Classical.of", flag="--anova"
                )
        asked = {key: value for word in words for key, value in WORDS[word].items()}
        table = replace(Anova(blocks=blocks), **asked)  # type: ignore[arg-type]  # see WORDS
        if "welch" not in words:
            return cls(table=table, contrasts=tuple(contrasts))
        # Pairs of levels beside other parameters have no Welch version: the robust table has them.
        return cls(
            table=replace(table, covariance="robust"),
            alone=Welch(response=table.response, adjust=table.adjust),
            contrasts=tuple(contrasts),
        )

    def check(self, frame: Frame) -> None:
        """Raises `UnknownParameter` or `InputError` for contrasts that cannot be."""
        for name in self.contrasts:
            Tukey.axis(frame, name)

    def __call__(self, frame: Frame) -> ClassicalResult | None:
        """None where the runs are too few for any test and none was asked for.

        What was asked for and is not possible is said: as the method, contrasts as notes.

        Raises as `check` does.
        """
        self.check(frame)
        asked = self.alone is not None or self.table != Anova()
        try:
            found = replace(self._tests(frame), asked=asked)
        except Withheld as reason:
            if not asked and not self.contrasts:
                return None
            none = said("classical.none", reason=reason.says)
            found = _result(none, (), (), asked=True)
        contrasts: list[LevelContrast] = []
        notes = list(found.notes_say)
        for name in self.contrasts:
            try:
                contrasts += Tukey(anova=self.table)(frame, name)
            except Withheld as reason:
                notes.append(said("classical.levels", name=name, reason=reason.says))
        worded = tuple(map(english, notes))
        return replace(found, contrasts=tuple(contrasts), notes=worded, notes_say=tuple(notes))

    def _tests(self, frame: Frame) -> ClassicalResult:
        if self.alone is not None:
            blocks = usable_blocks(frame)[1] > 0
            return _result(self.alone.said(blocks=blocks), *self.alone(frame))
        table = self.table(frame)
        return replace(
            _result(table.says, tuple(term.plain for term in table.terms), table.dropped),
            lack_of_fit=table.lack_of_fit.plain if table.lack_of_fit else None,
            notes_say=table.notes_say,
        )


def _result(
    says: Said,
    terms: tuple[ClassicalTerm, ...],
    dropped: tuple[Dropped, ...],
    *,
    asked: bool = False,
) -> ClassicalResult:
    """Tests, and in words how they were made."""
    return ClassicalResult(
        method=english(says), says=says, terms=terms, dropped=dropped, asked=asked
    )
