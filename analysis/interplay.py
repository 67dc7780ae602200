"""Do parameters act differently in different blocks?

The best learning rate of one dataset may be the worst of another. An answer across datasets is then
right for none of them alone, and what one setting differs by between them is no noise.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.stats import beta, f, norm

from analysis.additive import apart, own_columns
from analysis.crossing import Cells, cells
from analysis.findings_parts import ALPHA
from analysis.frame import Frame, block_codes
from analysis.results import Finding
from analysis.runs import scalar
from analysis.sentences import finding
from analysis.space import firsts
from journal.filter_writer import filter_text

PER_COLUMN, MOST_COLUMNS, MOST_ROWS = 3, 80, 1500
"""Rows for each column that is fitted; how many columns, and (about) how many rows, at most."""
MIN_DF = 10
MIN_SHARE = 0.1
"""Of what the rows differ by; less changes no margin noticeably."""
BY_LOT = 0.01
"""Settings that were run in one block each are compared only if they look as if blocks had been
drawn by lot: else a bend of the objective where one block lies is taken for the block's."""
TINY = 1e-9
STEPS = 10


@dataclass(frozen=True, eq=False)
class Rows:
    """What models of the blocks are fitted to.

    kept: (n,) int cells; setting: (n,) int, where settings are their own controls, else None;
    y: (n,) float; base: (n, k) columns of the blocks, and of parameters where nothing else is
    their control.
    """

    kept: np.ndarray
    setting: np.ndarray | None
    y: np.ndarray
    base: np.ndarray

    def of(self, columns: np.ndarray) -> np.ndarray:
        """(n, k) columns of all cells, less what these rows cannot tell."""
        columns = columns[self.kept]
        return columns if self.setting is None else apart(columns, self.setting)


def acts_apart(frame: Frame, blocks: pd.DataFrame) -> list[Finding]:
    """Says which parameters act differently between blocks, by more than chance and noticeably.

    frame: its blocks taken out; blocks: (n_runs, n) those blocks. Settings that were run in several
    blocks are their own controls (`_crossed`); else an additive model is (`_alone`). F tests of
    block x parameter beside all others, Holm over parameters and block columns, at `ALPHA`.
    """
    together = block_codes(blocks)
    varies = frame.measurable and np.ptp(frame.objective) > 0
    if not varies or not 1 <= together.max() < MOST_COLUMNS:
        return []
    there, known = cells(frame, together), list[tuple[float, str, str, int]]()
    for name in blocks:
        codes = block_codes(blocks[[name]])
        n = int(codes.max(initial=0)) + 1
        for parameter, p in _tests(frame, there, codes[firsts(there.of_run)]).items():
            known.append((p, parameter, str(name), n))
    told: dict[tuple[str, int], list[str]] = {}
    for place, (p, parameter, name, n) in enumerate(sorted(known)):
        if p >= ALPHA / (len(known) - place):
            break
        told.setdefault((name, n), []).append(parameter)
    found = [
        finding("acts_apart", *sorted(who), names=tuple(sorted(who)), block=name, n=n, one=one)
        for (name, n), who in told.items()
        for one in [of_block(blocks, name, parameters=frame.block_parameters)]
    ]
    if not found and settings_differ(frame, together):
        name, n = str(blocks.columns[0]), int(together.max()) + 1
        one = of_block(blocks, name, parameters=frame.block_parameters)
        found = [finding("acts_apart.settings", metric=frame.metric, block=name, n=n, one=one)]
    return found


def of_block(blocks: pd.DataFrame, name: str, *, parameters: Sequence[str]) -> str:
    """The runs of the first block: the value of one of these parameters, of the context, a seed.

    blocks: (n_runs, n) what sets runs apart; a run without a value is in no block that is named.
    """
    named = blocks[name].dropna()
    value = scalar((named if len(named) else blocks[name]).iloc[0])
    if name in parameters:
        return filter_text(name, "=", value=value)
    written = filter_text(name, "=", value=value, kind="context")
    return written.removeprefix("context.") if name == "seed" else written


def block_named(found: Iterable[Finding]) -> tuple[str, str] | None:
    """The block between whose values parameters act differently, and a filter that keeps one.

    None where no finding says so.
    """
    told = (dict(item.says.facts) for item in found if item.code == "acts_apart" and item.says)
    return next(((str(facts["block"]), str(facts["one"])) for facts in told), None)


