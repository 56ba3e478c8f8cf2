"""Training the face encoder: people are classified by the angles between vectors, with a margin."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import numpy as np
import torch
from sklearn.metrics import roc_auc_score
from torch import Tensor, nn
from torch.nn import functional

from painctl.aligner.network import grey_levels
from painctl.likeness.network import Architecture, FaceEncoder
from painctl.likeness.samples import UNCHANGED, Samples
from painctl.runs.fit import FitSettings, fit
from painctl.runs.resume import Checkpointer
from painctl.runs.seeding import seeded

_SCALE: Final = 24.0  # of cosines, as logits
_MARGIN: Final = 0.3  # by which a face must be more similar to its own person than to any other
_RISING: Final = 0.3  # share of the epochs in which the margin grows from 0


class Classifier(nn.Module):
    """An encoder, and a vector for each person to compare its vectors with; the latter serve in training alone."""

    def __init__(self, encoder: FaceEncoder, people: int) -> None:
        super().__init__()
        self.encoder = encoder
        self.people = nn.Parameter(0.05 * torch.randn(people, encoder.architecture.dimensions))

    def forward(self, windows: Tensor) -> Tensor:
        """Cosines of windows, uint8 [B, S, S, 3], with people: [B, K]."""
        vectors: Tensor = self.encoder(grey_levels(windows))
        return vectors @ functional.normalize(self.people, dim=1).T


def initial_classifier(people: int, seed: int, architecture: Architecture | None = None) -> Classifier:
    """A classifier of `people` before training."""
    with seeded(seed, "likeness"):
        return Classifier(FaceEncoder(architecture or Architecture()), people)


def train(
    classifier: Classifier,
    samples: Samples,
    validation: Samples | None,
    settings: FitSettings,
    checkpointer: Checkpointer | None = None,
    log: Callable[[dict[str, Any]], None] = lambda row: None,
) -> FaceEncoder:
    """Train a classifier in place and return its encoder in evaluation mode.

    The loss is the large margin cosine loss (CosFace; Wang et al., CVPR 2018). A row of the log has epoch and loss;
    with `validation`, whose people are others, also what `measure` says. Otherwise as `runs.fit.fit`.
    """
    person = samples.source.people

    def loss(rows: np.ndarray, epoch: int) -> Tensor:
        windows = torch.from_numpy(np.stack([samples.window(int(row), epoch) for row in rows]))
        own = torch.from_numpy(person[rows])
        margin = _MARGIN * min(1.0, epoch / max(1.0, _RISING * settings.epochs))
        cosines: Tensor = classifier(windows)
        return functional.cross_entropy(_SCALE * (cosines - margin * functional.one_hot(own, cosines.shape[1])), own)

    def agreement() -> dict[str, float]:
        return {} if validation is None else measure(classifier.encoder, validation)

    fit(classifier, len(samples.source), loss, settings, agreement, checkpointer, log)
    return classifier.encoder


def measure(encoder: FaceEncoder, samples: Samples) -> dict[str, float]:
    """How well similarity separates pairs of unchanged pictures of one person from pairs of two people.

    `auroc`: that of the similarity; `limit`: the similarity below which 1 % of the pairs of one person are, and
    `caught`: the share of the pairs of two people below it. Empty without pairs of both kinds.
    """
    vectors = vectors_of(encoder, samples)
    first, second = np.triu_indices(len(vectors), 1)
    similarity = (vectors @ vectors.T)[first, second]
    same = samples.source.people[first] == samples.source.people[second]
    if same.all() or not same.any():
        return {}
    limit = np.quantile(similarity[same], 0.01)
    return {
        "auroc": float(roc_auc_score(same, similarity)),
        "caught": float((similarity[~same] < limit).mean()),
        "limit": float(limit),
    }


def vectors_of(encoder: FaceEncoder, samples: Samples, batch_size: int = 64) -> np.ndarray:
    """The vectors of N unchanged pictures: float32 [N, D]."""
    rows, vectors = range(len(samples.source)), []
    with torch.inference_mode():
        for start in range(0, len(rows), batch_size):
            windows = [samples.window(row, UNCHANGED) for row in rows[start : start + batch_size]]
            vectors.append(encoder(grey_levels(torch.from_numpy(np.stack(windows)))))
    return torch.cat(vectors).numpy()
