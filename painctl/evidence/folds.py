"""Subject-wise folds: each person is in one, and no epoch or threshold is chosen on test people."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np


def by_index(subjects: np.ndarray, k: int) -> np.ndarray:
    """The fold, 0..k-1, that tests each frame: int [N]. Each person is in one fold.

    The fold is the index of the sorted subject modulo k; k = 5 gives the public split A of UNBC-McMaster. Raises
    ValueError for fewer than two folds or fewer people than folds.
    """
    people, index = np.unique(subjects, return_inverse=True)
    if not 2 <= k <= len(people):
        raise ValueError(f"{k} folds of {len(people)} people; use at least 2 folds, and at most one per person")
    return index % k


def leave_one_out(subjects: np.ndarray) -> np.ndarray:
    """One fold per person: int [N]. Raises ValueError for fewer than two people."""
    return by_index(subjects, len(np.unique(subjects)))


def by_lists(subjects: np.ndarray, tested: Sequence[Sequence[str]]) -> np.ndarray:
    """The fold that tests each frame, from a list of test people per fold: int [N].

    Raises ValueError for a person in no fold or in two, and for a fold without people of this dataset.
    """
    fold_of: dict[str, int] = {}
    for fold, people in enumerate(tested):
        for person in people:
            if person in fold_of:
                raise ValueError(f"fold file: {person} is tested in folds {fold_of[person] + 1} and {fold + 1}")
            fold_of[person] = fold
    if missing := sorted(set(subjects.tolist()) - set(fold_of)):
        raise ValueError(f"fold file: {missing[0]} is tested in no fold ({len(missing)} such people)")
    folds = np.array([fold_of[person] for person in subjects.tolist()])
    if empty := sorted(set(range(len(tested))) - set(folds.tolist())):
        raise ValueError(f"fold file: fold {empty[0] + 1} tests no one in this dataset")
    return folds


def inner_split(subjects: np.ndarray, rows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Split training rows by person into fitting and validation rows: every fifth person validates.

    With fewer than three people the validation part is empty.
    """
    people, index = np.unique(subjects[rows], return_inverse=True)
    validates = np.arange(len(people)) % 5 == 2
    return rows[~validates[index]], rows[validates[index]]
