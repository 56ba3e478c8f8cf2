"""Pretrained DINOv3 backbones from a local folder or the Hugging Face hub, checked before they are loaded.

Torch and transformers are imported where they are used, so that importing this module is fast.
"""

from __future__ import annotations

import math
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from painctl.files.aliases import utf8_path
from painctl.files.fields import check_fields
from painctl.files.hub import HubModel, read_config
from painctl.files.reading import open_regular
from painctl.files.seals import check_sums
from painctl.vitpain.architecture_fields import PREPROCESSOR, PREPROCESSOR_SIZE, backbone_fields, of_backbone
from painctl.vitpain.backbones import NO_JITTER, Preprocess

if TYPE_CHECKING:
    from transformers import DINOv3ViTConfig, DINOv3ViTModel

HUB: Final = {
    "S": "facebook/dinov3-vits16-pretrain-lvd1689m",
    "B": "facebook/dinov3-vitb16-pretrain-lvd1689m",
    "L": "facebook/dinov3-vitl16-pretrain-lvd1689m",
}

_CONFIG, _WEIGHTS, _PREPROCESSOR = _FILES = ("config.json", "model.safetensors", "preprocessor_config.json")
_ADAPTER = "adapter_config.json"


def load_pretrained(name: str, allow_download: bool = False) -> tuple[DINOv3ViTModel, Preprocess]:
    """A pretrained backbone and its preprocessing, from a local folder, a hub id, or S, B, L.

    The hub is contacted only with `allow_download`; without it, an earlier download is used. Raises FileNotFoundError
    for a missing or gated model, another OSError for a file that cannot be read, and ValueError, which names the file
    and the field, for a folder that is not a DINOv3 ViT.
    """
    from transformers import DINOv3ViTModel
    from transformers.utils import logging

    from painctl.runs.weights import check_weights, one_line

    logging.disable_progress_bar()  # it would also be written into pipes
    logging.set_verbosity_error()
    folder = find_backbone(name, allow_download)
    path, config = folder / _WEIGHTS, _config(folder)
    _check_size(path, config)
    try:
        with utf8_path(folder) as plain:
            loaded: Any = DINOv3ViTModel.from_pretrained(
                plain,
                config=config,
                local_files_only=True,
                use_safetensors=True,
                dtype="float32",
                output_loading_info=True,
            )
    except (OSError, RuntimeError, ValueError) as error:
        raise ValueError(
            f"{path}: not the weights of its {_CONFIG} ({one_line(error)}); copy the folder again"
        ) from None
    model, report = loaded
    if missing := sorted(report["missing_keys"]):  # transformers would draw them at random
        raise ValueError(f"{path}: {one_line(missing[0])} is missing ({len(missing)} such weights)")
    check_weights(path, model.state_dict(), model, f"the model of {_CONFIG}")
    return model, _preprocess(folder, model.config)


def find_backbone(name: str, allow_download: bool = False) -> Path:
    """The folder of a pretrained backbone. Parameters and errors are those of `load_pretrained`."""
    if not Path(name).is_dir() and name not in HUB and "/" not in name:
        choices = f"compact, {', '.join(HUB)}"
        raise FileNotFoundError(f"backbone {name!r}: neither a folder nor a hub id; use one of those, or {choices}")
    folder = Path(name) if Path(name).is_dir() else _on_hub(HUB.get(name, name)).snapshot(allow_download)
    check_sums(folder)
    for file in (_CONFIG, _WEIGHTS):
        try:
            open_regular(folder / file).close()
        except FileNotFoundError:
            raise FileNotFoundError(f"{folder}: no {file}; a backbone folder has {_CONFIG} and {_WEIGHTS}") from None
    if (folder / _ADAPTER).exists():  # transformers would load the backbone that it names
        raise ValueError(f"{folder / _ADAPTER}: an adapter of another backbone; move it out of the folder")
    model_type = read_config(folder / _CONFIG).get("model_type")
    if model_type != "dinov3_vit":
        raise ValueError(f"{folder}: {_CONFIG} has model_type {model_type!r:.60}, not 'dinov3_vit'; use a DINOv3 ViT")
    return folder


def _config(folder: Path) -> DINOv3ViTConfig:
    """The configuration in a folder, without the jitter of positions."""
    from transformers import DINOv3ViTConfig

    from painctl.runs.weights import stored_shapes

    path = folder / _CONFIG
    values = read_config(path)
    layers = len(stored_shapes(folder / _WEIGHTS))  # a layer has at least one array
    check_fields(values, backbone_fields(layers), str(path), others=True)
    return DINOv3ViTConfig(**{**of_backbone(values), **NO_JITTER})


def _check_size(path: Path, config: DINOv3ViTConfig) -> None:
    """Raise ValueError if a configuration describes a larger model than its weights, or none that takes pictures."""
    import torch
    from transformers import DINOv3ViTModel

    from painctl.runs.weights import one_line, stored_shapes

    patch: Any = config.patch_size
    stored = sum(math.prod(shape) for shape in stored_shapes(path).values())
    try:
        with torch.device("meta"):
            model = DINOv3ViTModel(config)
            claimed = sum(tensor.numel() for tensor in model.state_dict().values())
            model(torch.zeros(1, 3, 2 * patch, 2 * patch))
    except Exception as error:  # fields that are valid one by one may contradict each other in any way
        raise ValueError(
            f"{path.with_name(_CONFIG)}: not a valid DINOv3 configuration ({one_line(error)}); copy the folder again"
        ) from None
    if claimed > stored:
        raise ValueError(
            f"{path.with_name(_CONFIG)}: describes a model of {claimed:,} weights, but {path.name} has {stored:,}; "
            "copy the folder again"
        )


def _on_hub(name: str) -> HubModel:
    return HubModel(
        name,
        _FILES,
        kind="backbone",
        condition=" once its licence is accepted on the hub",
        accepted=f"; use one of those, or compact, {', '.join(HUB)}",
    )


def _preprocess(folder: Path, config: Any) -> Preprocess:
    path = folder / _PREPROCESSOR
    preprocessor = read_config(path) if path.is_file() else {}
    check_fields(preprocessor, PREPROCESSOR, str(path), others=True)
    size = preprocessor.get("size", {})
    check_fields(size, PREPROCESSOR_SIZE, f"{path}: size", others=True)
    return Preprocess(
        size=size.get("height") or size.get("shortest_edge") or config.image_size,
        mean=tuple(preprocessor.get("image_mean", Preprocess.mean)),
        std=tuple(preprocessor.get("image_std", Preprocess.std)),
    )
