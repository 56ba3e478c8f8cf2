"""A convolutional stem under a transformer encoder, small enough to be trained from scratch on a CPU.

It is made of torch alone: importing transformers would take longer than an estimate.
"""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor, nn

from painctl.aligner.stem import Stem


class Hybrid(nn.Module):
    """Standardised grey pictures [B, 1, S, S] -> tokens [B, P, D], by rows of the map of the stem's D features."""

    def __init__(self, channels: Sequence[int], size: int, layers: int, heads: int, hidden: int) -> None:
        """`channels` of the stem's stages, for pictures of `size` pixels; `hidden` is the width of the MLPs."""
        super().__init__()
        width = channels[-1]
        self.stem = Stem(channels)
        self.positions = nn.Parameter(torch.empty(Stem.side(size, len(channels)) ** 2, width).normal_(std=0.02))
        layer = nn.TransformerEncoderLayer(
            width, heads, hidden, dropout=0.0, activation="gelu", batch_first=True, norm_first=True
        )
        self.encoder = nn.TransformerEncoder(layer, layers, nn.LayerNorm(width), enable_nested_tensor=False)

    def forward(self, pixels: Tensor) -> Tensor:
        features = self.stem(pixels).flatten(2).transpose(1, 2)
        tokens: Tensor = self.encoder(features + self.positions)
        return tokens
