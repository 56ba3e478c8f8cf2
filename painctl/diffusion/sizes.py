"""Bounds what the configurations in a pipeline's folder claim by what its weights hold, before any memory is used."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from painctl.files.aliases import utf8_path
from painctl.files.fields import check_fields, whole
from painctl.files.hub import read_config
from painctl.files.reading import open_regular

_DEPTHS = ("layers", "blocks", "depth")  # in names of fields that say how often something is repeated
_BUFFERS = 50_000_000  # numbers that models compute instead of storing them
_TIMESTEPS = whole(1, 100_000)


def check_part(folder: Path, library: str, kind: str) -> None:
    """Raise ValueError, which names the file, unless the files in a part's folder are readable and of plausible size.

    `library` and `kind` name the part's class, which must be one that its pipeline accepts. Raises OSError for a file
    that cannot be read.
    """
    files = sorted(path for path in folder.iterdir() if not path.name.startswith("."))
    for path in files:
        open_regular(path).close()
    values = {path.name: read_config(path) for path in files if path.suffix == ".json"}
    if scheduler := values.get("scheduler_config.json"):
        fields = {"num_train_timesteps": _TIMESTEPS.optional()}
        check_fields(scheduler, fields, str(folder / "scheduler_config.json"), others=True)
    stored = [path for path in files if path.suffix == ".safetensors"]
    if stored:
        path = folder / "config.json"
        if path.name not in values:
            raise FileNotFoundError(f"{folder}: no {path.name} in it; download it again")
        shapes = [shape for weights in stored for shape in _shapes(weights)]
        _check_model(path, values[path.name], len(shapes), sum(map(math.prod, shapes)), (library, kind))


def _check_model(path: Path, values: Mapping[str, Any], tensors: int, stored: int, kind: tuple[str, str]) -> None:
    """Raise ValueError unless a model of this configuration has at most the `stored` numbers in `tensors` arrays."""
    repeats, depth = 1, whole(0, tensors)  # a layer has at least one array
    for name, value in _leaves(values):
        if any(word in name for word in _DEPTHS) and type(value) in (int, float):
            check_fields({name: value}, {name: depth}, str(path))
            repeats *= max(1, value)
    longest = max((len(value) for value in values.values() if isinstance(value, list)), default=1)
    if repeats * longest > 4 * tensors:
        raise ValueError(f"{path}: describes {repeats * longest:,} layers, but its weights have {tensors:,} arrays")
    claimed = _claimed(path, values, *kind)
    if claimed > stored + _BUFFERS:
        raise ValueError(
            f"{path}: describes a model of {claimed:,} numbers, but its weights have {stored:,}; download it again"
        )


def _claimed(path: Path, values: Mapping[str, Any], library: str, kind: str) -> int:
    """The parameters and buffers of a model of this configuration, built without memory."""
    import importlib

    import torch

    model_class = getattr(importlib.import_module(library), kind)
    try:
        with torch.device("meta"):
            if library == "diffusers":
                model = model_class.from_config(dict(values))
            else:
                model = model_class(model_class.config_class.from_dict(dict(values)))
    except Exception as error:  # an edited configuration can fail in any way
        reason = " ".join(f"{type(error).__name__}: {error}".split())[:120]
        raise ValueError(f"{path}: not a valid configuration of {kind} ({reason}); download it again") from None
    return sum(tensor.numel() for tensor in (*model.parameters(), *model.buffers()))


def _shapes(path: Path) -> list[tuple[int, ...]]:
    """The shapes of the arrays in a file. Raises ValueError, which names the file, if it is damaged."""
    from safetensors import SafetensorError, safe_open

    try:
        with utf8_path(path) as plain, safe_open(plain, "pt") as file:
            return [tuple(file.get_slice(name).get_shape()) for name in file.keys()]  # noqa: SIM118 (not a dict)
    except SafetensorError as error:
        reason = " ".join(str(error).split())[:120]
        raise ValueError(f"{path}: damaged or not safetensors ({reason}); download it again") from None


def _leaves(values: Any, name: str = "") -> Iterator[tuple[str, Any]]:
    """The values in nested objects and lists, each under the name of the field that holds it."""
    if isinstance(values, Mapping):
        for key, value in values.items():
            yield from _leaves(value, str(key))
    elif isinstance(values, list):
        for value in values:
            yield from _leaves(value, name)
    else:
        yield name, values
