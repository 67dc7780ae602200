"""Which part does a parameter play: is it asked about, or does it set runs apart?

What was declared wins. Else its name may say it: a seed is a nuisance, a fold of a
cross-validation a block (`BY_NAME`). A text that is mostly different in every run
(`IDENTIFIER_LEVELS`) is a nuisance too: a name or a path, not a setting. One that never changes is
a constant.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from analysis.results import Role, Scalar
from journal.identity import SEEDS, last_part

BY_NAME: Mapping[str, Role] = {
    **dict.fromkeys(sorted(SEEDS), "nuisance"),
    **dict.fromkeys(("fold", "fold_id", "cv_fold"), "block"),
}
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
    if named := BY_NAME.get(last_part(name)):
        return named
    words = [value for value in distinct if isinstance(value, str)]
    once = int((np.bincount(codes) == 1).sum())
    if len(words) > IDENTIFIER_LEVELS and once > len(distinct) / 2:
        return "nuisance"
    return "studied"
