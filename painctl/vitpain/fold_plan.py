"""What the frames of a cross-validation are used for, fold by fold."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from painctl.evidence.folds import inner_split
from painctl.vitpain.sources import PairSource, Subset


@dataclass(frozen=True, eq=False)
class Split:
    """The frames of one fold. No person is both tested and in another part."""

    fitted: Subset
    validated: Subset  # they choose the epoch; may be empty
    threshold: Subset  # they choose the thresholds on the estimate, out of the two above
    tested: Subset

    @property
    def training_pspi(self) -> np.ndarray:
        """PSPI of all frames that are not tested, [N]."""
        return np.concatenate([self.fitted.pspi, self.validated.pspi])


@dataclass(frozen=True, eq=False)
class Plan:
    """The folds of a cross-validation, and what identifies them beside the dataset."""

    dataset: str  # digest of the dataset to train on
    about: Mapping[str, Any]  # plain values
    splits: Sequence[Split]


def within(source: PairSource, dataset: str, fold_of: np.ndarray) -> Plan:
    """A plan that trains on the other folds' people and tests each frame in fold `fold_of` [N], from 0.

    The epoch is chosen on every fifth of the training people, the thresholds on all of them. `dataset` is a digest.
    """
    splits = []
    for fold in range(int(fold_of.max()) + 1):
        fit, validation = inner_split(source.subject, np.flatnonzero(fold_of != fold))
        rows = (fit, validation, np.concatenate([fit, validation]), np.flatnonzero(fold_of == fold))
        splits.append(Split(*(Subset(source, part) for part in rows)))
    return Plan(dataset, {"folds": fold_of.tolist()}, splits)


@dataclass(frozen=True, eq=False)
class Whole:
    """A whole dataset, as one side of a plan."""

    source: PairSource
    digest: str
    corpus: str  # whose people these are


def across(training: Whole, tested: Whole) -> Plan:
    """A plan of one fold, which trains on all people of one dataset and tests all people of another.

    Every fifth training person is held out, to choose the epoch and the thresholds; with fewer than three people, the
    thresholds are those of the people that the model is fitted to.
    """
    source = training.source
    fitted, validated = (Subset(source, rows) for rows in inner_split(source.subject, np.arange(len(source))))
    whole = Subset(tested.source, np.arange(len(tested.source)))
    about = {"tested": tested.digest, "corpora": {"trained": training.corpus, "tested": tested.corpus}}
    split = Split(fitted, validated, validated if len(validated) else fitted, whole)
    return Plan(training.digest, about, [split])
