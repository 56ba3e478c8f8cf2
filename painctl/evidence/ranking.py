"""Areas under curves for weighted samples of people: how well an estimate ranks frames with pain above the others."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np

_CHUNK: Final = 1 << 20  # weights of frames in memory at once


@dataclass(frozen=True, eq=False)
class Ranking:
    """N frames of S people, from the highest estimate to the lowest, and their positive class at each of L levels."""

    person: np.ndarray  # int [N], 0..S-1
    positive: np.ndarray  # bool [L, N]
    last: np.ndarray  # int [T], the last frame of each run of equal estimates
    wins: np.ndarray  # float64 [L, S, S]: correctly ordered pairs, positive frame of s, negative frame of t

    @classmethod
    def of(cls, person: np.ndarray, estimate: np.ndarray, positive: np.ndarray) -> Ranking:
        """From frames in any order: person [N], estimate [N], positive [L, N]."""
        order = np.argsort(-estimate, kind="stable")
        ends = np.flatnonzero(np.append(np.diff(estimate[order]) != 0, True))
        people = int(person.max()) + 1
        wins = np.stack([_wins(person, people, estimate, true) for true in positive])
        return cls(person[order], positive[:, order], ends, wins)

    def auroc(self, weights: np.ndarray) -> np.ndarray:
        """Areas under the ROC curve in samples in which person s counts weights[b, s] times: [L, B].

        The share of (positive, negative) pairs of frames that the estimate orders correctly; a tie counts half.
        """
        people = weights.shape[1]
        positive, negative = (
            np.stack([np.bincount(self.person, true, people) for true in frames]) @ weights.T
            for frames in (self.positive, ~self.positive)
        )
        won = np.stack([((weights @ wins) * weights).sum(axis=1) for wins in self.wins])
        with np.errstate(invalid="ignore"):
            return won / (positive * negative)

    def average_precision(self, weights: np.ndarray) -> np.ndarray:
        """Areas under the precision-recall curve in the same samples: [L, B]; nan unless both classes are there.

        The sum over thresholds of precision times the gain in recall, without interpolation (Davis & Goadrich, ICML
        2006, on why not to interpolate); equal estimates share a threshold.
        """
        return np.concatenate([*self._average_precisions(weights)], axis=1)

    def _average_precisions(self, weights: np.ndarray) -> Iterator[np.ndarray]:
        rows = max(1, _CHUNK // len(self.person))
        for start in range(0, len(weights), rows):
            counts = weights[start : start + rows, self.person]
            above = counts.cumsum(axis=1)[:, self.last]
            areas = []
            for true in self.positive:
                hits = (counts * true).cumsum(axis=1)[:, self.last]
                precision = hits / np.maximum(above, 1)  # no hits where nothing is above; weights are whole numbers
                area = (np.diff(hits, axis=1, prepend=0) * precision).sum(axis=1)
                both = (hits[:, -1] > 0) & (hits[:, -1] < above[:, -1])
                areas.append(np.where(both, area / np.maximum(hits[:, -1], 1), np.nan))
            yield np.stack(areas)


def _wins(person: np.ndarray, people: int, estimate: np.ndarray, positive: np.ndarray) -> np.ndarray:
    """[S, S]: pairs of a positive frame of the first person above a negative frame of the second; a tie counts half."""
    wins = np.zeros((people, people))
    positives, owner = estimate[positive], person[positive]
    order = np.argsort(person[~positive], kind="stable")
    parts = np.split(estimate[~positive][order], np.cumsum(np.bincount(person[~positive], minlength=people))[:-1])
    for second, negatives in enumerate(parts):
        ranked = np.sort(negatives)
        below = (np.searchsorted(ranked, positives, "left") + np.searchsorted(ranked, positives, "right")) / 2
        wins[:, second] = np.bincount(owner, below, people)
    return wins
