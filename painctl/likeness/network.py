"""The network that turns a face into a vector, similar in all pictures of a person."""

from __future__ import annotations

from dataclasses import dataclass

from torch import Tensor, nn
from torch.nn import functional

from painctl.aligner.stem import Stem


@dataclass(frozen=True)
class Architecture:
    """The network's sizes. Field names are keys of the file's record."""

    size: int = 64  # of the window, pixels
    stem: tuple[int, ...] = (32, 64, 128, 192)
    dimensions: int = 128


class FaceEncoder(nn.Module):
    """Windows of faces, standardised grey levels [B, 1, S, S] -> vectors of length 1 [B, D]."""

    def __init__(self, architecture: Architecture) -> None:
        super().__init__()
        self.architecture = architecture
        channels = architecture.stem
        self.stem = Stem(channels)
        self.out = nn.Linear(channels[-1] * Stem.side(architecture.size, len(channels)) ** 2, architecture.dimensions)

    def forward(self, windows: Tensor) -> Tensor:
        return functional.normalize(self.out(self.stem(windows).flatten(1)), dim=1)
