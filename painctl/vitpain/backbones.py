"""The backbones without pretraining, and the preprocessing of pictures for any backbone.

Transformers and OpenCV are imported where they are used, so that importing this module is fast.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import product
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from transformers import DINOv3ViTConfig

COMPACT, HYBRID = UNTRAINED = ("compact", "hybrid")  # backbones without pretraining

# no jitter of rotary coordinates, which DINOv3 applies in training mode even to frozen weights
NO_JITTER: dict[str, Any] = {"pos_embed_rescale": None, "pos_embed_shift": None, "pos_embed_jitter": None}


@dataclass(frozen=True)
class Preprocess:
    """Preprocessing: the central square of a picture, scaled to `size` pixels, then (rgb / 255 - mean) / std."""

    size: int = 224
    mean: tuple[float, ...] = (0.485, 0.456, 0.406)  # ImageNet's
    std: tuple[float, ...] = (0.229, 0.224, 0.225)
    crop: float = 1.0  # side of the central square over the picture's shorter side
    down: float = 0.0  # how far the square is moved down, over the picture's shorter side
    straighten: bool = False  # first, the face is framed by its landmarks
    standardise: bool = False  # instead: grey levels, of each picture, with mean 0 and standard deviation 1

    def fit(self, image: np.ndarray) -> np.ndarray:
        """The square of a picture uint8 [H, W, 3] that a model takes, scaled: [size, size, 3]."""
        from painctl.images.resize import center_crop

        return center_crop(image, self.size, self.crop, self.down)


def compact_config() -> tuple[DINOv3ViTConfig, Preprocess]:
    """DINOv3's architecture, small enough to train from scratch in a minute on one CPU core and a few people's frames.

    It sees the middle half of the picture, which in painctl's frames spans brows to lip, in 3 x 3 patches: with little
    data, few and large patches train faster.
    """
    from transformers import DINOv3ViTConfig

    config = DINOv3ViTConfig(
        image_size=48,
        patch_size=16,
        hidden_size=32,
        intermediate_size=128,
        num_hidden_layers=3,
        num_attention_heads=2,
        num_register_tokens=4,
        initializer_range=0.1,
        **NO_JITTER,
    )
    return config, Preprocess(size=48, crop=0.5)


def hybrid_config() -> tuple[tuple[int, ...], dict[str, int], Preprocess]:
    """The channels of a hybrid's stem, its layers on the 3 x 3 features of that, and the preprocessing.

    It is trained from scratch on rendered people, in minutes to hours on a CPU. It sees 54 % of the picture, brows to
    chin, in grey levels without regard to exposure: colour and light are what differs most between cameras.
    """
    layers = {"num_hidden_layers": 1, "num_attention_heads": 4, "intermediate_size": 768}
    return (32, 64, 128, 256), layers, Preprocess(size=96, crop=0.54, down=0.12, straighten=True, standardise=True)


def whitened_cosines(size: int, count: int) -> np.ndarray:
    """Initial filters of a patch embedding, float32 [count, 3, size, size]: cosines of the lowest frequencies.

    Three quarters respond to lightness, the rest to red against blue and to green against both. Each is scaled by its
    frequency, which cancels the 1/f spectrum of natural pictures (Field, J. Opt. Soc. Am. A 4, 1987), so edges weigh
    as much as shading.
    """
    n = np.arange(size)
    cosines = np.sqrt(2 / size) * np.cos(np.pi * n[:, None] * (n + 0.5) / size)  # [frequency, pixel], DCT-II
    cosines[0] /= np.sqrt(2)
    lowest = sorted(product(range(size), repeat=2), key=lambda pair: math.hypot(*pair))
    chroma = count // 8
    opponents = np.array([[1, 1, 1], [1, 0, -1], [0.5, -1, 0.5]])
    opponents = opponents / np.linalg.norm(opponents, axis=1, keepdims=True)
    filters = [
        2 / size * max(0.5, math.hypot(i, j)) * np.multiply.outer(colour, np.outer(cosines[i], cosines[j]))
        for colour, number in zip(opponents, (count - 2 * chroma, chroma, chroma), strict=True)
        for i, j in lowest[:number]
    ]
    return np.array(filters, np.float32)
