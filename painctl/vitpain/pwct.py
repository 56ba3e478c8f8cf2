"""PwCT, the baseline: how much more pain one face shows than another of the same person (arXiv 2101.03251).

From the published demo, of grey 160 x 160 pictures: a shared first layer, the difference of its two maps, two more
layers, two dense ones; references are neutral, estimates averaged over them. From the paper's abstract: comparing in
pairs calibrates to each person, contrastive training carries over to other datasets. The rest of the training we could
not read, and it is ours: a pair is any two frames of a person, or a frame and a neutral one, the target the difference
of their PSPI; and the features of pairs are drawn together where that difference is the same and pushed apart where it
is not, whoever is seen (Hadsell, Chopra and LeCun, CVPR 2006). The published model has an output a dataset; this one
has one: neither action units nor the probability of pain. Written anew from the papers.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import torch
from torch import Tensor, nn

from painctl.runs.seeding import seeded
from painctl.vitpain.alignment import SIZE, Aligned
from painctl.vitpain.backbones import Preprocess
from painctl.vitpain.data import PairSource
from painctl.vitpain.interface import Outputs, PainModel

MARGIN = 1.0  # between unit features of pairs whose difference of PSPI is not the same
_FLAT = 128 * 6 * 6  # of a 160 x 160 picture after the last layer


@dataclass(frozen=True)
class PwctArchitecture:
    """All that is needed to build a PwCT without its weights."""

    features: int = 200
    dropout: float = 0.0
    preprocess: Preprocess = field(default_factory=lambda: Preprocess(SIZE))


class PwCT(PainModel):
    """A picture and another of the same person -> the difference of their PSPI; beside a neutral one, PSPI itself."""

    compares, any_reference, aligned, levels, tells_units = True, True, True, (), False

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
        """Pictures: aligned, uint8 [B, 160, 160, 3]; of their channels, alike but for augmentation, the mean."""
        one, other = (self.first(picture.float().mean(dim=-1)[:, None] / 255) for picture in (pain, neutral))
        features = self.features(self.rest(one - other))
        return Outputs(self.difference(features).squeeze(1) / 16, None, None, features)

    def prepared(self, source: PairSource) -> PairSource:
        """The source with its faces aligned. Raises ValueError if it has no landmarks."""
        return Aligned(source)


def _layer(inner: int, outer: int) -> tuple[nn.Module, ...]:
    return nn.Conv2d(inner, outer, 5), nn.BatchNorm2d(outer), nn.ReLU(), nn.MaxPool2d(2)


def contrastive(features: Tensor, pspi: Tensor) -> Tensor:
    """Contrastive loss of B pairs with features [B, F] and differences of PSPI [B]: a scalar, 0 for fewer than two.

    Mean over pairs of pairs of d^2 where the differences are the same, else max(0, m - d)^2; d the distance of the
    features scaled to length 1, m = `MARGIN`.
    """
    unit = nn.functional.normalize(features.float(), dim=1)
    squared = (2 - 2 * unit @ unit.T).clamp(min=0)
    distance = (squared + 1e-12).sqrt()  # whose gradient at 0 is finite
    same = (pspi[:, None] - pspi[None]).abs() < 0.5
    terms = torch.where(same, squared, (MARGIN - distance).clamp(min=0) ** 2)
    apart = ~torch.eye(len(features), dtype=torch.bool, device=features.device)
    return terms[apart].mean() if len(features) > 1 else terms.sum() * 0


def build_pwct(seed: int) -> PwCT:
    """An untrained PwCT."""
    with seeded(seed, "weights"):
        return PwCT(PwctArchitecture())
