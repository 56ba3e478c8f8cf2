"""Torch's own random numbers, keyed like all others by what they are for."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import torch

from painctl.draw import draws


@contextmanager
def seeded(seed: int, purpose: str) -> Iterator[None]:
    """Within the block torch draws from (seed, purpose); afterwards its generators stand where they stood."""
    with torch.random.fork_rng():
        torch.manual_seed(int(draws(seed, -1, purpose).integers(2**63)))
        yield


@contextmanager
def deterministic() -> Iterator[None]:
    """Within the block torch takes only algorithms whose sums have one order."""
    before = torch.are_deterministic_algorithms_enabled()
    torch.use_deterministic_algorithms(True)
    try:
        yield
    finally:
        torch.use_deterministic_algorithms(before)
