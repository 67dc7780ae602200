"""Are these two values the same setting?

1 is 1.0; neither is true, nor the text 1. NaN is itself, and None is a value like any other.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from journal.values import Scalar


def key(value: object) -> tuple[str, object]:
    """What values have in common that are the same, and no others; keys of scalars have an order.

    What is no scalar is the same as what it equals.
    """
    if isinstance(value, int | float) and not isinstance(value, bool):
        return ("number", value) if value == value else ("not a number", None)
    return type(value).__name__, value


def same(one: object, other: object) -> bool:
    """Are these two the same?"""
    return key(one) == key(other)


def meets(params: Mapping[str, Scalar], condition: Mapping[str, tuple[Scalar, ...]]) -> bool:
    """Has each parameter of the condition one of the values that it allows?"""
    return all(
        name in params and any(same(params[name], value) for value in allowed)
        for name, allowed in condition.items()
    )


_VERSION = re.compile(r"(^|[._])(commit|version|revision|sha)$")
_SEED = re.compile(
    r"(random_|rng_)?seed|random_state"
    r"|(rep|repeat|repetition|replicate|replication)([_-]?(id|idx|index|no|nr))?"
)


def last_part(name: str) -> str:
    """The last part of a dotted name, in small letters: what a parameter is called."""
    return name.rpartition(".")[2].lower()


def is_seed(name: str) -> bool:
    """Whether a parameter's name, or the last part of a dotted one, says that it is the seed.

    It tells repetitions of one configuration apart, as their number does (`replicate`).
    """
    return _SEED.fullmatch(last_part(name)) is not None


def is_version(name: str) -> bool:
    """Whether a part of the recorded context is a version of the code, as `git.commit` is.

    Runs of one seed with different ones are no repetitions of one run: the code may have changed.
    """
    return _VERSION.search(name) is not None
