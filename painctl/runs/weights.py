"""Checks a file's weights against the model that they are loaded into."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import load_file
from torch import Tensor, nn
from torch.overrides import TorchFunctionMode

from painctl.files.aliases import utf8_path
from painctl.files.reading import open_regular

_DRAWS = {Tensor.normal_, Tensor.uniform_, nn.init.normal_, nn.init.uniform_, nn.init.kaiming_uniform_}
_REAL = {torch.float16, torch.bfloat16, torch.float32, torch.float64}
# a number type that torch lacks is an AttributeError or a KeyError, and an array too large for memory a RuntimeError
_UNREADABLE = (SafetensorError, AttributeError, KeyError, RuntimeError, TypeError, ValueError)


def stored_shapes(path: Path) -> dict[str, tuple[int, ...]]:
    """The shapes of the tensors in a file, by name, from its header alone. Raises as `read_safetensors`."""
    open_regular(path).close()  # safetensors opens it by name, and reports any failure as a missing file
    try:
        with utf8_path(path) as plain, safe_open(plain, "pt") as file:
            return {name: tuple(file.get_slice(name).get_shape()) for name in file.keys()}  # noqa: SIM118 (not a dict)
    except _UNREADABLE as error:
        raise _damaged(path, error) from None


def read_safetensors(path: Path) -> dict[str, Tensor]:
    """The tensors in a file. Raises ValueError, which names the file, if it is damaged, OSError if it is not readable.

    The sizes that a header claims are compared with the file before memory is used.
    """
    open_regular(path).close()
    try:
        with utf8_path(path) as plain:
            return load_file(plain)
    except _UNREADABLE as error:
        raise _damaged(path, error) from None


@contextmanager
def shapes_alone() -> Iterator[None]:
    """Inside the block, models are built without memory for their weights: a configuration may claim any size."""
    with torch.device("meta"), _WithoutDraws():
        yield


class _WithoutDraws(TorchFunctionMode):
    """Leaves out random initial values, for which the meta device would import torch's compiler: a second and more."""

    def __torch_function__(self, function: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        given = kwargs or {}
        return (args or [given["tensor"]])[0] if function in _DRAWS else function(*args, **given)


def check_shapes(path: Path, shapes: Mapping[str, Sequence[int]], model: nn.Module, model_name: str) -> None:
    """Raise ValueError unless the weights in a file have the names and shapes of a model's, which may be on meta.

    The message names the file, a weight, and the model by `model_name`.
    """
    expected = model.state_dict()
    if differing := sorted(expected.keys() ^ shapes.keys()):
        name = differing[0]
        problem = "is missing" if name in expected else f"is not in {model_name}"
        raise ValueError(f"{path}: {one_line(name)} {problem} ({len(differing)} such weights)")
    for name, shape in shapes.items():
        if tuple(shape) != tuple(expected[name].shape):
            raise ValueError(f"{path}: {name} has shape {[*shape]}; {model_name} expects {[*expected[name].shape]}")


def check_weights(path: Path, tensors: Mapping[str, Tensor], model: nn.Module, model_name: str) -> None:
    """Raise ValueError unless a file's weights fit a model in names, shapes and kind of dtype, and are finite.

    The message is that of `check_shapes`.
    """
    check_shapes(path, {name: tensor.shape for name, tensor in tensors.items()}, model, model_name)
    expected = model.state_dict()
    for name, tensor in tensors.items():
        stored = tensor.layout is torch.strided and tensor.device.type == "cpu"
        is_real = tensor.dtype in _REAL if expected[name].is_floating_point() else not tensor.is_floating_point()
        if not stored or not is_real:
            raise ValueError(f"{path}: {name} is not an array of real numbers")
        if not tensor.isfinite().all():
            raise ValueError(f"{path}: {name} has NaN or infinite values")


def one_line(text: object) -> str:
    """One short, printable line of a text from a file or a reader."""
    return "".join(letter if letter.isprintable() else "?" for letter in " ".join(str(text).split()))[:120]


def _damaged(path: Path, error: Exception) -> ValueError:
    return ValueError(f"{path}: damaged or not safetensors ({one_line(error)}); copy the file again")
