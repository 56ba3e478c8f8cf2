"""PwCT, a baseline: how much more pain one face shows than another of the same person (arXiv 2101.03251).

From the published demo, on grey 160 x 160 pictures: a shared first layer, the difference of its two feature maps, two
more convolutional and two dense layers; references are neutral, and estimates are averaged over them. From the paper's
abstract: pairwise comparison calibrates to each person, and contrastive training transfers to other datasets. Only the
abstract was available to us, so the rest of the training is our own: a pair is any two frames of a person, or a
frame and a neutral one, and its target the difference of their PSPI; a contrastive loss pulls together the features of
pairs with equal differences and pushes the others apart, across people (Hadsell, Chopra and LeCun, CVPR 2006). The
published model has one output per dataset; this one has a single output, without action units or the probability of
pain. It is a reimplementation from the papers.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import torch
from torch import Tensor, nn

from painctl.aligner.aligner import Landmarks
from painctl.runs.seeding import seeded
from painctl.vitpain.alignment import SIZE, AlignedSource, align
from painctl.vitpain.backbones import Preprocess
from painctl.vitpain.interface import Outputs, PainModel
from painctl.vitpain.sources import PairSource

MARGIN = 1.0  # between unit features of pairs with different PSPI differences
_FLAT = 128 * 6 * 6  # values of a 160 x 160 picture after the last layer


@dataclass(frozen=True)
class PwctArchitecture:
    """The configuration of a PwCT. Field names are keys of config.json."""

    features: int = 200
    dropout: float = 0.0
    preprocess: Preprocess = field(default_factory=lambda: Preprocess(SIZE))


class PwCT(PainModel):
    """Two pictures of a person -> the difference of their PSPI, which with a neutral reference is PSPI itself."""

    uses_reference, any_reference, levels, has_action_units = True, True, (), False

    def __init__(self, architecture: PwctArchitecture) -> None:
        super().__init__()
        self.architecture = architecture
        self.first = nn.Sequential(nn.Conv2d(1, 64, 5, stride=2), nn.BatchNorm2d(64), nn.ReLU())
        self.rest = nn.Sequential(
            nn.MaxPool2d(2), nn.Dropout2d(architecture.dropout), *_layer(64, 128), *_layer(128, 128)
        )
        self.features = nn.Sequential(nn.Flatten(), nn.Linear(_FLAT, architecture.features), nn.ReLU())
        self.difference = nn.Linear(architecture.features, 1)

    def forward(self, pain: Tensor, neutral: Tensor) -> Outputs:
        """Pictures: aligned, uint8 [B, 160, 160, 3]; their channels, equal but for augmentation, are averaged."""
        first, second = (self.first(picture.float().mean(dim=-1)[:, None] / 255) for picture in (pain, neutral))
        features = self.features(self.rest(first - second))
        return Outputs(self.difference(features).squeeze(1) / 16, None, None, features)

    @property
    def uses_landmarks(self) -> bool:
        return True

    def prepared(self, image: np.ndarray, landmarks: Landmarks) -> np.ndarray:
        return align(image, landmarks.points)

    def prepare(self, source: PairSource) -> PairSource:
        """The source with its faces aligned."""
        return AlignedSource(source)


def _layer(inner: int, outer: int) -> tuple[nn.Module, ...]:
    return nn.Conv2d(inner, outer, 5), nn.BatchNorm2d(outer), nn.ReLU(), nn.MaxPool2d(2)


def contrastive(features: Tensor, pspi: Tensor) -> Tensor:
    """Contrastive loss of B pairs with features [B, F] and PSPI differences [B]: a scalar, 0 for fewer than two pairs.

    The mean over pairs of pairs of d^2 if their PSPI differences are equal, else max(0, m - d)^2, with d the distance
    between features scaled to length 1 and m = `MARGIN`.
    """
    unit = nn.functional.normalize(features.float(), dim=1)
    squared = (2 - 2 * unit @ unit.T).clamp(min=0)
    distance = (squared + 1e-12).sqrt()  # keeps the gradient at 0 finite
    same = (pspi[:, None] - pspi[None]).abs() < 0.5
    terms = torch.where(same, squared, (MARGIN - distance).clamp(min=0) ** 2)
    distinct = ~torch.eye(len(features), dtype=torch.bool, device=features.device)
    return terms[distinct].mean() if len(features) > 1 else terms.sum() * 0


def build_pwct(seed: int) -> PwCT:
    """An untrained PwCT."""
    with seeded(seed, "weights"):
        return PwCT(PwctArchitecture())
