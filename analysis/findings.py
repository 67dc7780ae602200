"""What a reader must know before any number: every check on the runs, in one call."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace

from analysis.aliasing import confused
from analysis.blocking import without_blocks
from analysis.drift import versions
from analysis.errors import require_kind
from analysis.findings_apart import two_apart
from analysis.findings_coverage import gaps, unbalanced
from analysis.findings_design import (
    aliased,
    confounded,
    few_configurations,
    one_at_a_time,
    settled,
)
from analysis.findings_objective import (
    budgets,
    constants,
    duplicates,
    edge,
    heavy_tails,
    percents,
    unequal_noise,
)
from analysis.frame import Frame
from analysis.leverage import leverage
from analysis.made_on import as_block, made_on
from analysis.passing import drifted
from analysis.poor_corners import poor_corners
from analysis.results import Finding
from analysis.sampling import crowded, scales
from analysis.shared_seeds import shared_seeds
from analysis.spellings import spellings

TIES = ("aliased", "collinear")
LEFT_OUT = ("gaps", "unbalanced", "collinear")
OF_THE_LEFT = ("few_configurations", "gaps", "unbalanced", "fruitless", "constant_parameter")
"""What few runs lack where most were stopped; those can be asked about."""
OF_RUNGS = ("crowded", "unbalanced")
"""What is no fault of a budget: few runs get a large one."""
CHECKS: tuple[Callable[[Frame], list[Finding]], ...] = (
    constants,
    confounded,
    aliased,
    settled,
    confused,
    one_at_a_time,
    few_configurations,
    crowded,
    gaps,
    unbalanced,
    poor_corners,
    heavy_tails,
    drifted,
    versions,
    shared_seeds,
    unequal_noise,
    spellings,
    budgets,
    duplicates,
    scales,
    edge,
)
"""The order within a level is the order in which they are read. `leverage` can be made anew with
the shares that it moves, and `residual_groups.two_groups` needs a surrogate's residuals."""

WITH_BLOCKS = (constants, confounded, heavy_tails, versions, shared_seeds, duplicates)
"""These look at the runs as they were made; all others at what is left without the blocks, so that
datasets run one after the other are no drift, and one far from the others no handful."""
OF_SETTINGS = (settled, one_at_a_time, few_configurations, crowded, gaps, poor_corners, edge)
"""A setting that was run on many datasets is one to these, also where they are studied."""


def findings(frame: Frame, *, logged: Frame | None = None) -> tuple[Finding, ...]:
    """All findings that need no surrogate, errors first, then warnings, then notes.

    logged: the same runs before their objective was put on another scale; what is said of the
    metric's own values is left out if they are not known.
    """
    require_kind(frame, Frame, what="what is looked at", hint="see Frame.from_table")
    found, plain = [*frame.notes], without_blocks(frame)[0]
    unasked = made_on(plain)
    names = {one.parameters[0] for one in unasked}
    settings = _whatever_made_on(plain, names)
    for check in CHECKS:
        of_settings = settings if check in OF_SETTINGS else plain
        found += check(frame if check in WITH_BLOCKS else of_settings)
    if names:  # what was never run on one of the datasets is missing all the same
        found += [one for one in gaps(plain) if names & {*one.parameters}]
    found += unasked
    own = frame if logged is None else logged
    found += leverage(plain, logged=own)
    found += [*two_apart(own), *percents(own)] if own.transform == "none" else []
    return ordered(_without_echoes(found))


def _whatever_made_on(frame: Frame, names: set[str]) -> Frame:
    """The same runs by the settings of all other parameters, these taken out as blocks are."""
    for name in sorted(names):
        frame = without_blocks(as_block(frame, name))[0]
    return frame


def _without_echoes(found: list[Finding]) -> list[Finding]:
    """A parameter tied to one other is settled by all others too; once is enough.

    And what an optimizer left out is a consequence of its crowding: said, but as a note. What most
    runs being stopped left is too few, and where it lies says nothing of the search. A design that
    changed one parameter at a time from a base is crowded there. Of two that move together most
    combinations are missing.
    """
    if any(f.says and f.says.key == "says.budgets.stopped" for f in found):
        found = [f for f in found if f.code not in OF_THE_LEFT]
    rungs = {name for f in found if f.code == "budgets" for name in f.parameters}
    found = [f for f in found if f.code not in OF_RUNGS or not rungs >= {*f.parameters} > set()]
    crowd = {name for f in found if f.code == "crowded" for name in f.parameters}
    found = [
        replace(f, level="note") if f.code in LEFT_OUT and {*f.parameters} <= crowd else f
        for f in found
    ]
    if any(f.says and f.says.key == "says.one_at_a_time.base" for f in found):
        found = [f for f in found if f.code != "crowded"]
    pairs = [f for f in found if f.code in TIES and len(f.parameters) == 2]
    same = [{*f.parameters} for f in pairs if f.code == "aliased"]
    found = [f for f in found if f.code != "gaps" or {*f.parameters} not in same]
    told = {name for finding in pairs for name in finding.parameters}
    return [f for f in found if f in pairs or f.code not in TIES or not told & {*f.parameters}]


def ordered(found: Iterable[Finding]) -> tuple[Finding, ...]:
    """Errors first, then warnings, then notes."""
    severity = {"error": 0, "warning": 1, "note": 2}
    return tuple(sorted(found, key=lambda finding: severity[finding.level]))
