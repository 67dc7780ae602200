"""Which runs would teach most about the parameters that are not settled yet?

An unsettled parameter's effect is the surrogate's value at random and at good settings of the
others, with the parameter moved over its axis, less the mean over the axis. Its uncertainty is the
posterior variance of these differences, summed. One run at x with noise sigma lowers the variance
of a difference t by Cov(t, f(x))^2 / (Var f(x) + sigma^2), which does not depend on what the run
will give; the run that lowers the unsettled share of all parameters most is taken, the covariance
updated, and so on (greedy A-optimal design: Cohn, Ghahramani & Jordan 1996; MacKay 1992).
Covariances come from the surrogate's draws, updated by the ensemble square-root filter (Whitaker &
Hamill 2002, equations 10 to 13), so that any surrogate with draws will do.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Pick:
    """One run: its position among the candidates, and the effect (by position) it tells most of."""

    candidate: int
    target: int


def greedy_picks(
    draws: np.ndarray, targets: Sequence[np.ndarray], *, n: int, noise_variance: float
) -> list[Pick]:
    """The n candidates that lower the targets' posterior variance most, one after the other.

    draws: (n_draws, n_candidates) the surrogate's functions at the candidates; targets: per effect
    (n_draws, n_differences) of the same draws. Fewer picks where nothing more is to be learned.
    """
    at = draws - draws.mean(axis=0)
    effects = [target - target.mean(axis=0) for target in targets]
    start = np.array([float((effect**2).sum()) for effect in effects]) / len(at)
    effects = [e for e, s in zip(effects, start, strict=True) if s > 0]
    known = np.flatnonzero(start > 0)
    free = np.ones(at.shape[1], dtype=bool)
    picks: list[Pick] = []
    while len(picks) < n and free.any() and effects:
        lowered = np.stack(
            [
                _lowered(at, effect, noise_variance) / total
                for effect, total in zip(effects, start[known], strict=True)
            ]
        )
        gain = np.where(free, lowered.sum(axis=0), -np.inf)
        best = int(np.argmax(gain))
        if not gain[best] > 0:
            break
        picks.append(Pick(best, int(known[np.argmax(lowered[:, best])])))
        free[best] = False
        at, effects = _updated(at, effects, at[:, best], noise_variance)
    return picks


def _lowered(at: np.ndarray, effect: np.ndarray, noise_variance: float) -> np.ndarray:
    """(n_candidates,) summed variance of an effect that a run at each candidate removes.

    Chance correlations between few draws are taken off: they are 1 / n_draws of the variance.
    """
    n_draws = len(at)
    variance = (at**2).mean(axis=0)
    covariance = effect.T @ at / n_draws
    squares = (covariance**2).sum(axis=0) - variance * (effect**2).mean(axis=0).sum() / n_draws
    return np.asarray(squares / np.maximum(variance + noise_variance, 1e-300))


def _updated(
    at: np.ndarray, effects: Sequence[np.ndarray], seen: np.ndarray, noise_variance: float
) -> tuple[np.ndarray, list[np.ndarray]]:
    """Draws with the covariance they have once the run is made."""
    variance = float((seen**2).mean())
    whole = max(variance + noise_variance, 1e-300)
    step = 1.0 / (1.0 + np.sqrt(noise_variance / whole)) / whole

    def moved(values: np.ndarray) -> np.ndarray:
        return np.asarray(values - np.outer(seen, step * (seen @ values) / len(seen)))

    return moved(at), [moved(effect) for effect in effects]
