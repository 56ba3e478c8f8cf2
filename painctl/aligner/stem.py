"""A convolutional stem: turns a picture into a coarse map of features, which a transformer takes as its patches.

Convolutions are what a small transformer lacks when it learns from few pictures (Xiao et al., "Early convolutions help
transformers see better", NeurIPS 2021).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor, nn


class Stem(nn.Sequential):
    """Grey pictures [B, 1, S, S] -> features [B, C, S / 2^(L + 1), ...], for L stages with C channels in the last.

    In training, features are normalised over the pictures of a call (batch normalisation), of which there must be two
    or more; each process of a parallel training uses its own part of the batch.
    """

    def __init__(self, channels: Sequence[int]) -> None:
        stages: list[nn.Module] = []
        width = 1
        for wider in channels:
            size, stride = (3, 2) if stages else (7, 4)
            stages += [_convolution(width, wider, size, stride), nn.ReLU(), _Residual(wider)]
            width = wider
        super().__init__(*stages)

    @staticmethod
    def side(size: int, stages: int) -> int:
        """The side of the map of features of pictures of `size` pixels."""
        return math.ceil(size / 2 ** (stages + 1))


def standardised(grey: Tensor) -> Tensor:
    """Grey levels of 0..255 [B, 1, S, S], of each picture with mean 0 and standard deviation 1; of a blank one, 0."""
    deviation, mean = torch.std_mean(grey, dim=(2, 3), keepdim=True, correction=0)
    return (grey - mean) / (deviation + 1)


class _Residual(nn.Module):
    """ReLU of x plus a normalised 3 x 3 convolution of x."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.convolution, self.activation = _convolution(channels, channels, 3, 1), nn.ReLU()

    def forward(self, features: Tensor) -> Tensor:
        activated: Tensor = self.activation(features + self.convolution(features))
        return activated


class _Normalisation(nn.BatchNorm2d):
    """Batch normalisation without torch's count of batches, an integer that nothing here reads."""

    def __init__(self, channels: int) -> None:
        super().__init__(channels)
        self.num_batches_tracked = None

    def _load_from_state_dict(self, state_dict: Any, prefix: str, local_metadata: Any, *rest: Any) -> None:
        # state without a version, as from a safetensors file, is else completed by such a count
        super()._load_from_state_dict(state_dict, prefix, {**local_metadata, "version": self._version}, *rest)


def _convolution(inputs: int, outputs: int, size: int, stride: int) -> nn.Sequential:
    convolution = nn.Conv2d(inputs, outputs, size, stride, padding=size // 2, bias=False)
    return nn.Sequential(convolution, _Normalisation(outputs))
