"""Checks a file's weights against the model that they are loaded into."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file
from torch import Tensor, nn

from painctl.files.aliases import utf8_path


def read_safetensors(path: Path) -> dict[str, Tensor]:
    """The tensors in a file. Raises ValueError, which names the file, if it is damaged."""
    try:
        with utf8_path(path) as plain:
            return load_file(plain)
    except SafetensorError as error:
        raise ValueError(f"{path}: damaged or not safetensors ({one_line(error)}); copy the file again") from None


def check_weights(path: Path, tensors: Mapping[str, Tensor], model: nn.Module, model_name: str) -> None:
    """Raise ValueError unless a file's weights fit a model in names, shapes and kind of dtype, and are finite.

    The message names the file, a weight, and the model by `model_name`.
    """
    expected = model.state_dict()
    if differing := sorted(expected.keys() ^ tensors.keys()):
        name = differing[0]
        problem = "is missing" if name in expected else f"is not in {model_name}"
        raise ValueError(f"{path}: {one_line(name)} {problem} ({len(differing)} such weights)")
    for name, tensor in tensors.items():
        if tensor.shape != expected[name].shape:
            shapes = f"has shape {[*tensor.shape]}; {model_name} expects {[*expected[name].shape]}"
            raise ValueError(f"{path}: {name} {shapes}")
        stored = tensor.layout is torch.strided and tensor.device.type == "cpu"
        if not stored or tensor.is_floating_point() != expected[name].is_floating_point():
            raise ValueError(f"{path}: {name} is not an array of real numbers")
        if not tensor.isfinite().all():
            raise ValueError(f"{path}: {name} has NaN or infinite values")


def one_line(text: object) -> str:
    """One short, printable line of a text from a file or a reader."""
    return "".join(letter if letter.isprintable() else "?" for letter in " ".join(str(text).split()))[:120]
