"""The memory of arrays that are gone serves those that come."""

from __future__ import annotations

import os
import platform
import subprocess
import sys

import pytest

PROGRAM = """
import resource, sys
import numpy as np
from analysis.threads import one_thread


def faults(work):
    before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
    work()
    return resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before


def sums():
    for _ in range(50):
        sum(part[0] for part in [np.ones(80_000) for _ in range(6)])


def peak():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


sums(), one_thread(sums)() if sys.argv[1] == "kept" else None
print(faults(sums), peak())
"""


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="another C library")
def test_pages_are_not_had_anew_for_every_array_and_no_more_is_used():
    told = {}
    for way in ("kept", "not kept"):
        alone = {name: value for name, value in os.environ.items() if "MALLOC" not in name}
        command = [sys.executable, "-c", PROGRAM, way]
        done = subprocess.run(command, env=alone, capture_output=True, text=True, check=True)
        told[way] = [int(word) for word in done.stdout.split()]
    assert 10 * told["kept"][0] < told["not kept"][0]
    assert told["kept"][1] < told["not kept"][1] + 8_000  # kB
