"""A convolutional stem: turns a picture into a coarse map of features, which a transformer takes as its patches.

Convolutions are what a small transformer lacks when it learns from few pictures (Xiao et al., "Early convolutions help
transformers see better", NeurIPS 2021).
"""

from __future__ import annotations

from collections.abc import Sequence

from torch import Tensor, nn

_GROUPS = 8  # of channels, normalised together


class Stem(nn.Sequential):
    """Grey pictures [B, 1, S, S] -> features [B, C, S / 2^(L + 1), ...], for L stages with C channels in the last."""

    def __init__(self, channels: Sequence[int]) -> None:
        stages: list[nn.Module] = []
        width = 1
        for wider in channels:
            reduction = _convolution(width, wider, 3, 2) if stages else _convolution(width, wider, 7, 4)
            stages += [reduction, nn.GELU(), _Residual(wider)]
            width = wider
        super().__init__(*stages)


class _Residual(nn.Module):
    """x + a normalised 3 x 3 convolution of x, then GELU."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.convolution, self.activation = _convolution(channels, channels, 3, 1), nn.GELU()

    def forward(self, features: Tensor) -> Tensor:
        activated: Tensor = self.activation(features + self.convolution(features))
        return activated


def _convolution(inputs: int, outputs: int, size: int, stride: int) -> nn.Sequential:
    convolution = nn.Conv2d(inputs, outputs, size, stride, padding=size // 2, bias=False)
    return nn.Sequential(convolution, nn.GroupNorm(_GROUPS, outputs))
