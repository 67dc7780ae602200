"""Runs of several datasets, machines or code versions, made comparable before anything is learned.

Blocks set runs apart and nobody asks about them. What they add to the objective is taken out, so
that it neither drowns the parameters nor passes for noise; and one setting in several blocks is one
configuration, because settings, not rows, are the evidence about parameters.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace

import numpy as np

from analysis.additive import additive_design, own_columns
from analysis.findings_parts import ALIASED
from analysis.frame import Frame, block_codes
from analysis.interplay import acts_apart, of_block
from analysis.noise import metric_step
from analysis.remembered import once_per_frame
from analysis.results import Finding
from analysis.results_runs import Setting
from analysis.runs import scalars
from analysis.sentences import finding
from analysis.space import level_key

MOST_BLOCKS, MOST_AT_ALL = 0.5, 1000
"""Blocks may be so many of the configurations, and so many at all; more are no blocks but names."""
PER_COLUMN = 3
"""Configurations for each column that is fitted."""
LEAST_DF = 5
"""Degrees of freedom of the residuals below which their size is chance."""
TIED = 1e-9
"""Columns of which so small a part is left within blocks are the blocks'."""


@once_per_frame
def without_blocks(frame: Frame) -> tuple[Frame, tuple[Finding, ...]]:
    """The frame as if every run had been made in an average block, and what was taken out.

    Objective less the block's coefficient in the least-squares fit of configuration means on blocks
    and parameters (Searle 1987, chapter 4: adjusted block effects), plus the mean of the
    coefficients over runs. Parameters enter as an additive model, or as settings, each for itself,
    where settings that were repeated tell the blocks apart more surely. What settings do
    differently in different blocks stays; where that is more than chance (`interplay`), `unlike`
    keeps which block a run was in, so that it is not taken for noise. What a parameter and a block
    could both have done is the block's (`confounded`). Of what has no squares nothing is taken.
    """
    plain = frame.unblocked
    if not frame.measurable:
        return plain, ()
    codes, n_blocks = usable_blocks(frame)
    names = tuple(str(name) for name in frame.blocks)
    if n_blocks < 2:
        n, n_settings = int(codes.max(initial=0)) + 1, plain.n_configurations
        many = finding("blocks.many", names=names, n=n, settings=n_settings)
        return plain, (many,) if n > 1 else ()
    in_blocks = (codes[frame.first_rows][:, None] == np.arange(n_blocks)).astype(float)
    settings = plain.configuration[frame.first_rows]
    among = _within_settings(frame, in_blocks, settings)
    fit = min(_beside_a_model(frame, in_blocks), among, key=lambda fit: fit.unsure)
    shift = fit.coefficients[codes]
    told = finding(
        f"blocks.{frame.transform}",
        level="note",
        metric=frame.metric,
        away=10 ** min(float(np.ptp(shift)), 300.0)
        if frame.transform == "log10"
        else float(np.ptp(shift)),
        n=n_blocks,
        names=names,
        first=names[0],
        one=of_block(frame.blocks, names[0], parameters=frame.block_parameters),
    )
    level = replace(plain, objective=frame.objective - (shift - shift.mean()))
    apart = acts_apart(level, frame.blocks)
    unlike, taken = codes if apart else None, fit.taken_df(among.own)
    level = replace(level, unlike=unlike, taken_df=taken, step=metric_step(frame))
    return level, (told, *apart)


@dataclass(frozen=True, eq=False)
class _Fit:
    """(n_blocks,) coefficients, the variance of their differences, and what they are learned from.

    own: (n_configurations, n_blocks) what of the blocks nothing else explains.
    """

    coefficients: np.ndarray
    unsure: float
    own: np.ndarray

    def taken_df(self, among: np.ndarray) -> float:
        """Degrees of freedom that the coefficients take from the repeats of settings.

        tr W - E|W (y - B b)|² for y of noise alone, b = (A'A)⁻ A'y with A = `own`, W B = `among`:
        2 tr (A'A)⁻ A'W B - tr (A'A)⁻ B'W B; blocks less one where A is W B itself.
        """
        inverse = np.linalg.pinv(self.own.T @ self.own, rcond=TIED, hermitian=True)
        return float(np.sum(inverse * ((2 * self.own - among).T @ among)))


def _beside_a_model(frame: Frame, in_blocks: np.ndarray) -> _Fit:
    """Coefficients of the blocks beside an additive model of the parameters; see `_unsure`."""
    root = np.sqrt(frame.replicates)
    blocks, y = in_blocks * root[:, None], frame.means * root
    design = _additive(frame, beside=in_blocks.shape[1]) * root[:, None]
    taken = np.linalg.lstsq(within(design, blocks), within(y[:, None], blocks), rcond=TIED)[0]
    left = y - (design @ taken)[:, 0]
    fitted = (blocks.T @ left) / (blocks**2).sum(axis=0)
    own = blocks - design @ np.linalg.lstsq(design, blocks, rcond=TIED)[0]
    df = len(y) - int(np.linalg.matrix_rank(design)) - in_blocks.shape[1] + 1
    return _Fit(fitted, _unsure(own, left - blocks @ fitted, df), own)


