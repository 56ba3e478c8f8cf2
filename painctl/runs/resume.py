"""A training run that can be killed: its state in one file, complete or absent, from which it goes on bit for bit.

Nothing random is kept in it: frames, augmentation and dropout are drawn by (seed, step) and not by what came before.
"""

from __future__ import annotations

import hashlib
import json
import os
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save_file
from torch import Tensor, nn

from painctl.files.scratch import scratch_folder
from painctl.runs.description import difference

_KEY = "painctl"


@dataclass
class Position:
    """Where a run stands."""

    epoch: int = 0
    step: int = 0  # steps of this epoch that are done
    sums: dict[str, float] = field(default_factory=dict)  # of this epoch's losses
    rows: list[dict[str, Any]] = field(default_factory=list)  # of the log
    least: float | None = None  # validation error of the best epoch so far


@dataclass
class Keeper:
    """Keeps a run's state in `path`; `about` says which run that is."""

    path: Path
    about: Mapping[str, Any]
    seconds: float = 60  # between two saves
    _saved: float = field(default_factory=time.monotonic)

    def due(self) -> bool:
        """Whether enough time has passed since the last save."""
        return time.monotonic() - self._saved >= self.seconds

    def save(
        self,
        position: Position,
        model: nn.Module,
        optimizer: torch.optim.Optimizer,
        best: Mapping[str, Tensor] | None,
    ) -> None:
        """Replace the state on disk."""
        tensors = {f"model/{name}": tensor for name, tensor in moving(model).items()}
        tensors |= {f"best/{name}": tensor for name, tensor in (best or {}).items()}
        for index, state in optimizer.state_dict()["state"].items():
            tensors |= {f"optimizer/{index}/{name}": value for name, value in state.items()}
        whole = {name: tensor.detach().cpu().contiguous() for name, tensor in tensors.items()}
        record = json.dumps({"about": self.about, "position": asdict(position)})
        with scratch_folder(self.path) as part:
            save_file(whole, part / "state", {"format": "pt", _KEY: record})
            with (part / "state").open("rb") as written:
                os.fsync(written.fileno())
            (part / "state").replace(self.path)
        self._saved = time.monotonic()

    def load(self, model: nn.Module, optimizer: torch.optim.Optimizer) -> tuple[Position, dict[str, Tensor] | None]:
        """Put the state on disk into a model and its optimizer; a fresh `Position` if there is none.

        Also returned: the weights of the best epoch so far. Raises ValueError if the state is damaged, or of another
        run; the message names what differs.
        """
        if not self.path.exists():
            return Position(), None
        try:
            with safe_open(self.path, "pt") as file:
                record = json.loads((file.metadata() or {})[_KEY])
                tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118 (not a dict)
            about, position = record["about"], Position(**record["position"])
        except (SafetensorError, KeyError, TypeError, ValueError) as error:
            raise ValueError(f"{self.path}: damaged ({error}); delete it and train anew") from None
        if odd := difference(about, json.loads(json.dumps(dict(self.about)))):
            raise ValueError(f"{self.path}: of a run with {odd}; give that again to go on, or delete the file")
        fill(model, _under("model/", tensors))
        state: dict[int, dict[str, Tensor]] = {}
        for name, tensor in _under("optimizer/", tensors).items():
            index, slot = name.split("/")
            state.setdefault(int(index), {})[slot] = tensor
        optimizer.load_state_dict({**optimizer.state_dict(), "state": state})
        return position, _under("best/", tensors) or None

    def clear(self) -> None:
        """The run is over: nothing is left to go on from."""
        self.path.unlink(missing_ok=True)


def moving(model: nn.Module) -> dict[str, Tensor]:
    """What training changes: the parameters that want gradients, and the buffers."""
    frozen = {name for name, parameter in model.named_parameters() if not parameter.requires_grad}
    return {name: tensor for name, tensor in model.state_dict().items() if name not in frozen}


def digest(model: nn.Module) -> str:
    """sha256 of every weight, in hex."""
    total = hashlib.sha256()
    for name, tensor in model.state_dict().items():
        total.update(name.encode())
        total.update(tensor.detach().cpu().contiguous().numpy().tobytes())
    return total.hexdigest()


def fill(model: nn.Module, tensors: Mapping[str, Tensor]) -> None:
    """Put such weights back."""
    model.load_state_dict({**model.state_dict(), **tensors})


def _under(prefix: str, tensors: Mapping[str, Tensor]) -> dict[str, Tensor]:
    return {name[len(prefix) :]: tensor for name, tensor in tensors.items() if name.startswith(prefix)}