def settings_differ(frame: Frame, blocks: np.ndarray) -> bool:
    """Do settings differ between blocks by more than their runs in one block do?

    By the share of each setting's sum of squares that lies between its blocks, which under equal
    noise is beta distributed, however large the noise of that setting is; their sum is near normal.
    """
    there = cells(frame, blocks)
    deviations = _aligned(there.means, there.setting, there.block)
    size = frame.n_configurations
    outer = np.bincount(there.setting, weights=there.runs * deviations**2, minlength=size)
    inner = (frame.objective - there.means[there.of_run]) ** 2
    inner = np.bincount(frame.configuration, weights=inner, minlength=size)
    free, left = there.blocks_of - 1, frame.replicates - there.blocks_of
    least = (TINY * np.ptp(frame.objective)) ** 2
    used = (free > 0) & (left > 0) & (outer + inner > least)
    if left[used].sum() < MIN_DF:
        return False
    mean, variance = beta.stats(free[used] / 2, left[used] / 2, moments="mv")
    above = outer[used] / (outer[used] + inner[used]) - mean
    share = 1 - inner[used].sum() / left[used].sum() / (
        (outer + inner)[used].sum() / (free + left)[used].sum()
    )
    z = float(above.sum() / np.sqrt(variance.sum()))
    return bool(share >= MIN_SHARE and norm.sf(z) < ALPHA)


