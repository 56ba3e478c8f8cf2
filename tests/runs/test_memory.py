"""Freed memory is kept, so that the next array of its size costs no page faults."""

import resource
import subprocess
import sys

import pytest

_FAULTS = """
import resource, sys
import numpy as np
from painctl.runs.memory import keep_freed_memory
if sys.argv[1] == "kept":
    keep_freed_memory()
np.ones((1 << 20,)), np.ones((1 << 20,))
before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
for _ in range(20):
    first, second = np.ones((1 << 20,)), np.ones((1 << 20,))
    del first, second
print(resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before)
"""


def faults(mode):
    done = subprocess.run([sys.executable, "-c", _FAULTS, mode], capture_output=True, text=True, check=True)
    return int(done.stdout)


def test_arrays_reuse_the_memory_of_those_before():
    default = faults("default")
    if not default or not resource.getrusage(resource.RUSAGE_SELF).ru_minflt:
        pytest.skip("this system does not count page faults, or has none to spare")
    assert faults("kept") < default / 4
