"""Drawing expressions: first the PSPI, then one of all the ways to reach it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from painctl.pain.action_units import vectors_with
from painctl.runs.draws import draws

_SPREAD, _FARTHEST = 0.06, 0.15  # of the asymmetry


def draw_action_units(
    seed: int, identity: int, count: int, low: int = 0, high: int = 16, weights: Sequence[float] | None = None
) -> np.ndarray:
    """Action units of a person's expressions, int [count, 6].

    PSPI is uniform on low..high, or follows one weight a score; given it, the vector is uniform on all that give it.
    Expression k is the same however many are drawn.
    """
    shares = np.full(high - low + 1, 1.0) if weights is None else np.asarray(weights, float)
    return np.concatenate([draw_one(seed, identity, k + 1, low, shares / shares.sum()) for k in range(count)])


def draw_with_scores(seed: int, identity: int, scores: Sequence[int]) -> np.ndarray:
    """Action units of one expression for each PSPI, in their order: int [N, 6]."""
    return np.concatenate([draw_one(seed, identity, k + 1, score, np.ones(1)) for k, score in enumerate(scores)])


def draw_one(seed: int, identity: int, expression: int, low: int, shares: np.ndarray) -> np.ndarray:
    """Action units int [1, 6] of an expression whose PSPI is `low` and up with probabilities shares [N]."""
    generator = draws(seed, identity, f"expression/{expression}")
    vectors = vectors_with(low + int(generator.choice(len(shares), p=shares)))
    return vectors[[generator.integers(len(vectors))]]


def draw_asymmetry(seed: int, identity: int, units: np.ndarray) -> np.ndarray:
    """How lopsided each action unit is, float32 [N, 6]: the left side acts (1 + a) times, the right (1 - a) times.

    Normal with deviation 0.06, cut at 0.15: faces in pain are nearly symmetric. 0 where the unit is absent, and for
    AU43, which closes both eyes.
    """
    asymmetry = np.empty(units.shape, np.float32)
    for k in range(len(units)):
        normal = draws(seed, identity, f"expression/{k + 1}/asymmetry").normal(0, _SPREAD, 6)
        asymmetry[k] = np.clip(normal, -_FARTHEST, _FARTHEST)
    asymmetry[:, 5] = 0
    return np.where(units > 0, asymmetry, 0).astype(np.float32)
