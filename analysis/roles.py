"""Which part does a parameter play: is it asked about, or does it set runs apart?

What was declared wins. Else its name may say it: a seed is a nuisance, a fold of a
cross-validation a block (`FOLD`). A text that is mostly different in every run
(`IDENTIFIER_LEVELS`) is a nuisance too: a name or a path, not a setting. One that never changes is
a constant.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np

from analysis.results import Role, Scalar
from journal.identity import is_seed, last_part

FOLD = re.compile(
    r"((cv|outer|inner|test|val|valid|validation|eval|holdout|held_out)[ _-]?)*"
    r"fold([ _-]?(id|idx|index|no|nr))?"
)
"""Which fold it was, of nested ones too; not how many there are (folds, n_fold, k_fold)."""
IDENTIFIER_LEVELS = 20
"""A text with more different values than this, most of them seen once, names runs."""


def role_of(name: str, coded: tuple[np.ndarray, Sequence[Scalar]], *, said: Role | None) -> Role:
    """Which part the parameter plays. coded: its values as `factorize` gives them."""
    if said is not None and said != "studied":
        return said
    codes, distinct = coded
    if len(distinct) <= 1:
        return "constant"
    if said == "studied":
        return "studied"
    if is_seed(name):
        return "nuisance"
    if FOLD.fullmatch(last_part(name)):
        return "block"
    words = [value for value in distinct if isinstance(value, str)]
    once = int((np.bincount(codes) == 1).sum())
    if len(words) > IDENTIFIER_LEVELS and once > len(distinct) / 2:
        return "nuisance"
    return "studied"
