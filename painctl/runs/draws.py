"""Random draws that do not depend on the order of execution."""

from __future__ import annotations

import hashlib

import numpy as np


def draws(seed: int, identity: int, purpose: str) -> np.random.Generator:
    """The generator for one purpose of one person.

    Every random number of the project comes from here, keyed by what it is for and never by when it is drawn, so
    that the same seed gives the same bytes however the work is cut into shards, tasks or processes. `identity` is
    the person's index in the run; use -1 for what concerns the run as a whole.
    """
    key = hashlib.sha256(f"{seed}/{identity}/{purpose}".encode()).digest()
    return np.random.Generator(np.random.Philox(key=int.from_bytes(key[:16], "little")))
