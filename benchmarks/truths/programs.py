"""Complete grids of programs that are no models: a search, an agent, a compression.

They need the standard library and numpy. Their results fall into few good ones and many bad (the
agent, half of whose variance is its seed), into a floor that good settings share (the search), or
are next to free of noise (the compression). Made after the analysis (docs/decisions/0107).
"""

from __future__ import annotations

import math
import random
import zlib
from functools import cache, lru_cache

import numpy as np

from benchmarks.truths.training import Program, chosen, log, ordered, switch

CITIES, MOVES = 30, 3000
SIDE, EPISODES, LONGEST, ROLLOUTS = 5, 50, 40, 20
GOAL, PITS, SLIPS = SIDE * SIDE - 1, (6, 13, 16), 0.1
ROWS = 6000


@cache
def _distances() -> list[list[float]]:
    places = np.random.default_rng(0).random((CITIES, 2))
    found: list[list[float]] = np.linalg.norm(places[:, None] - places, axis=-1).tolist()
    return found


def _length(tour: list[int]) -> float:
    apart = _distances()
    return sum(apart[a][b] for a, b in zip(tour, tour[1:] + tour[:1], strict=True))


def _to_the_nearest(first: int) -> list[int]:
    """A tour that goes to the nearest city that is left."""
    tour, left = [first], set(range(CITIES)) - {first}
    while left:
        tour.append(min(left, key=_distances()[tour[-1]].__getitem__))
        left.remove(tour[-1])
    return tour


def _temperature(schedule: str, start: float, *, ratio: float, part: float) -> float:
    """Where a part of the way from start to start * ratio is done."""
    if schedule == "geometric":
        return float(start * ratio**part)
    if schedule == "linear":
        return start * (1 - (1 - ratio) * part)
    return start / (1 + (1 / ratio - 1) * part) if schedule == "reciprocal" else start


def _changed(tour: list[int], move: str, *, i: int, j: int) -> list[int]:
    new = tour.copy()
    if move == "reverse":
        new[i : j + 1] = new[i : j + 1][::-1]
    elif move == "swap":
        new[i], new[j] = new[j], new[i]
    else:
        new.insert(i, new.pop(j))
    return new


