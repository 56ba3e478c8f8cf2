"""Where a DINOv3 backbone comes from: embedded and untrained, a local folder, or the Hugging Face hub.

Transformers is imported where it is used, so that names and preprocessing can be asked for at once.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from transformers import DINOv3ViTConfig, DINOv3ViTModel

HUB: Final = {
    "S": "facebook/dinov3-vits16-pretrain-lvd1689m",
    "B": "facebook/dinov3-vitb16-pretrain-lvd1689m",
    "L": "facebook/dinov3-vitl16-pretrain-lvd1689m",
}

_FILES = ("config.json", "model.safetensors", "preprocessor_config.json")
# the rotary coordinates are jittered in training mode even when the weights are frozen: off
_STILL: dict[str, Any] = {"pos_embed_rescale": None, "pos_embed_shift": None, "pos_embed_jitter": None}


@dataclass(frozen=True)
class Preprocess:
    """How a picture becomes an input: its central square scaled to `size` pixels, then (rgb / 255 - mean) / std."""

    size: int = 224
    mean: tuple[float, ...] = (0.485, 0.456, 0.406)  # ImageNet's
    std: tuple[float, ...] = (0.229, 0.224, 0.225)
    crop: float = 1.0  # side of the central square over the picture's shorter side


def compact() -> tuple[DINOv3ViTConfig, Preprocess]:
    """DINOv3's architecture at a size that two CPU cores train from nothing in a minute or two."""
    from transformers import DINOv3ViTConfig

    config = DINOv3ViTConfig(
        image_size=128,
        patch_size=16,
        hidden_size=128,
        intermediate_size=512,
        num_hidden_layers=4,
        num_attention_heads=4,
        num_register_tokens=4,
        **_STILL,
    )
    return config, Preprocess(size=128)


def pretrained(name: str, allow_download: bool = False) -> tuple[DINOv3ViTModel, Preprocess]:
    """A pretrained backbone and its own preprocessing, from a local folder, a hub id, or S, B, L.

    The hub is asked only with `allow_download`; without it, what was downloaded before is used. Raises
    FileNotFoundError for a model that is not here or is gated, ValueError for a folder that is not a DINOv3 ViT.
    """
    from transformers import DINOv3ViTModel
    from transformers.utils import logging

    logging.disable_progress_bar()  # it would write into pipes too
    folder = Path(name) if Path(name).is_dir() else _from_hub(HUB.get(name, name), allow_download)
    for file in _FILES[:2]:
        if not (folder / file).is_file():
            raise FileNotFoundError(f"{folder}: no {file}; a backbone folder holds {' and '.join(_FILES[:2])}")
    kind = _json(folder / "config.json").get("model_type")
    if kind != "dinov3_vit":
        raise ValueError(f"{folder}: its config.json says model_type {kind!r}, not 'dinov3_vit'; name a DINOv3 ViT")
    model = DINOv3ViTModel.from_pretrained(
        folder, local_files_only=True, use_safetensors=True, dtype="float32", **_STILL
    )
    return model, _preprocess(folder, model.config)


def _from_hub(repository: str, allow_download: bool) -> Path:
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import GatedRepoError, HFValidationError

    try:
        return Path(snapshot_download(repository, local_files_only=not allow_download, allow_patterns=list(_FILES)))
    except HFValidationError:
        raise FileNotFoundError(
            f"backbone {repository!r}: not a folder and not a hub id; use compact, {', '.join(HUB)}, or either"
        ) from None
    except GatedRepoError:
        raise FileNotFoundError(
            f"backbone {repository}: gated; accept its licence at https://huggingface.co/{repository}, "
            "then run `hf auth login`"
        ) from None
    except OSError as error:
        tried = f"the hub answered: {error}" if allow_download else "not downloaded yet; allow the download"
        reason = " ".join(tried.split())[:160]
        raise FileNotFoundError(f"backbone {repository}: {reason}, or give the path of a local folder") from None


def _preprocess(folder: Path, config: Any) -> Preprocess:
    path = folder / "preprocessor_config.json"
    own = _json(path) if path.is_file() else {}
    size = own.get("size", {})
    return Preprocess(
        size=int(size.get("height") or size.get("shortest_edge") or config.image_size),
        mean=tuple(own.get("image_mean", Preprocess.mean)),
        std=tuple(own.get("image_std", Preprocess.std)),
    )


def _json(path: Path) -> dict[str, Any]:
    try:
        return json.loads(path.read_text())
    except ValueError:
        raise ValueError(f"{path}: not JSON; copy the backbone again") from None
