"""What somebody said about a parameter, and that it can be so."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from numbers import Real

from analysis.errors import Misused, UnknownParameter, require_kind, require_known, shown
from analysis.results import Role, Scalar, Scale
from analysis.space import Condition


@dataclass(frozen=True, kw_only=True)
class Declaration:
    """What somebody said about a parameter; whatever is left out is inferred.

    Raises `Misused` for what no parameter can be.
    """

    domain: tuple[float, float] | None = None
    levels: tuple[Scalar, ...] = ()
    scale: Scale | None = None
    role: Role | None = None
    condition: Condition | None = None

    def __post_init__(self) -> None:
        require_known(self)
        if self.domain is not None and not _upwards(self.domain):
            raise Misused(
                f"{shown(self.domain)} does not run from a low number to a high one",
                where="Declaration.domain",
                hint="(low, high), such as (1e-5, 0.1)",
            )
        if not isinstance(self.levels, tuple | list):
            raise Misused(
                f"levels are a tuple of values, not {shown(self.levels)}",
                where="Declaration.levels",
            )
        if self.levels and (self.domain or self.scale in ("linear", "log")):
            raise Misused("it has a range or levels, not both", where="Declaration.levels")
        if not isinstance(self.condition, Condition | None):
            raise Misused(
                f"{shown(self.condition)} is no Condition",
                where="Declaration.condition",
                hint='Condition("optimizer", ("sgd",))',
            )


def require_declared(
    declarations: Mapping[str, Declaration] | None, columns: Iterable[str]
) -> None:
    """Raises `Misused` where it is no `Declaration`, or of a name, or a parent, that is no column.

    What a journal's declarations name may come with later runs; of a table nothing comes later.
    """
    if not isinstance(declarations, Mapping | None):
        raise Misused(
            f"it maps names to what is said of them; it is {shown(declarations)}",
            where="declarations",
            hint='{"lr": Declaration(scale="log")}',
        )
    known = [*map(str, columns)]
    for name, said in (declarations or {}).items():
        said_of = f"what is said of {name}"
        require_kind(said, Declaration, what=said_of, hint='Declaration(scale="log")')
        parents = [part.parent for part in said.condition.parts] if said.condition else []
        if unknown := [name for name in (name, *parents) if name not in known]:
            raise UnknownParameter(
                f"no column {unknown[0]!r}",
                where="declarations",
                hint=f"columns: {', '.join(known[:8])}",
            )


def _upwards(domain: object) -> bool:
    """Whether it is two numbers, the lower one first."""
    if not isinstance(domain, tuple | list) or len(domain) != 2:
        return False
    low, high = domain
    return isinstance(low, Real) and isinstance(high, Real) and float(low) < float(high)
