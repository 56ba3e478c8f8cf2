"""The neural rig in one sealed file: network and template as safetensors, with the record of their training."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any, Final

import numpy as np
import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save

from painctl.files.aliases import utf8_path
from painctl.files.fields import check_fields, shown, table, text, whole
from painctl.files.reading import open_regular
from painctl.files.seals import UNSEALED, is_intact, sealed
from painctl.files.text import json_text, parse_json
from painctl.rig.neural.controls import CONTROL_SETS
from painctl.rig.neural.network import Architecture, RigNetwork
from painctl.rig.neural.shape_model import ShapeModel
from painctl.rig.neural.template import Template

FORMAT: Final = "painctl neural rig 2"
_UNSEALED: Final = "painctl neural rig 1"  # of earlier versions
_SIZE = whole(1, 1_000_000)  # shapes are compared with the arrays before memory is used
_RECORD: Final = {"format": text(), "shape": table(), "about": table()}
_KEY = "painctl"
# a header may name types that torch lacks, and arrays of any shape
_UNREADABLE = (SafetensorError, KeyError, IndexError, TypeError, ValueError, RuntimeError, AttributeError)
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
    record = {**UNSEALED, "format": FORMAT, "shape": network.architecture.record(), "about": dict(weights.about)}
    return sealed(save(tensors, {_KEY: json_text(record)}))


def read(path: Path) -> Weights:
    """Read a rig from a file.

    Raises OSError if it cannot be read, and ValueError, which names the file, if it is not a valid one of this format
    or a byte of it has changed.
    """
    try:
        with open_regular(path) as opened:
            intact = is_intact(opened)
    except FileNotFoundError:
        raise FileNotFoundError(2, "no such file; train one with painctl rig-train", str(path)) from None
    try:
        with utf8_path(path) as plain, safe_open(plain, "pt") as file:
            record = parse_json((file.metadata() or {})[_KEY], "its record")
            check_fields(record, _RECORD, "its record", others=True)
            if record["format"] not in (FORMAT, _UNSEALED):
                raise ValueError(f"its format is {shown(record['format'])}")
            if record["format"] == FORMAT and not intact:
                raise ValueError("changed or damaged, its sha256 is that of another content; copy the file again")
            names = file.keys()
            architecture = _architecture(record["shape"], {name: file.get_slice(name).get_shape() for name in names})
            tensors = {name: file.get_tensor(name) for name in names}
        if invalid := sorted(name for name, tensor in tensors.items() if not tensor.isfinite().all()):
            raise ValueError(f"{invalid[0]} has numbers that are not finite")
        network = RigNetwork(architecture)
        state = {name.removeprefix("network/"): t.float() for name, t in tensors.items() if name.startswith("network/")}
        network.load_state_dict(state)
        template = _template(
            {name: tensors[f"template/{name}"].numpy() for name in ("mean", "modes", "faces", "moves", "apertures")}
        )
        if len(template.moves) != architecture.texels:
            raise ValueError(f"the template has {len(template.moves)} vertices, the network {architecture.texels}")
    except _UNREADABLE as error:
        reason = " ".join(str(error).split())[:160]
        raise ValueError(f"{path}: not weights of the neural rig, or not of this version: {reason}") from None
    return Weights(network.eval(), template, dict(record["about"]))


def _architecture(record: Mapping[str, Any], shapes: Mapping[str, Sequence[int]]) -> Architecture:
    """The network's sizes. Raises ValueError unless they are those of the stored arrays."""
    fields = dict.fromkeys(("texels", "channels", "marks", "lore", "code", "width"), _SIZE)
    layers = {"blocks": whole(1, len(shapes)), "actions": text().optional()}
    check_fields(record, {**fields, **layers}, "shape")
    if (actions := record.get("actions", "pain")) not in CONTROL_SETS:
        raise ValueError(f"shape: actions is {shown(actions)}, expected one of {', '.join(CONTROL_SETS)}")
    architecture = Architecture.from_record(record)
    with torch.device("meta"):
        network = RigNetwork(architecture)
    for name, tensor in network.state_dict().items():
        stored = shapes.get(f"network/{name}")
        if stored is None or [*stored] != [*tensor.shape]:
            raise ValueError(f"network/{name} has shape {stored}, but its record says {[*tensor.shape]}")
    return architecture


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
