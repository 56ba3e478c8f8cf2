"""DINOv3 backbones: a compact untrained one, or pretrained from a local folder or the Hugging Face hub.

Transformers is imported where it is used, so that importing this module is fast.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from painctl.files.hub import HubModel, read_config

if TYPE_CHECKING:
    from transformers import DINOv3ViTConfig, DINOv3ViTModel

HUB: Final = {
    "S": "facebook/dinov3-vits16-pretrain-lvd1689m",
    "B": "facebook/dinov3-vitb16-pretrain-lvd1689m",
    "L": "facebook/dinov3-vitl16-pretrain-lvd1689m",
}

_FILES = ("config.json", "model.safetensors", "preprocessor_config.json")
# no jitter of rotary coordinates, which DINOv3 applies in training mode even to frozen weights
_NO_JITTER: dict[str, Any] = {"pos_embed_rescale": None, "pos_embed_shift": None, "pos_embed_jitter": None}


@dataclass(frozen=True)
class Preprocess:
    """Preprocessing: the central square of a picture, scaled to `size` pixels, then (rgb / 255 - mean) / std."""

    size: int = 224
    mean: tuple[float, ...] = (0.485, 0.456, 0.406)  # ImageNet's
    std: tuple[float, ...] = (0.229, 0.224, 0.225)
    crop: float = 1.0  # side of the central square over the picture's shorter side


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
        **_NO_JITTER,
    )
    return config, Preprocess(size=48, crop=0.5)


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


def load_pretrained(name: str, allow_download: bool = False) -> tuple[DINOv3ViTModel, Preprocess]:
    """A pretrained backbone and its preprocessing, from a local folder, a hub id, or S, B, L.

    The hub is contacted only with `allow_download`; without it, an earlier download is used. Raises FileNotFoundError
    for a missing or gated model, ValueError for a folder that is not a DINOv3 ViT.
    """
    from transformers import DINOv3ViTModel
    from transformers.utils import logging

    logging.disable_progress_bar()  # it would also be written into pipes
    folder = find_backbone(name, allow_download)
    model = DINOv3ViTModel.from_pretrained(
        folder, local_files_only=True, use_safetensors=True, dtype="float32", **_NO_JITTER
    )
    return model, _preprocess(folder, model.config)


def find_backbone(name: str, allow_download: bool = False) -> Path:
    """The folder of a pretrained backbone. Parameters and errors are those of `load_pretrained`."""
    folder = Path(name) if Path(name).is_dir() else _on_hub(HUB.get(name, name)).snapshot(allow_download)
    for file in _FILES[:2]:
        if not (folder / file).is_file():
            raise FileNotFoundError(f"{folder}: no {file}; a backbone folder has {' and '.join(_FILES[:2])}")
    model_type = read_config(folder / "config.json").get("model_type")
    if model_type != "dinov3_vit":
        raise ValueError(f"{folder}: config.json has model_type {model_type!r}, not 'dinov3_vit'; use a DINOv3 ViT")
    return folder


def _on_hub(name: str) -> HubModel:
    return HubModel(
        name,
        _FILES,
        kind="backbone",
        condition=" once its licence is accepted on the hub",
        accepted=f"; use one of those, or compact, {', '.join(HUB)}",
    )


def _preprocess(folder: Path, config: Any) -> Preprocess:
    path = folder / "preprocessor_config.json"
    preprocessor = read_config(path) if path.is_file() else {}
    size = preprocessor.get("size", {})
    return Preprocess(
        size=int(size.get("height") or size.get("shortest_edge") or config.image_size),
        mean=tuple(preprocessor.get("image_mean", Preprocess.mean)),
        std=tuple(preprocessor.get("image_std", Preprocess.std)),
    )
