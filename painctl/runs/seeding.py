"""Torch's random numbers, keyed by purpose like all others."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import torch

from painctl.runs.draws import draws


@contextmanager
def seeded(seed: int, purpose: str) -> Iterator[None]:
    """Seed torch with (seed, purpose) inside the block, and restore its generators afterwards."""
    with torch.random.fork_rng():
        reseed(seed, purpose)
        yield


def reseed(seed: int, purpose: str) -> None:
    """Seed torch with (seed, purpose)."""
    torch.manual_seed(int(draws(seed, -1, purpose).integers(2**63)))


@contextmanager
def deterministic() -> Iterator[None]:
    """Use only deterministic algorithms inside the block.

    On a GPU, an operation without one warns instead of stopping the run.
    """
    before = torch.are_deterministic_algorithms_enabled()
    torch.use_deterministic_algorithms(True, warn_only=torch.cuda.is_available())
    try:
        yield
    finally:
        torch.use_deterministic_algorithms(before)
