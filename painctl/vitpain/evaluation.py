"""Cross-validation in which nobody is tested by a model, a checkpoint or a threshold that has seen them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from painctl.vitpain.data import PairSource
from painctl.vitpain.inference import Predictions, predict_source
from painctl.vitpain.metrics import folds, scores, summary, thresholds
from painctl.vitpain.model import ViTPain
from painctl.vitpain.settings import Settings
from painctl.vitpain.training import train


@dataclass(frozen=True, eq=False)
class Subset:
    """Some frames of a source, itself a source."""

    source: PairSource
    rows: np.ndarray  # int [N]

    @property
    def names(self) -> Sequence[str]:
        return [self.source.names[row] for row in self.rows.tolist()]

    @property
    def aus(self) -> np.ndarray:
        return self.source.aus[self.rows]

    @property
    def pspi(self) -> np.ndarray:
        return self.source.pspi[self.rows]

    @property
    def subject(self) -> np.ndarray:
        return self.source.subject[self.rows]

    @property
    def groups(self) -> Mapping[str, np.ndarray]:
        return {name: values[self.rows] for name, values in self.source.groups.items()}

    def __len__(self) -> int:
        return len(self.rows)

    def picture(self, i: int, side: int = 0) -> np.ndarray:
        return self.source.picture(int(self.rows[i]), side)

    def neutrals(self, i: int) -> Sequence[int]:
        return self.source.neutrals(int(self.rows[i]))

    def neutral(self, key: int, side: int = 0) -> np.ndarray:
        return self.source.neutral(key, side)


@dataclass(frozen=True, eq=False)
class Fold:
    """What one fold's model says of the people it has not seen."""

    fold: int
    rows: np.ndarray  # int [N], frames of the source
    predictions: Predictions
    thresholds: dict[int, float]  # of the PSPI estimate, by level
    scores: dict[str, float]  # by metrics.NAMES


@dataclass(frozen=True, eq=False)
class CrossValidation:
    folds: tuple[Fold, ...]

    @property
    def summary(self) -> dict[str, tuple[float, float, int]]:
        """(mean, standard deviation, folds that define it) of each score."""
        return summary([fold.scores for fold in self.folds])


def cross_validate(
    source: PairSource,
    build: Callable[[], ViTPain],
    settings: Settings,
    k: int = 5,
    log: Callable[[dict[str, Any]], None] = lambda row: None,
) -> CrossValidation:
    """Train and test k models, each on its own people; `log` gets the training rows with their fold.

    Raises ValueError for k below 2 or above the number of people.
    """
    fold_of = folds(source.subject, k)
    return CrossValidation(tuple(run_fold(source, fold_of, fold, build, settings, log) for fold in range(k)))


def run_fold(
    source: PairSource,
    fold_of: np.ndarray,
    fold: int,
    build: Callable[[], ViTPain],
    settings: Settings,
    log: Callable[[dict[str, Any]], None] = lambda row: None,
) -> Fold:
    """One fold: train on the other folds' people, a fifth of whom choose the epoch; all of them choose the cuts."""
    tested = np.flatnonzero(fold_of == fold)
    train_rows, validation_rows = inner_split(source.subject, np.flatnonzero(fold_of != fold))
    fitted, held_out = Subset(source, train_rows), Subset(source, validation_rows)
    model = train(
        build(), fitted, held_out if len(held_out) else None, settings, lambda row: log({"fold": fold + 1, **row})
    )
    others = np.concatenate([train_rows, validation_rows])
    cuts = thresholds(source.pspi[others], predict_source(model, source, others).pspi)
    predictions = predict_source(model, source, tested)
    return Fold(fold, tested, predictions, cuts, scores(source.pspi[tested], predictions.pspi, cuts))


def inner_split(subjects: np.ndarray, rows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Split training rows by person into those that fit and those that choose the epoch: every fifth person.

    With fewer than three people nobody is set apart, and the second part is empty.
    """
    people, index = np.unique(subjects[rows], return_inverse=True)
    chosen = np.arange(len(people)) % 5 == 2
    return rows[~chosen[index]], rows[chosen[index]]