def _within_settings(frame: Frame, in_blocks: np.ndarray, settings: np.ndarray) -> _Fit:
    """Coefficients from settings that were run in several blocks, whatever the settings do.

    settings: (n_configurations,) int. No model of the parameters can be wrong here.
    """
    weight, root = frame.replicates, np.sqrt(frame.replicates)[:, None]
    size = np.bincount(settings, weights=weight)
    columns = np.column_stack([frame.means, in_blocks])
    means = np.stack([np.bincount(settings, weights=weight * c) / size for c in columns.T], axis=1)
    centred = (columns - means[settings]) * root
    y, own = centred[:, 0], centred[:, 1:]
    fitted = np.linalg.lstsq(own.T @ own, own.T @ y, rcond=TIED)[0]
    df = len(y) - len(size) - in_blocks.shape[1] + 1
    return _Fit(fitted, _unsure(own, y - own @ fitted, df), own)


def _unsure(own: np.ndarray, left: np.ndarray, df: int) -> float:
    """Mean variance of differences of the blocks' coefficients; infinite where one is not told.

    own: (n, n_blocks) what of the blocks nothing else explains; left: (n,) the residuals, so that a
    model that misfits counts as noise.
    """
    information = np.linalg.eigvalsh(own.T @ own)[1:]  # the first is of all blocks moved together
    if df < LEAST_DF or information[0] <= TIED * information[-1]:
        return float("inf")
    return float(left @ left) / df * float((1 / information).mean())


def _additive(frame: Frame, *, beside: int) -> np.ndarray:
    """The largest additive model of the parameters that so many configurations carry beside blocks.

    With squares; without; or none of them: a fit that goes through every configuration makes up
    blocks that are not there.
    """
    n = frame.n_configurations
    for powers in (2, 1):
        design = additive_design(frame.configuration_codes, frame.space, powers=powers)
        if n >= PER_COLUMN * (design.shape[1] + beside):
            return design
    return np.ones((n, 1))


def usable_blocks(frame: Frame) -> tuple[np.ndarray, int]:
    """(n_runs,) which block each run is in, and how many there are; none of too many."""
    codes = block_codes(frame.blocks)
    n_blocks = int(codes.max(initial=-1)) + 1
    if n_blocks < 2 or n_blocks > min(MOST_BLOCKS * frame.n_configurations, MOST_AT_ALL):
        return codes, 0
    return codes, n_blocks


def within(columns: np.ndarray, blocks: np.ndarray) -> np.ndarray:
    """(n, k) columns less what orthogonal columns of the blocks (n, n_blocks) explain of them."""
    size = (blocks**2).sum(axis=0)
    return np.asarray(columns - blocks @ ((blocks.T @ columns) / size[:, None]))


def confounded(frame: Frame) -> dict[str, tuple[str, ...]]:
    """Parameters that (nearly) never change within a block: name -> the blocks' names.

    By R² of a parameter's values given the block, corrected for how many blocks there are; from
    the same limit on as two parameters are taken for one.
    """
    codes, n_blocks = usable_blocks(frame)
    if n_blocks < 2:
        return {}
    here = codes[frame.first_rows]
    known, names = np.unique(here), tuple(sorted(map(str, frame.blocks)))
    blocks = (here[:, None] == known).astype(float)
    found = {}
    for index, parameter in enumerate(frame.space.parameters):
        columns = own_columns(frame, index, powers=1)
        whole = float(((columns - columns.mean(axis=0)) ** 2).sum()) / (len(here) - 1)
        left = float((within(columns, blocks) ** 2).sum()) / (len(here) - len(known))
        if whole > 0 and left <= (1 - ALIASED**2) * whole:
            found[parameter.name] = names
    return found


def block_settings(frame: Frame) -> tuple[Setting, ...]:
    """What the block parameters were set to together, the most frequent first.

    One setting of nothing where no parameter is a block; a parameter that a run lacks is left out.
    """
    rows: dict[tuple[tuple[str, str, str], ...], Setting] = {}
    times: Counter[tuple[tuple[str, str, str], ...]] = Counter()
    for setting in blocks_of_runs(frame):
        key = tuple((name, *level_key(value)) for name, value in setting)
        times[key] += 1
        rows.setdefault(key, setting)
    return tuple(rows[key] for key in sorted(rows, key=lambda key: (-times[key], key))) or ((),)


def blocks_of_runs(frame: Frame) -> list[Setting]:
    """What the block parameters were set to in each run, without those that it lacks."""
    names = frame.block_parameters
    columns = [scalars(frame.blocks[name]) for name in names]
    if not columns:
        return [()] * frame.n_runs
    return [
        tuple((name, value) for name, value in zip(names, row, strict=True) if value is not None)
        for row in zip(*columns, strict=True)
    ]
