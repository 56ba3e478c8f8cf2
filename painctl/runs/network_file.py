"""A small network in one sealed file: safetensors in half precision, with the record of its training."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final, Generic, TypeVar

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save
from torch import nn

from painctl.files.aliases import utf8_path
from painctl.files.fields import Field, check_fields, shown, table, text
from painctl.files.reading import open_regular
from painctl.files.seals import UNSEALED, is_intact, sealed
from painctl.files.text import json_text, parse_json
from painctl.runs.weights import check_weights, read_safetensors, shapes_alone

_KEY: Final = "painctl"
_RECORD: Final = {"format": text(), "architecture": table(), "about": table()}


Network = TypeVar("Network", bound=nn.Module)


@dataclass(frozen=True)
class NetworkFile(Generic[Network]):
    """A kind of such file, for networks that have a dataclass of sizes as their `architecture`."""

    format: str  # and its version
    name: str  # of the network, in messages
    architecture: Mapping[str, Field]  # the fields of its sizes, with their limits
    build: Callable[[Mapping[str, Any]], Network]  # an untrained network from those fields

    def encode(self, network: Network, about: Mapping[str, Any]) -> bytes:
        """The bytes of a file; `about` says how the network was trained."""
        tensors = {name: tensor.detach().cpu().half().contiguous() for name, tensor in network.state_dict().items()}
        sizes = asdict(network.architecture)  # type: ignore[call-overload]
        record = {**UNSEALED, "format": self.format, "architecture": sizes, "about": dict(about)}
        return sealed(save(tensors, {_KEY: json_text(record)}))

    def read_record(self, path: Path) -> dict[str, Any]:
        """The record of a file: format, architecture, about. Raises as `read`."""
        with open_regular(path) as opened:
            intact = is_intact(opened)
        try:
            with utf8_path(path) as plain, safe_open(plain, "pt") as file:
                record = parse_json((file.metadata() or {})[_KEY], "its record")
            check_fields(record, _RECORD, "its record", others=True)
            if record["format"] != self.format:
                raise ValueError(f"its format is {shown(record['format'])}")
            if not intact:
                raise ValueError("changed or damaged, its sha256 is that of another content; copy the file again")
            check_fields(record["architecture"], self.architecture, "architecture")
        except (SafetensorError, KeyError, TypeError, ValueError) as error:
            reason = " ".join(str(error).split())[:160]
            raise ValueError(f"{path}: not weights of the {self.name}, or not of this version: {reason}") from None
        return dict(record)

    def read(self, path: Path) -> Network:
        """The network in a file, in evaluation mode.

        Raises OSError if it cannot be read, and ValueError, which names the file, if it is not a valid one of this
        format or a byte of it has changed.
        """
        fields = self.read_record(path)["architecture"]
        tensors = read_safetensors(path)
        with shapes_alone():
            check_weights(path, tensors, self.build(fields), f"this {self.name}")
        network = self.build(fields)
        network.load_state_dict({name: tensor.to(torch.float32) for name, tensor in tensors.items()})
        return network.eval()
