"""Assign people to train, val and test: each to exactly one split, with the same mix of people in all."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from painctl.runs.draws import draws

Key = tuple[int, int]  # seed of the run that sampled a person, index of the person in it
Stratum = tuple[str, str, str]  # age group, gender, ethnicity


def sizes(people: int, ratios: Sequence[float]) -> np.ndarray:
    """People in each split, int [J]: shares of `people` by ratio, rounded by largest remainder so that they add up.

    Raises ValueError for ratios that are negative, not finite, or all 0.
    """
    shares = np.asarray(ratios, float)
    if not (np.isfinite(shares).all() and (shares >= 0).all() and shares.sum() > 0):
        raise ValueError(f"split {','.join(f'{share:g}' for share in shares)}: expected shares such as 70,20,10")
    exact = people * shares / shares.sum()
    counts = np.floor(exact + 1e-9).astype(int)
    first = np.argsort(counts - exact, kind="stable")[: people - counts.sum()]
    counts[first] += 1
    return counts


def assign(keys: Sequence[Key], strata: Sequence[Stratum], ratios: Sequence[float], seed: int) -> np.ndarray:
    """The split of each person, uint8 [N], rows of `ratios`.

    Systematic sampling from a sorted list: people are sorted by stratum, shuffled within it, and from a seeded start
    each goes to the split that is furthest behind its share. The totals are exactly `sizes`; in each stratum, and in
    each age group, a split is within two people of its share. The result does not depend on the order of the rows.
    """
    people = len(keys)
    targets = sizes(people, ratios)
    shuffle = [draws(seed, identity, f"split/{run}").random() for run, identity in keys]
    order = sorted(range(people), key=lambda row: (strata[row], shuffle[row], keys[row]))
    if people:
        order = np.roll(order, draws(seed, -1, "split").integers(people)).tolist()
    assigned = np.zeros(len(targets), int)
    split = np.zeros(people, np.uint8)
    for step, row in enumerate(order, start=1):
        behind = targets * step / people - assigned
        behind[assigned == targets] = -np.inf
        split[row] = choice = int(np.argmax(behind))
        assigned[choice] += 1
    return split
