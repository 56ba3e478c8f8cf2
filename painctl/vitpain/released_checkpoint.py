"""Reads checkpoints of the released ViTPain, without running any code in them."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterable, Mapping
from pathlib import Path
from pickle import UnpicklingError
from typing import Any

import torch
from torch import Tensor

from painctl.files.reading import open_regular
from painctl.runs.weights import check_shapes, check_weights, one_line, read_safetensors, shapes_alone
from painctl.vitpain.released import HEAD_WIDTH, Released, ReleasedArchitecture

_DEFAULT_ALPHA = 16  # of LoRA, in the release
_METRICS = re.compile("(train|val|test|last_epoch_test|test_unbc)_")  # name prefixes of metrics, which are skipped
_MOST_REPEATED = 2  # both encoders may share their weights
_SMALL = 16_000_000  # bytes
_PAIN = "vit_model.base_model.model"


def load_released(path: Path) -> Released:
    """The model in a released checkpoint: a Lightning .ckpt or .pt, or its state_dict alone, also as .safetensors.

    The file is read as tensors and plain values, and no code in it is run. Apart from the weights, only `lora_alpha` in
    Lightning's hyper_parameters is used, by default the release's 16. Raises FileNotFoundError, or ValueError that
    names the file and what is wrong with it.
    """
    tensors, alpha = _read(path)
    tensors = {name: tensor for name, tensor in tensors.items() if not _METRICS.match(name)}
    with shapes_alone():  # the file's tensors become the weights
        model = Released(_infer_architecture(path, tensors, alpha))
    check_shapes(path, {name: tensor.shape for name, tensor in tensors.items()}, model, "the released model")
    _check_size(path, tensors)
    check_weights(path, tensors, model, "the released model")
    for name, tensor in tensors.items():
        # copied, because tensors in the file may share memory; one at a time, so fewer exist twice
        tensors[name] = tensor.to(torch.float32, copy=True, memory_format=torch.contiguous_format)
    model.load_state_dict(tensors, assign=True)
    return model.eval()


def _check_size(path: Path, tensors: Mapping[str, Tensor]) -> None:
    """Raise ValueError if the tensors claim far more numbers than the file holds: views may repeat one number."""
    claimed = sum(tensor.numel() * tensor.element_size() for tensor in tensors.values())
    if claimed > _MOST_REPEATED * path.stat().st_size + _SMALL:
        raise ValueError(
            f"{path}: its weights repeat a few numbers over {claimed / 1e6:,.0f} MB; save the state_dict again, with "
            "contiguous tensors"
        )


def _read(path: Path) -> tuple[dict[str, Tensor], int]:
    """The state_dict in a file, and LoRA's alpha."""
    try:
        open_regular(path).close()  # torch opens it by name
    except FileNotFoundError:
        raise FileNotFoundError(f"{path}: no such checkpoint") from None
    if path.suffix == ".safetensors":
        return read_safetensors(path), _DEFAULT_ALPHA
    content = _unpickle(path)
    state = content.get("state_dict", content) if isinstance(content, dict) else None
    if not isinstance(state, dict) or not state or not all(isinstance(value, Tensor) for value in state.values()):
        raise ValueError(f"{path}: no state_dict of tensors in it")
    parameters = content.get("hyper_parameters")
    alpha = parameters.get("lora_alpha", _DEFAULT_ALPHA) if isinstance(parameters, Mapping) else _DEFAULT_ALPHA
    if type(alpha) is not int or alpha < 1:
        value = one_line(repr(alpha))
        raise ValueError(f"{path}: lora_alpha is {value} in its hyper_parameters, expected a whole number above 0")
    return {str(name): tensor for name, tensor in state.items()}, alpha


def _unpickle(path: Path) -> Any:
    """The content of a file written by torch.save. Raises ValueError if reading it would run code."""
    if not zipfile.is_zipfile(path):
        raise ValueError(f"{path}: cut short, or not written by torch.save; copy the file again")
    try:
        with zipfile.ZipFile(path) as records:
            if any(record.compress_type != zipfile.ZIP_STORED for record in records.infolist()):
                raise ValueError("compressed, which torch.save does not do")  # and may be of any size when unpacked
            damaged = records.testzip()  # torch ignores checksums
        code = [] if damaged else torch.serialization.get_unsafe_globals_in_checkpoint(path)
        content = None if damaged or code else torch.load(path, map_location="cpu", weights_only=True)
    except UnpicklingError:
        code = ["pickle instructions that torch considers unsafe"]
    except Exception as error:  # a damaged or hostile file can fail in any way
        raise ValueError(f"{path}: damaged, or not written by torch.save ({one_line(error)})") from None
    if damaged:
        raise ValueError(f"{path}: damaged: {one_line(damaged)} does not match its checksum; copy the file again")
    if code:
        raise ValueError(
            f"{path}: contains {one_line(', '.join(sorted(code)))}, not only tensors and plain values; nothing in it "
            "was run. If you trust the file, save its state_dict alone as .safetensors where it was made"
        )
    return content


def _infer_architecture(path: Path, tensors: Mapping[str, Tensor], alpha: int) -> ReleasedArchitecture:
    """The architecture, from the names and shapes in a checkpoint."""
    names = ("blocks.0.attn.qkv.lora_A.default.weight", "patch_embed.proj.base_layer.weight", "reg_token")
    shapes = [tuple(tensors[key].shape) if (key := f"{_PAIN}.{name}") in tensors else () for name in names]
    if [len(shape) for shape in shapes] != [2, 4, 3] or 0 in sum(shapes, ()):
        raise ValueError(f"{path}: not a checkpoint of the released ViTPain (no LoRA on the qkv of its vit_model)")
    (rank, width), (_, _, _, patch), (_, registers, _) = shapes
    if width % HEAD_WIDTH:
        raise ValueError(f"{path}: its width of {width} is not that of a DINOv3 S, B or L")
    return ReleasedArchitecture(
        width=width,
        depth=len(_numbers(rf"{_PAIN}\.blocks\.", tensors)),
        registers=registers,
        reference=any(name.startswith("neutral_encoder.") for name in tensors),
        binary=tuple(sorted(_numbers(r"pspi_binary_heads\.", tensors))),
        rank=rank,
        alpha=alpha,
        patch=patch,
    )


def _numbers(prefix: str, names: Iterable[str]) -> set[int]:
    """The numbers that follow a prefix in names."""
    return {int(match[1]) for name in names if (match := re.match(prefix + r"(\d{1,3})\.", name))}
