"""Age group, gender and ethnicity of each person of a run."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import product
from pathlib import Path

import numpy as np

from painctl.files.text import read_json
from painctl.runs.draws import draws

_MOST_BYTES = 1_000_000  # of a file of weights

GROUPS: dict[str, tuple[str, ...]] = {
    "age_group": ("young", "elderly"),
    "gender": ("man", "woman"),
    "ethnicity": ("Latino", "Middle Eastern", "South Asian", "White", "East Asian", "Black"),
}

# Table 1 of "Pain in 3D" (arXiv 2509.16727): counts among 2,500 identities.
PUBLISHED: dict[str, dict[str, float]] = {
    "age_group": {"young": 1563, "elderly": 937},
    "gender": {"man": 1723, "woman": 777},
    "ethnicity": {
        "Latino": 646,
        "Middle Eastern": 585,
        "South Asian": 469,
        "White": 460,
        "East Asian": 258,
        "Black": 82,
    },
}


@dataclass(frozen=True)
class Demographics:
    """Weights of the labels of each group, or None for an equal share of all 24 combinations."""

    weights: Mapping[str, Mapping[str, float]] | None


def load_demographics(name: str) -> Demographics:
    """The demographics named `balanced` or `3dpain`, or those in a JSON file of weights.

    Raises OSError, or ValueError that names the file and the invalid key.
    """
    if name == "balanced":
        return Demographics(None)
    if name == "3dpain":
        return Demographics(PUBLISHED)
    path = Path(name)
    try:
        weights = read_json(path, _MOST_BYTES)
    except FileNotFoundError:
        raise FileNotFoundError(
            f"--demographics {name}: no such file; give balanced, 3dpain or a JSON file of weights"
        ) from None
    return Demographics(_checked(name, weights))


def assign(demographics: Demographics, number: int, seed: int) -> list[tuple[str, str, str]]:
    """(age group, gender, ethnicity) of each person of a run.

    With weights, the counts within each group are exact (largest remainder), and groups are shuffled independently.
    Without weights, people cycle through the 24 combinations, in an order that makes the first few as varied as
    possible.
    """
    if demographics.weights is None:
        return _balanced(number, seed)
    columns = []
    for group, labels in GROUPS.items():
        weights = demographics.weights[group]
        counts = largest_remainder(np.array([weights.get(label, 0) for label in labels], float), number)
        order = draws(seed, -1, f"demographics/{group}").permutation(number)
        columns.append(np.repeat(labels, counts)[order].tolist())
    return list(zip(*columns, strict=True))


def largest_remainder(weights: np.ndarray, number: int) -> np.ndarray:
    """Split `number` into whole counts in proportion to weights [L]; the rest goes to the largest remainders."""
    exact = weights / weights.sum() * number
    counts = np.floor(exact).astype(int)
    # ties go to the earlier label
    counts[np.argsort(counts - exact, kind="stable")[: number - counts.sum()]] += 1
    return counts


def _balanced(number: int, seed: int) -> list[tuple[str, str, str]]:
    generator = draws(seed, -1, "demographics/balanced")
    bodies = list(product(GROUPS["age_group"], GROUPS["gender"]))
    bodies = [bodies[i] for i in generator.permutation(4)]
    ethnicities = [GROUPS["ethnicity"][i] for i in generator.permutation(6)]
    # cycles of 6 and 4 repeat after 12 people; shifting by one then makes 24 people cover every combination once
    return [(*bodies[(i + i // 12) % 4], ethnicities[i % 6]) for i in range(number)]


def _checked(path: str, weights: object) -> dict[str, dict[str, float]]:
    if not isinstance(weights, dict) or set(weights) != set(GROUPS):
        raise ValueError(f"{path}: expected an object with the keys {', '.join(GROUPS)}")
    for group, labels in GROUPS.items():
        shares = weights[group]
        if not isinstance(shares, dict) or not set(shares) <= set(labels):
            raise ValueError(f"{path}: {group} has unknown labels; expected some of {', '.join(labels)}")
        numbers = all(isinstance(w, int | float) and not isinstance(w, bool) and 0 <= w < 1e15 for w in shares.values())
        if not numbers or sum(shares.values()) <= 0:
            raise ValueError(f"{path}: the weights of {group} must be numbers, 0 or more, and not all 0")
    return weights