def annealing(
    seed: int,
    *,
    temperature: float,
    schedule: str,
    end_ratio: float,
    steps: int,
    move: str,
    greedy_start: bool,
) -> float:
    """The shortest tour of thirty cities that simulated annealing passes, after 3,000 moves."""
    rng = random.Random(seed)
    tour = list(range(CITIES))
    rng.shuffle(tour)
    tour = _to_the_nearest(tour[0]) if greedy_start else tour
    now = best = _length(tour)
    for step in range(steps):
        part = step / (steps - 1)
        heat = _temperature(schedule, temperature, ratio=end_ratio, part=part)
        for _ in range(MOVES // steps):
            i, j = sorted(rng.sample(range(CITIES), 2))
            new = _changed(tour, move, i=i, j=j)
            longer = _length(new) - now
            if longer <= 0 or rng.random() < math.exp(-longer / heat):
                tour, now = new, now + longer
            best = min(best, now)
    return best


@cache
def _next_to(place: int) -> tuple[int, int, int, int]:
    """Where up, down, left and right lead; nowhere at a wall."""
    row, column = divmod(place, SIDE)
    return (
        max(row - 1, 0) * SIDE + column,
        min(row + 1, SIDE - 1) * SIDE + column,
        row * SIDE + max(column - 1, 0),
        row * SIDE + min(column + 1, SIDE - 1),
    )


def _moved(place: int, way: int, *, rng: random.Random) -> tuple[int, float, bool]:
    """The next place, the reward, and whether this is the end."""
    if rng.random() < SLIPS:
        way = int(rng.random() * 4)
    place = _next_to(place)[way]
    if place == GOAL:
        return place, 1.0, True
    return (place, -1.0, True) if place in PITS else (place, -0.02, False)


def _way(values: list[float], epsilon: float, *, rng: random.Random) -> int:
    if rng.random() < epsilon:
        return int(rng.random() * 4)
    top = max(values)
    return rng.choice([way for way in range(4) if values[way] == top])


def _worth(values: list[float], rule: str, *, epsilon: float, way: int) -> float:
    """What a place is worth: the way that was taken, the mean over ways, or the best."""
    if rule == "sarsa":
        return values[way]
    if rule == "expected":
        return (1 - epsilon) * max(values) + epsilon * sum(values) / 4
    return max(values)


def agent(
    seed: int,
    *,
    learning_rate: float,
    discount: float,
    epsilon: float,
    epsilon_decay: float,
    first_value: float,
    rule: str,
) -> float:
    """Mean return, over 20 walks, of an agent that learned in 50 to cross a field with pits."""
    rng = random.Random(seed)
    values = [[first_value] * 4 for _ in range(SIDE * SIDE)]
    for _ in range(EPISODES):
        place, way = 0, _way(values[0], epsilon, rng=rng)
        for _ in range(LONGEST):
            to, reward, over = _moved(place, way, rng=rng)
            then = _way(values[to], epsilon, rng=rng)
            worth = 0.0 if over else _worth(values[to], rule, epsilon=epsilon, way=then)
            values[place][way] += learning_rate * (reward + discount * worth - values[place][way])
            if over:
                break
            place, way = to, then
        epsilon *= epsilon_decay
    return sum(_walk(values, rng=rng) for _ in range(ROLLOUTS)) / ROLLOUTS


def _walk(values: list[list[float]], *, rng: random.Random) -> float:
    """The return of one walk along the best known ways."""
    place, total = 0, 0.0
    for _ in range(LONGEST):
        place, reward, over = _moved(place, _way(values[place], 0.0, rng=rng), rng=rng)
        total += reward
        if over:
            break
    return total


STRATEGIES = {
    "default": zlib.Z_DEFAULT_STRATEGY,
    "filtered": zlib.Z_FILTERED,
    "huffman": zlib.Z_HUFFMAN_ONLY,
    "rle": zlib.Z_RLE,
    "fixed": zlib.Z_FIXED,
}


@cache
def _measurements(seed: int) -> np.ndarray:
    """A random walk, a wave and counts: (6000, 3) four-byte integers."""
    rng = np.random.default_rng(seed)
    walk = np.cumsum(rng.standard_normal(ROWS))
    wave = 20 * np.sin(np.arange(ROWS) / 50) + rng.standard_normal(ROWS) * 0.3
    counts = rng.poisson(3, ROWS)
    return np.asarray(np.round(np.column_stack([walk, wave, counts]) * 16).astype("<i4"))


@lru_cache(64)
def _raw(seed: int, layout: str, *, delta: bool) -> bytes:
    table = _measurements(seed)
    table = np.diff(table, axis=0, prepend=0).astype(table.dtype) if delta else table
    if layout == "columns":
        return np.ascontiguousarray(table.T).tobytes()
    rows = np.ascontiguousarray(table).tobytes()
    if layout == "planes":  # all first bytes, then all second ones
        return np.frombuffer(rows, np.uint8).reshape(ROWS, -1).T.tobytes()
    return rows


def packing(
    seed: int,
    *,
    level: int,
    strategy: str,
    window: int,
    memory: int,
    block: int,
    delta: bool,
    layout: str,
) -> float:
    """The part of 72,000 bytes of measurements that zlib leaves of them."""
    raw, size = _raw(seed, layout, delta=delta), 0
    for start in range(0, len(raw), block):
        made = zlib.compressobj(level, zlib.DEFLATED, -window, memory, STRATEGIES[strategy])
        size += len(made.compress(raw[start : start + block])) + len(made.flush())
    return size / len(raw)


PROGRAMS: dict[str, Program] = {
    "annealing_tour": Program(
        "val_loss",
        (
            log("temperature", 0.003, 3.0, 7),
            chosen("schedule", "geometric", "linear", "reciprocal", "constant"),
            ordered("end_ratio", 0.0001, 0.01, 0.1, log=True),
            ordered("steps", 3, 30, 300, log=True),
            chosen("move", "swap", "reverse", "insert"),
            switch("greedy_start"),
        ),
        annealing,
        seeds=5,
    ),
    "agent_field": Program(
        "val_acc",
        (
            log("learning_rate", 0.01, 1.0, 6),
            ordered("discount", 0.5, 0.8, 0.95, 1.0),
            ordered("epsilon", 0.01, 0.03, 0.1, 0.3, 1.0, log=True),
            ordered("epsilon_decay", 0.8, 0.95, 1.0),
            ordered("first_value", -1.0, 0.0, 1.0),
            chosen("rule", "q", "sarsa", "expected"),
        ),
        agent,
        seeds=60,
    ),
    "packing_signal": Program(
        "val_loss",
        (
            ordered("level", 1, 3, 6, 9),
            chosen("strategy", *STRATEGIES),
            ordered("window", 9, 12, 15),
            ordered("memory", 1, 4, 9),
            ordered("block", 256, 2048, 16384, 65536, log=True),
            switch("delta"),
            chosen("layout", "rows", "columns", "planes"),
        ),
        packing,
        seeds=3,
    ),
}
