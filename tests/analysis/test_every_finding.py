"""Every finding of the page is found where it was planted, and not in its control."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest

from analysis.words import words
from tests.analysis.planted_corner import PLANTED

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("code", PLANTED)
@pytest.mark.parametrize("seed", range(3))
def test_it_is_found_where_it_was_planted_and_not_beside_it(code, seed, tmp_path):
    look = PLANTED[code]
    for fault in (True, False):
        rng = np.random.default_rng([seed, 77])
        more = (tmp_path / str(fault),) if look.__code__.co_argcount == 3 else ()
        found = look(rng, fault, *more)
        assert (code in {finding.code for finding in found}) == fault
        assert all(f.message.endswith(".") and f.hint for f in found)


def test_the_list_is_whole():
    """Every finding that has words is in the page, and each one in the page is planted here."""
    page = (ROOT / "docs/methods/findings.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| (`[a-z_`, ]+) \|", page, flags=re.MULTILINE)
    told = {code for row in rows for code in re.findall(r"`([a-z_]+)`", row)}
    worded = {key.removeprefix("finding.") for key in words().texts if key.startswith("finding.")}
    assert worded == told == set(PLANTED)
