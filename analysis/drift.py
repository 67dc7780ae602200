"""Did the objective change over time, whatever the parameters were?

A driver update, a fixed bug, a warmer machine. Two looks: within configurations that were run at
different times, where the parameters cannot matter; and across configurations, after an additive
model of the parameters has been taken out of both the objective and the time (partial rank
correlation).
"""

from __future__ import annotations

import numpy as np
from scipy.stats import f as f_law
from scipy.stats import rankdata, t

from analysis.additive import additive_design, apart
from analysis.code_versions import shown, version_filter
from analysis.findings_parts import ALPHA, thinned
from analysis.frame import Frame
from analysis.results import Finding, Scalar
from analysis.sentences import finding
from analysis.space import factorize
from journal.identity import is_version

MIN_DF = 15
MIN_RUNS = 5
MAX_SEEDS = 20
"""More different seeds than this are not shared between configurations."""
MIN_APART = 0.05
"""Repeated runs show a trend only if this share of the whole time (standard deviation) apart."""


def passes(found: tuple[float, float, float]) -> bool:
    """Whether chance gives such a correlation, with so many degrees of freedom, hardly ever."""
    correlation, df, _ = found
    statistic = correlation * np.sqrt(df / max(1 - correlation**2, 1e-12))
    return bool(2 * t.sf(abs(statistic), df) < ALPHA / 2)


def versions(frame: Frame) -> list[Finding]:
    """Does the objective differ between versions of the code, after the parameters?

    Versions are the values of a recorded context called commit or version, each with `MIN_RUNS`
    configurations or more; one named by --block is accounted for already and not looked at. Nor is
    anything where runs that were made again have told it (`analysis.code_versions`).
    """
    if any(found.code == "versions" for found in frame.notes):
        return []
    findings = []
    for key in sorted({key for context in frame.context for key in context}):
        if not is_version(key) or key in frame.blocks:
            continue
        named = [str(frame.context[row].get(key)) for row in frame.first_rows]
        names, codes, counts = np.unique(named, return_inverse=True, return_counts=True)
        kept = counts[codes] >= MIN_RUNS
        used = np.unique(codes[kept])
        if len(used) < 2:
            continue
        design = additive_design(frame.configuration_codes[kept], frame.space, powers=2)
        groups = (codes[kept][:, None] == used[1:]).astype(float)
        p = added_p(rankdata(frame.means[kept]), design, groups=groups)
        if p is not None and p < ALPHA:
            findings.append(
                finding(
                    "versions",
                    metric=frame.metric,
                    key=key,
                    n=len(used),
                    p=p,
                    values=tuple(map(shown, names[used][:3])),
                    where=version_filter(key, _last(frame, key, among=names[used])),
                )
            )
    return findings


def _last(frame: Frame, key: str, *, among: np.ndarray) -> Scalar:
    """The version of the last run that has one of these."""
    having = [row for row, c in enumerate(frame.context) if key in c and str(c[key]) in among]
    return frame.context[max(having, key=lambda row: frame.order[row])][key]


def added_p(
    y: np.ndarray, design: np.ndarray, *, groups: np.ndarray, taken: int = 0
) -> float | None:
    """P of the F test of added columns; None where few degrees of freedom are left.

    taken: degrees of freedom of what was taken out of all three before.
    """
    whole = np.column_stack([design, groups])
    rank = int(np.linalg.matrix_rank(whole))
    gained = rank - int(np.linalg.matrix_rank(design))
    left = len(y) - taken - rank
    if gained == 0 or left < MIN_DF:
        return None
    without, with_them = (
        float(((y - x @ np.linalg.lstsq(x, y, rcond=None)[0]) ** 2).sum()) for x in (design, whole)
    )
    if with_them <= 0:
        return None
    return float(f_law.sf((without - with_them) / gained / (with_them / left), gained, left))


def within(frame: Frame) -> tuple[float, float, float] | None:
    """Trend among the runs of one configuration: correlation, degrees of freedom, change.

    What a seed does everywhere (the same split, the same initial weights) is taken out first: with
    seeds run in turn it would look like a trend. Runs that follow each other tell nothing either.
    """
    groups, span = frame.configuration, float(np.ptp(frame.order))
    columns = np.column_stack(
        [rankdata(frame.objective), rankdata(frame.order), frame.objective, frame.order]
    )
    seeds = factorize(frame.seeds)[0]
    shared = np.unique(seeds) if seeds.max() < MAX_SEEDS else np.zeros(1)
    columns = np.column_stack([columns, seeds[:, None] == shared[1:]]).astype(float)
    inner = apart(columns, groups)
    rest, dummies = inner[:, :4], inner[:, 4:]
    df = frame.n_runs - frame.n_configurations - dummies.shape[1] - 1
    if df < MIN_DF:
        return None
    rest -= dummies @ np.linalg.lstsq(dummies, rest, rcond=None)[0]
    repeated = frame.replicates[groups] > 1
    if rest[repeated, 3].std() < MIN_APART * span:
        return None
    return _trend(*rest.T, df=df, span=span)


def looked_at(frame: Frame) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Codes, means and times of the configurations that are looked at, evenly taken from all."""
    codes = thinned(frame)
    step = -(-frame.n_configurations // len(codes))
    return codes, frame.means[::step], frame.order[frame.first_rows][::step]


def across(frame: Frame) -> tuple[float, float, float] | None:
    """Trend of the configurations' means after an additive model of the parameters."""
    codes, y, order = looked_at(frame)
    for powers in (2, 1):
        design = additive_design(codes, frame.space, powers=powers)
        df = len(y) - np.linalg.matrix_rank(design) - 1
        if df >= MIN_DF and len(y) >= 1.5 * design.shape[1]:
            return trend(y, order, beside=design, df=df)
    return None


def trend(
    y: np.ndarray,
    order: np.ndarray,
    *,
    beside: np.ndarray,
    df: float,
    alike: np.ndarray | None = None,
) -> tuple[float, float, float] | None:
    """Correlation with time beside a model, its degrees of freedom, change over the whole time.

    alike: (n,) groups within which it is sought; of the model, too, is given what they leave.
    """
    columns = np.column_stack([rankdata(y), rankdata(order), y, order])
    columns = columns if alike is None else apart(columns, alike)
    rest = columns - beside @ np.linalg.lstsq(beside, columns, rcond=None)[0]
    return _trend(*rest.T, df=df, span=float(np.ptp(order)))


def _trend(
    y_rank: np.ndarray,
    order_rank: np.ndarray,
    y: np.ndarray,
    order: np.ndarray,
    *,
    df: float,
    span: float,
) -> tuple[float, float, float] | None:
    """Correlation of the ranks' residuals, and the slope times the whole time.

    None where one goes up and the other down: such results have no direction in time.
    """
    scale = np.sqrt((y_rank**2).sum() * (order_rank**2).sum())
    if scale <= 1e-9 or (order**2).sum() <= 1e-18 * span**2:
        return None
    slope = float((y * order).sum() / (order**2).sum())
    correlation = float((y_rank * order_rank).sum() / scale)
    return (correlation, df, slope * span) if correlation * slope >= 0 else None