def _tests(frame: Frame, there: Cells, column: np.ndarray) -> dict[str, float]:
    """P of every parameter that can be tested; column: (n_cells,) int, the blocks asked about.

    With squares, then without; each beside all others', then each alone: what the rows carry.
    """
    asked, crossed = _dummies(column), _crossed(frame, there)
    for looks in ([crossed, crossed], [_alone(frame, there, powers=n) for n in (2, 1)]):
        for alone in (False, True):
            for rows, powers in zip(looks, (2, 1), strict=True):
                if rows is None:
                    continue
                room = min(MOST_COLUMNS, len(rows.y) // PER_COLUMN) - rows.base.shape[1]
                groups = _products(frame, there, asked, rows=rows, powers=powers)
                sizes = [group.shape[1] for group in groups.values()]
                if not alone and sum(sizes) <= room:
                    return _p_values(rows, groups)
                if alone and max(sizes, default=0) <= room:
                    each = [_p_values(rows, {name: group}) for name, group in groups.items()]
                    return {name: p for found in each for name, p in found.items()}
    return {}


def _crossed(frame: Frame, there: Cells) -> Rows | None:
    """Settings run in several blocks, less their own means, in units of each one's spread.

    So that what a setting does in all blocks needs no model, and noisy settings weigh no more.
    """
    repeated = there.blocks_of > 1
    step = 1 + int(there.blocks_of[repeated].sum()) // MOST_ROWS
    repeated &= np.cumsum(repeated) % step == 0
    many = np.flatnonzero(repeated[there.setting])
    setting = there.setting[many]
    if len(many) - len(np.unique(setting)) < MIN_DF:
        return None
    y = _aligned(there.means[many], setting, there.block[many])
    length = _length(y, setting)
    if length.max() <= TINY * np.ptp(frame.objective):
        return None
    y = y / np.hypot(length, np.median(length))
    return Rows(many, setting, y, apart(_dummies(there.block[many]), setting))


def _aligned(means: np.ndarray, setting: np.ndarray, block: np.ndarray) -> np.ndarray:
    """(n,) means of cells less their setting's, and less what each block adds to all settings.

    The spatial median over settings (Weiszfeld 1937): where some are far noisier than others, their
    mean would set all others apart.
    """
    y, blocks = apart(means[:, None], setting)[:, 0], apart(_dummies(block), setting)
    left, unit = y, max(float(np.abs(y).max()), 1e-300)
    for _ in range(STEPS):
        weighed = blocks / np.maximum(_length(left, setting) / unit, TINY)[:, None]
        left = y - blocks @ (np.linalg.pinv(weighed.T @ blocks, rcond=TINY) @ (weighed.T @ y))
    return np.asarray(left)


def _length(deviations: np.ndarray, setting: np.ndarray) -> np.ndarray:
    """(n,) how long the vector of each row's setting is; none is next to nothing."""
    length = np.sqrt(np.bincount(setting, weights=deviations**2))[setting]
    return np.asarray(np.maximum(length, max(1e-6 * float(length.max(initial=0.0)), 1e-300)))


def _alone(frame: Frame, there: Cells, *, powers: int) -> Rows | None:
    """Every setting in its first block, beside an additive model; None of blocks not by lot."""
    kept = firsts(there.setting)
    kept = kept[:: 1 + len(kept) // MOST_ROWS]
    setting, every = there.setting[kept], range(len(frame.space))
    ones, blocks = np.ones((len(kept), 1)), _dummies(there.block)[kept]
    lines = [column for i in every for column in own_columns(frame, i, powers=1)[setting].T]
    p = [_added(column, ones, blocks)[0] for column in lines]
    if not p or min(p) < BY_LOT / len(p):
        return None
    mains = [own_columns(frame, i, powers=powers)[setting] for i in every]
    return Rows(kept, None, there.means[kept], np.column_stack([ones, blocks, *mains]))


def _products(
    frame: Frame, there: Cells, asked: np.ndarray, *, rows: Rows, powers: int
) -> dict[str, np.ndarray]:
    """Columns of block x parameter, for each parameter; (n, k)."""
    groups = {}
    for index, name in enumerate(frame.space.names):
        own = own_columns(frame, index, powers=powers)[there.setting]
        groups[name] = rows.of((asked[:, :, None] * own[:, None, :]).reshape(len(own), -1))
    return groups


def _p_values(rows: Rows, groups: dict[str, np.ndarray]) -> dict[str, float]:
    """P of each group of columns beside the base and all others; 1 where hardly noticeable."""
    every = np.column_stack(list(groups.values()))
    if _added(rows.y, rows.base, every, setting=rows.setting)[1] < MIN_SHARE:
        return dict.fromkeys(groups, 1.0)
    found = {}
    for name, group in groups.items():
        others = [rows.base, *(other for known, other in groups.items() if known != name)]
        found[name] = _added(rows.y, np.column_stack(others), group, setting=rows.setting)[0]
    return found


def _added(
    y: np.ndarray, base: np.ndarray, group: np.ndarray, *, setting: np.ndarray | None = None
) -> tuple[float, float]:
    """P that columns add nothing to a base, and the adjusted share of what is left that they hold.

    The larger of the F test and of Box's (1954, Ann. Math. Stat. 25:290), in which every row has a
    variance of its own, or every setting, of which the means were taken out, a covariance: by its
    residuals over 1 - leverage (HC3; MacKinnon & White 1985, J. Econometrics 29:305).
    """
    n = len(y)
    who = np.arange(n) if setting is None else np.unique(setting, return_inverse=True)[1]
    n_apart, spent = int(who.max()) + 1, 0 if setting is None else int(who.max()) + 1
    known = _basis(base)
    rest = y - known @ (known.T @ y)
    new = _basis(group - known @ (known.T @ group), size=np.linalg.norm(group, axis=0))
    df, q = n - spent - known.shape[1], new.shape[1]
    left = df - q
    inner = rest - new @ (new.T @ rest)
    gained, rss = float(((new.T @ rest) ** 2).sum()), float((inner**2).sum())
    if q == 0 or left < MIN_DF or gained + rss <= TINY * float((y**2).sum()):
        return 1.0, 0.0
    share = 1 - (rss / left) / ((gained + rss) / df)
    plain = f.sf(gained / q / max(rss / left, 1e-300), q, left)
    leverage = ((known**2).sum(axis=1) + (new**2).sum(axis=1)) * n / (n - spent)
    each = np.zeros((n_apart, q))
    np.add.at(each, who, new * (inner / np.maximum(1 - leverage, TINY))[:, None])
    spread = each.T @ each
    own = max(float(np.trace(spread)), 1e-300)
    free = own**2 / max(float((spread**2).sum()), 1e-300)
    return float(max(plain, f.sf(gained / own, free, left * n_apart / (n - spent)))), share


def _basis(columns: np.ndarray, *, size: np.ndarray | None = None) -> np.ndarray:
    """(n, rank) orthonormal columns; what is left of less than a part of its size is nothing."""
    size = np.linalg.norm(columns, axis=0) if size is None else size
    kept = np.linalg.norm(columns, axis=0) > 1e-6 * size
    u, s, _ = np.linalg.svd(columns[:, kept] / size[kept], full_matrices=False)
    return np.asarray(u[:, s > 1e-6 * max(s.max(initial=0.0), 1e-300)])


def _dummies(codes: np.ndarray) -> np.ndarray:
    """(n, n_blocks - 1) float, the first left out."""
    return np.asarray(codes[:, None] == np.unique(codes)[1:], dtype=float)
