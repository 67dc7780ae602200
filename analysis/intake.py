"""From a journal to a frame: the one place, beside the command, where analyst and journal meet."""

from __future__ import annotations

from collections.abc import Sequence
from os import PathLike

from analysis.errors import InputError
from analysis.frame import Direction, Frame


def frame_of_journal(
    path: str | PathLike[str],
    *,
    metric: str,
    direction: Direction | None = None,
    where: Sequence[str] = (),
    block: Sequence[str] = (),
) -> Frame:
    """The frame of a journal's runs of one metric."""
    raise InputError(
        f"cannot read {metric} of {path}: {direction} {tuple(where)} {tuple(block)}",
        hint="reading a journal is not built yet; use Frame.from_table",
    )
