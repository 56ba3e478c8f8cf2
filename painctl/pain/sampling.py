"""Random expressions: first a PSPI, then a vector of action units with that PSPI."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from painctl.pain.action_units import MAX_PSPI, vectors_with_pspi
from painctl.pain.priors import probabilities
from painctl.runs.draws import draws

_DEVIATION, _LARGEST = 0.06, 0.15  # standard deviation and limit of the asymmetry


def draw_action_units(
    seed: int,
    identity: int,
    count: int,
    low: int = 0,
    high: int = MAX_PSPI,
    weights: Sequence[float] | None = None,
    prior: str = "uniform",
) -> np.ndarray:
    """Action units of a person's expressions, int [count, 6].

    PSPI is uniform on low..high, or follows `weights`, one per score. Given the PSPI, the vector follows `prior`, see
    `painctl.pain.priors`. Expression k does not depend on `count`.
    """
    odds = np.full(high - low + 1, 1.0) if weights is None else np.asarray(weights, float)
    odds = odds / odds.sum()
    return np.concatenate([draw_expression(seed, identity, k + 1, low, odds, prior) for k in range(count)])


def draw_with_scores(seed: int, identity: int, scores: Sequence[int], prior: str = "uniform") -> np.ndarray:
    """Action units of one expression for each of N PSPI scores, int [N, 6]."""
    return np.concatenate(
        [draw_expression(seed, identity, k + 1, score, np.ones(1), prior) for k, score in enumerate(scores)]
    )


def draw_expression(
    seed: int, identity: int, expression: int, low: int, odds: np.ndarray, prior: str = "uniform"
) -> np.ndarray:
    """Action units int [1, 6] of an expression. Its PSPI is low + i with probability odds[i], [N]."""
    generator = draws(seed, identity, f"expression/{expression}")
    score = low + int(generator.choice(len(odds), p=odds))
    vectors = vectors_with_pspi(score)
    if prior == "uniform":
        return vectors[[generator.integers(len(vectors))]]
    return vectors[[generator.choice(len(vectors), p=probabilities(prior, score))]]


def draw_asymmetry(seed: int, identity: int, units: np.ndarray) -> np.ndarray:
    """Asymmetry a of `units` int [N, 6], float32 [N, 6]: intensity is (1 + a) times on the left, (1 - a) on the right.

    Normal with standard deviation 0.06, clipped at 0.15: faces in pain are nearly symmetric. It is 0 where the unit is
    absent, and for AU43, which closes both eyes.
    """
    asymmetry = np.empty(units.shape, np.float32)
    for k in range(len(units)):
        normal = draws(seed, identity, f"expression/{k + 1}/asymmetry").normal(0, _DEVIATION, 6)
        asymmetry[k] = np.clip(normal, -_LARGEST, _LARGEST)
    asymmetry[:, 5] = 0
    return np.where(units > 0, asymmetry, 0).astype(np.float32)
