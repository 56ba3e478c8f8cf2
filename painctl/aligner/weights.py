"""The aligner in one sealed file: its network as safetensors in half precision, with the record of its training."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any, Final

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save

from painctl.aligner.network import Architecture, LandmarkNet
from painctl.files.aliases import utf8_path
from painctl.files.fields import check_fields, listed, shown, table, text, whole
from painctl.files.reading import open_regular
from painctl.files.seals import UNSEALED, is_intact, sealed
from painctl.files.text import json_text, parse_json
from painctl.runs.weights import check_weights, read_safetensors, shapes_alone

FORMAT: Final = "painctl aligner 1"
_KEY = "painctl"
_RECORD: Final = {"format": text(), "architecture": table(), "about": table()}
_ARCHITECTURE: Final = {
    "size": whole(16, 512),
    "stem": listed(whole(1, 1024), 2, 6),
    "hidden": whole(1, 4096),
}


def encode(network: LandmarkNet, about: Mapping[str, Any]) -> bytes:
    """The bytes of a file; `about` says how the network was trained."""
    tensors = {name: tensor.detach().cpu().half().contiguous() for name, tensor in network.state_dict().items()}
    record = {**UNSEALED, "format": FORMAT, "architecture": asdict(network.architecture), "about": dict(about)}
    return sealed(save(tensors, {_KEY: json_text(record)}))


def read_record(path: Path) -> dict[str, Any]:
    """The record of a file: format, architecture, about. Raises as `read`."""
    with open_regular(path) as opened:
        intact = is_intact(opened)
    try:
        with utf8_path(path) as plain, safe_open(plain, "pt") as file:
            record = parse_json((file.metadata() or {})[_KEY], "its record")
        check_fields(record, _RECORD, "its record", others=True)
        if record["format"] != FORMAT:
            raise ValueError(f"its format is {shown(record['format'])}")
        if not intact:
            raise ValueError("changed or damaged, its sha256 is that of another content; copy the file again")
        check_fields(record["architecture"], _ARCHITECTURE, "architecture")
    except (SafetensorError, KeyError, TypeError, ValueError) as error:
        reason = " ".join(str(error).split())[:160]
        raise ValueError(f"{path}: not weights of the aligner, or not of this version: {reason}") from None
    return dict(record)


def read(path: Path) -> LandmarkNet:
    """The network in a file, ready to locate landmarks.

    Raises OSError if it cannot be read, and ValueError, which names the file, if it is not a valid one of this format
    or a byte of it has changed.
    """
    fields = read_record(path)["architecture"]
    architecture = Architecture(fields["size"], tuple(fields["stem"]), fields["hidden"])
    tensors = read_safetensors(path)
    with shapes_alone():
        check_weights(path, tensors, LandmarkNet(architecture), "this aligner")
    network = LandmarkNet(architecture)
    network.load_state_dict({name: tensor.to(torch.float32) for name, tensor in tensors.items()})
    return network.eval()
