"""The neural rig in one file: network and template as safetensors, with the record of their training."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np
import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save

from painctl.files.aliases import utf8_path
from painctl.rig.neural.network import Architecture, RigNetwork
from painctl.rig.neural.shape_model import ShapeModel
from painctl.rig.neural.template import Template

FORMAT = "painctl neural rig 1"
_KEY = "painctl"
_LARGE = 50_000  # numbers in a tensor that is stored in half precision


@dataclass(frozen=True, eq=False)
class Weights:
    """A trained rig."""

    network: RigNetwork
    template: Template
    about: Mapping[str, Any]  # how it was trained


def shipped() -> Path:
    """Path of the weights that are bundled with painctl."""
    return Path(str(files("painctl.rig.neural"))) / "neural-rig.safetensors"


def encode(weights: Weights) -> bytes:
    """The bytes of a file. The network's large tables and the template's modes, most of it, are in half precision."""
    model, network = weights.template.model, weights.network
    tensors = {f"network/{name}": value.detach().cpu().contiguous() for name, value in network.state_dict().items()}
    tensors = {name: value.half() if value.numel() > _LARGE else value for name, value in tensors.items()}
    tensors |= {
        "template/mean": torch.from_numpy(model.mean.astype(np.float32)),
        "template/modes": torch.from_numpy(model.modes.astype(np.float16)),
        "template/faces": torch.from_numpy(model.faces.astype(np.int32)),
        "template/moves": torch.from_numpy(weights.template.moves),
        "template/apertures": torch.from_numpy(np.ascontiguousarray(weights.template.apertures, np.float32)),
    }
    record = {"format": FORMAT, "shape": network.architecture.record(), "about": dict(weights.about)}
    return save(tensors, {_KEY: json.dumps(record)})


def read(path: Path) -> Weights:
    """Read a rig from a file. Raises OSError, or ValueError if the file is not a valid one of this format."""
    if not path.is_file():
        raise FileNotFoundError(2, "no such file; train one with painctl rig-train", str(path))
    try:
        with utf8_path(path) as plain, safe_open(plain, "pt") as file:
            record = json.loads((file.metadata() or {})[_KEY])
            tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118 (not a dict)
        if record["format"] != FORMAT:
            raise ValueError(f"its format is {record['format']!r}")
        if invalid := sorted(name for name, tensor in tensors.items() if not tensor.isfinite().all()):
            raise ValueError(f"{invalid[0]} has numbers that are not finite")
        network = RigNetwork(Architecture.from_record(record["shape"]))
        state = {name.removeprefix("network/"): t.float() for name, t in tensors.items() if name.startswith("network/")}
        network.load_state_dict(state)
        template = _template(
            {name: tensors[f"template/{name}"].numpy() for name in ("mean", "modes", "faces", "moves", "apertures")}
        )
        if len(template.moves) != network.architecture.texels:
            raise ValueError(
                f"the template has {len(template.moves)} vertices, the network {network.architecture.texels}"
            )
        about = dict(record["about"])
    except (SafetensorError, KeyError, TypeError, ValueError, RuntimeError, AttributeError) as error:
        reason = " ".join(str(error).split())[:160]
        raise ValueError(f"{path}: not weights of the neural rig, or not of this version: {reason}") from None
    return Weights(network.eval(), template, about)


def _template(arrays: Mapping[str, np.ndarray]) -> Template:
    mean, modes = arrays["mean"].astype(np.float64), arrays["modes"].astype(np.float64)
    faces, moves = arrays["faces"].astype(np.int64), arrays["moves"]
    if (
        modes.shape[1:] != mean.shape
        or {len(moves), arrays["apertures"].shape[1]} != {len(mean)}
        or not 0 <= faces.min() <= faces.max() < len(mean)
    ):
        raise ValueError("the arrays of its template do not match")
    if not (arrays["apertures"] @ mean[:, 1] > 0).all():
        raise ValueError("the eyes of its template are not open")
    return Template(ShapeModel(mean, modes, faces), moves, arrays["apertures"].astype(np.float64))
