"""Saves the state of a training run in one file, so a killed run resumes to the same bits.

The file holds no random state: frames, augmentation and dropout are keyed by (seed, step).
"""

from __future__ import annotations

import hashlib
import json
import math
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save_file
from torch import Tensor, nn

from painctl.files.aliases import utf8_path
from painctl.files.reading import open_regular
from painctl.files.scratch import finish_file, scratch_folder
from painctl.files.seals import UNSEALED, is_intact, seal
from painctl.files.text import json_text
from painctl.runs.description import difference
from painctl.runs.machine import describe_machine, machine_difference
from painctl.runs.processes import is_main

_KEY = "painctl"  # of the JSON record in the file's metadata


@dataclass
class TrainingProgress:
    """How far a run has come. The field names are keys of the file."""

    epoch: int = 0
    step: int = 0  # finished steps of this epoch
    sums: dict[str, float] = field(default_factory=dict)  # of this epoch's losses
    rows: list[dict[str, Any]] = field(default_factory=list)  # of the log
    least: float | None = None  # lowest validation error so far


@dataclass
class Checkpointer:
    """Saves and restores a run's state in `path`, sealed, complete or absent; `description` identifies the run.

    With `any_machine`, a state is also accepted that was saved where a training has other last digits.
    """

    path: Path
    description: Mapping[str, Any]
    interval: float = 60  # seconds between saves
    device: str = "cpu"  # cpu or cuda
    any_machine: bool = False
    _last_save: float = field(default_factory=time.monotonic)

    def is_due(self) -> bool:
        """Whether `interval` has passed since the last save."""
        return time.monotonic() - self._last_save >= self.interval

    def save(
        self,
        progress: TrainingProgress,
        model: nn.Module,
        optimizer: torch.optim.Optimizer,
        best: Mapping[str, Tensor] | None,
    ) -> None:
        """Replace the file. `best` are the weights of the best epoch so far."""
        tensors = {f"model/{name}": tensor for name, tensor in trainable_state(model).items()}
        tensors |= {f"best/{name}": tensor for name, tensor in (best or {}).items()}
        for index, slots in optimizer.state_dict()["state"].items():
            tensors |= {f"optimizer/{index}/{name}": value for name, value in slots.items()}
        tensors = {name: tensor.detach().cpu().contiguous() for name, tensor in tensors.items()}
        if not all(map(math.isfinite, progress.sums.values())):
            raise ValueError(f"{self.path}: not saved, because a loss is NaN or infinite; lower --learning-rate")
        about = {"about": self.description, "machine": self._machine, "position": asdict(progress)}
        with scratch_folder(self.path) as scratch:
            with utf8_path(scratch) as plain:
                save_file(tensors, plain / "state", {"format": "pt", _KEY: json_text({**UNSEALED, **about})})
            with (scratch / "state").open("r+b") as file:
                seal(file)
            finish_file(scratch / "state")
            (scratch / "state").replace(self.path)
        self._last_save = time.monotonic()

    def load(
        self, model: nn.Module, optimizer: torch.optim.Optimizer
    ) -> tuple[TrainingProgress, dict[str, Tensor] | None]:
        """Restore a model and its optimizer in place.

        Returns the progress and the weights of the best epoch so far; a fresh `TrainingProgress` and None if there is
        no file. Raises ValueError if the file is damaged or belongs to another run, or was saved on a machine that
        computes with other digits, and names what differs.
        """
        if not self.path.exists():
            return TrainingProgress(), None
        with open_regular(self.path) as state:
            if not is_intact(state):
                raise ValueError(f"{self.path}: damaged or of another version; delete it and train again")
        try:
            with utf8_path(self.path) as plain, safe_open(plain, "pt") as file:
                record = json.loads((file.metadata() or {})[_KEY])
                tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118 (not a dict)
            description, progress = record["about"], TrainingProgress(**record["position"])
            machine = dict(record.get("machine") or {})
        except (SafetensorError, KeyError, TypeError, ValueError) as error:
            raise ValueError(f"{self.path}: damaged ({error}); delete it and train again") from None
        if changed := difference(description, json.loads(json_text(dict(self.description)))):
            raise ValueError(
                f"{self.path}: state of a run with {changed}; repeat that command to resume it, or delete the file"
            )
        if is_main() and not self.any_machine:
            self._require_same_machine(machine)
        load_trainable_state(model, _with_prefix("model/", tensors))
        slots_of: dict[int, dict[str, Tensor]] = {}
        for name, tensor in _with_prefix("optimizer/", tensors).items():
            index, slot = name.split("/")
            slots_of.setdefault(int(index), {})[slot] = tensor
        optimizer.load_state_dict({**optimizer.state_dict(), "state": slots_of})
        return progress, _with_prefix("best/", tensors) or None

    @cached_property
    def _machine(self) -> dict[str, Any]:
        return describe_machine(self.device)

    def _require_same_machine(self, old: dict[str, Any]) -> None:
        """Raise ValueError if an uninterrupted run would have ended with other weights than a resumed one."""
        if changed := machine_difference(old, self._machine):
            threads = old.get("threads")
            remedy = f"add --threads {threads}" if threads != self._machine["threads"] else "resume it there"
            raise ValueError(
                f"{self.path}: saved with {changed}, which changes the last digits of the weights; {remedy}, or "
                "--any-machine to accept that, or delete the file"
            )

    def delete(self) -> None:
        """Delete the file, when the run is finished."""
        self.path.unlink(missing_ok=True)


def trainable_state(model: nn.Module) -> dict[str, Tensor]:
    """The tensors that training changes: parameters that require gradients, and buffers."""
    frozen = {name for name, parameter in model.named_parameters() if not parameter.requires_grad}
    return {name: tensor for name, tensor in model.state_dict().items() if name not in frozen}


def load_trainable_state(model: nn.Module, tensors: Mapping[str, Tensor]) -> None:
    """Load what `trainable_state` returned; the other weights stay."""
    model.load_state_dict({**model.state_dict(), **tensors})


def digest(model: nn.Module) -> str:
    """sha256 of all weights and their names, in hex."""
    total = hashlib.sha256()
    for name, tensor in model.state_dict().items():
        total.update(name.encode())
        total.update(tensor.detach().cpu().contiguous().numpy().tobytes())
    return total.hexdigest()


def _with_prefix(prefix: str, tensors: Mapping[str, Tensor]) -> dict[str, Tensor]:
    return {name[len(prefix) :]: tensor for name, tensor in tensors.items() if name.startswith(prefix)}
