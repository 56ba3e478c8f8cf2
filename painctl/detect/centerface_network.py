"""The network of CenterFace in torch, with the weights that come with painctl.

Xu, Yan, Yang and Luo, "CenterFace: joint face detection and alignment using face as point", 2019 (arXiv 1911.03599):
the features of MobileNetV2 (Sandler et al., CVPR 2018) at four scales, added up from the coarsest. `centerface.md` says
where the weights are from. OpenCV runs the same network three times slower, within the instruction sets that painctl
limits it to.
"""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Final

import numpy as np
import torch
from safetensors.torch import load_file
from torch import Tensor, nn

FILE: Final = Path(str(files("painctl.detect"))) / "centerface.safetensors"
# of each stage of MobileNetV2: channels, blocks, stride of the first
_STAGES: Final = ((16, 1, 1), (24, 2, 2), (32, 3, 2), (64, 4, 2), (96, 3, 1), (160, 3, 2), (320, 1, 1))
_SCALES: Final = (1, 2, 4)  # stages whose features are added, at strides of 4, 8 and 16
_WIDTH: Final = 24  # channels of the features that are added
_HEADS: Final = (1, 2, 2, 10)  # channels of the four maps


class CenterFaceNet(nn.Module):
    """Pictures [B, 3, H, W], RGB 0..255, sides multiples of 32 -> maps at a stride of 4, as `centerface.Maps`."""

    def __init__(self) -> None:
        super().__init__()
        self.first = nn.Sequential(nn.Conv2d(3, 32, 3, 2, 1), nn.ReLU())
        stages, inner = [], 32
        for width, blocks, stride in _STAGES:
            expansion = 1 if inner == 32 and width == 16 else 6
            strides = [stride] + [1] * (blocks - 1)
            widths = [inner] + [width] * (blocks - 1)
            stages.append(nn.Sequential(*(Block(n, width, s, expansion) for n, s in zip(widths, strides, strict=True))))
            inner = width
        self.stages = nn.ModuleList(stages)
        self.top = nn.Sequential(nn.Conv2d(inner, _WIDTH, 1), nn.ReLU())
        self.lateral = nn.ModuleList(
            nn.Sequential(nn.Conv2d(_STAGES[stage][0], _WIDTH, 1), nn.ReLU()) for stage in _SCALES
        )
        self.up = nn.ModuleList(nn.Sequential(nn.ConvTranspose2d(_WIDTH, _WIDTH, 2, 2), nn.ReLU()) for _ in _SCALES)
        self.last = nn.Sequential(nn.Conv2d(_WIDTH, _WIDTH, 3, padding=1), nn.ReLU())
        self.heads = nn.ModuleList(nn.Conv2d(_WIDTH, channels, 1) for channels in _HEADS)

    def forward(self, pictures: Tensor) -> tuple[Tensor, ...]:
        features, kept = self.first(pictures), []
        for stage in self.stages:
            features = stage(features)
            kept.append(features)
        features = self.top(features)
        for number, up, lateral in zip(_SCALES[::-1], self.up, reversed(self.lateral), strict=True):
            features = up(features) + lateral(kept[number])
        features = self.last(features)
        score, *others = (head(features) for head in self.heads)
        return score.sigmoid(), *others


class Block(nn.Module):
    """An inverted residual block of MobileNetV2: wider, filtered by channel, narrow again."""

    def __init__(self, inner: int, outer: int, stride: int, expansion: int) -> None:
        super().__init__()
        wide = inner * expansion
        widen = [nn.Conv2d(inner, wide, 1), nn.ReLU()] if expansion > 1 else []
        filtered = nn.Conv2d(wide, wide, 3, stride, 1, groups=wide)
        self.layers = nn.Sequential(*widen, filtered, nn.ReLU(), nn.Conv2d(wide, outer, 1))
        self.adds = inner == outer

    def forward(self, features: Tensor) -> Tensor:
        after: Tensor = self.layers(features)
        return features + after if self.adds else after


@cache
def shipped_network() -> CenterFaceNet:
    """The network with the weights that come with painctl, read once."""
    network = CenterFaceNet()
    network.load_state_dict({name: weight.float() for name, weight in load_file(FILE).items()})
    return network.eval().to(memory_format=torch.channels_last)  # type: ignore[call-overload]


def maps_of(image: np.ndarray) -> list[np.ndarray]:
    """The maps of a picture, uint8 RGB [H, W, 3] with sides that are multiples of 32."""
    pictures = torch.from_numpy(image).permute(2, 0, 1)[None].float()
    with torch.inference_mode():
        return [part.numpy() for part in shipped_network()(pictures)]
