"""Torch's own random numbers, keyed like all others by what they are for."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import torch

from painctl.runs.draws import draws


@contextmanager
def seeded(seed: int, purpose: str) -> Iterator[None]:
    """Within the block torch draws from (seed, purpose); afterwards its generators stand where they stood."""
    with torch.random.fork_rng():
        reseed(seed, purpose)
        yield


def reseed(seed: int, purpose: str) -> None:
    """From here torch draws from (seed, purpose)."""
    torch.manual_seed(int(draws(seed, -1, purpose).integers(2**63)))


@contextmanager
def deterministic() -> Iterator[None]:
    """Within the block torch takes only algorithms whose sums have one order.

    On a GPU an operation that has none warns instead of stopping the run.
    """
    before = torch.are_deterministic_algorithms_enabled()
    torch.use_deterministic_algorithms(True, warn_only=torch.cuda.is_available())
    try:
        yield
    finally:
        torch.use_deterministic_algorithms(before)
