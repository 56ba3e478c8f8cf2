"""Random numbers that do not depend on the order of execution."""

from __future__ import annotations

import hashlib

import numpy as np


def draws(seed: int, identity: int, purpose: str) -> np.random.Generator:
    """The random generator for one purpose of one person.

    All random numbers come from here, keyed by what they are for and never by when they are drawn, so the same seed
    gives the same bytes however the work is split into shards, tasks or processes. `identity` is the person's index
    in the run, or -1 for draws that concern the whole run.
    """
    key = hashlib.sha256(f"{seed}/{identity}/{purpose}".encode()).digest()
    return np.random.Generator(np.random.Philox(key=int.from_bytes(key[:16], "little")))
