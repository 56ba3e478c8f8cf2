"""How many people of each age group, gender and ethnicity a run has, and who is which."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import product
from pathlib import Path

import numpy as np

from painctl.runs.draws import draws

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
    """Weights of each group's labels; None for all 24 combinations alike."""

    weights: Mapping[str, Mapping[str, float]] | None


def load_demographics(name: str) -> Demographics:
    """Demographics by name, `balanced` or `3dpain`, or from a JSON file of weights.

    Raises FileNotFoundError, or ValueError that names the file and the key, where the file is not such.
    """
    if name == "balanced":
        return Demographics(None)
    if name == "3dpain":
        return Demographics(PUBLISHED)
    path = Path(name)
    try:
        weights = json.loads(path.read_text())
    except FileNotFoundError:
        raise FileNotFoundError(f"--demographics {name}: neither balanced, 3dpain, nor a file") from None
    except ValueError as error:
        raise ValueError(f"{name}: not JSON ({error})") from None
    return Demographics(_checked(name, weights))


def assign(demographics: Demographics, number: int, seed: int) -> list[tuple[str, str, str]]:
    """(age group, gender, ethnicity) of each person of a run.

    With weights, each group's counts are exact by largest remainder and the groups are shuffled independently of
    each other. Without, people go round the 24 combinations such that any first few are as varied as can be.
    """
    if demographics.weights is None:
        return _round(number, seed)
    columns = []
    for group, labels in GROUPS.items():
        weights = demographics.weights[group]
        counts = largest_remainder(np.array([weights.get(label, 0) for label in labels], float), number)
        order = draws(seed, -1, f"demographics/{group}").permutation(number)
        columns.append(np.repeat(labels, counts)[order].tolist())
    return list(zip(*columns, strict=True))


def largest_remainder(weights: np.ndarray, number: int) -> np.ndarray:
    """Split `number` into whole counts in proportion to weights [L]; what is left goes to the largest remainders."""
    exact = weights / weights.sum() * number
    counts = np.floor(exact).astype(int)
    # ties go to the earlier label
    counts[np.argsort(counts - exact, kind="stable")[: number - counts.sum()]] += 1
    return counts


def _round(number: int, seed: int) -> list[tuple[str, str, str]]:
    generator = draws(seed, -1, "demographics/balanced")
    bodies = list(product(GROUPS["age_group"], GROUPS["gender"]))
    bodies = [bodies[i] for i in generator.permutation(4)]
    ethnicities = [GROUPS["ethnicity"][i] for i in generator.permutation(6)]
    # 6 and 4 meet every 12 people; one step aside then, and 24 people are all combinations once
    return [(*bodies[(i + i // 12) % 4], ethnicities[i % 6]) for i in range(number)]


def _checked(path: str, weights: object) -> dict[str, dict[str, float]]:
    if not isinstance(weights, dict) or set(weights) != set(GROUPS):
        raise ValueError(f"{path}: expected an object with the keys {', '.join(GROUPS)}")
    for group, labels in GROUPS.items():
        given = weights[group]
        if not isinstance(given, dict) or not set(given) <= set(labels):
            raise ValueError(f"{path}: {group} may weigh {', '.join(labels)} and nothing else")
        numbers = all(isinstance(w, int | float) and not isinstance(w, bool) and 0 <= w < 1e15 for w in given.values())
        if not numbers or sum(given.values()) <= 0:
            raise ValueError(f"{path}: the weights of {group} must be numbers from 0 on, not all 0")
    return weights
