"""Who is tested when: nobody is in two folds, and nobody who is tested chooses an epoch or a threshold."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np


def by_index(subjects: np.ndarray, k: int) -> np.ndarray:
    """The fold, 0..k-1, that tests each frame: int [N]. A person is in one fold only.

    The index of the sorted subject, modulo k: with k = 5 the public split A of UNBC-McMaster. Raises ValueError for
    fewer than two folds or fewer people than folds.
    """
    people, index = np.unique(subjects, return_inverse=True)
    if not 2 <= k <= len(people):
        raise ValueError(f"{k} folds of {len(people)} people; ask for at least 2, and at most one a person")
    return index % k


def leave_one_out(subjects: np.ndarray) -> np.ndarray:
    """A fold a person: int [N]. Raises ValueError for fewer than two people."""
    return by_index(subjects, len(np.unique(subjects)))


def by_lists(subjects: np.ndarray, tested: Sequence[Sequence[str]]) -> np.ndarray:
    """The fold that tests each frame, from the people whom each fold tests: int [N].

    Raises ValueError that names a person who is in no fold or in two, or a fold that tests nobody here.
    """
    fold_of: dict[str, int] = {}
    for fold, people in enumerate(tested):
        for person in people:
            if person in fold_of:
                raise ValueError(f"fold file: {person} is tested in folds {fold_of[person] + 1} and {fold + 1}")
            fold_of[person] = fold
    if strangers := sorted(set(subjects.tolist()) - set(fold_of)):
        raise ValueError(f"fold file: {strangers[0]} is tested in no fold ({len(strangers)} such people)")
    found = np.array([fold_of[person] for person in subjects.tolist()])
    if empty := sorted(set(range(len(tested))) - set(found.tolist())):
        raise ValueError(f"fold file: fold {empty[0] + 1} tests nobody of this dataset")
    return found


def inner_split(subjects: np.ndarray, rows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Split training rows by person into those that fit and those that choose the epoch: every fifth person.

    With fewer than three people nobody is set apart, and the second part is empty.
    """
    people, index = np.unique(subjects[rows], return_inverse=True)
    chosen = np.arange(len(people)) % 5 == 2
    return rows[~chosen[index]], rows[chosen[index]]
