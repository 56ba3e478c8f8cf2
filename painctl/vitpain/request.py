"""A training as requested: the initial model, and settings that differ from a preset's.

Torch is imported when a model is built, so that an invalid request is rejected at once.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from painctl.records import UsageError
from painctl.vitpain.backbones import COMPACT, HYBRID, UNTRAINED
from painctl.vitpain.model_folder import (
    checked_config,
    kind_and_architecture,
    trained_on,
    trained_reference_dropout,
)
from painctl.vitpain.pretrained import find_backbone
from painctl.vitpain.settings import TrainingSettings, augmentation_parts, defaults

if TYPE_CHECKING:
    from painctl.vitpain.interface import PainModel

_BACKBONE_TERMS = "its licence on the Hugging Face hub; for Meta's DINOv3, the DINOv3 License"
_RELEASED_TERMS = "that of the release; its backbone's is the DINOv3 License"
_KEPT = "a trained model keeps its own architecture; leave one out"


@dataclass(frozen=True)
class TrainingRequest:
    """One field for each option that `pretrain` and `cv` share; None where the preset decides."""

    model: str
    backbone: str
    allow_download: bool
    init_from: Path | None  # folder of a trained model, or a checkpoint of the released code
    no_reference: bool
    binary: str | None  # PSPI levels, as in 1,2,3, or none
    no_aus: bool
    preset: str
    augment: str | None
    epochs: int | None
    batch_size: int | None
    accumulate: int
    learning_rate: float | None
    rest_share: float | None
    any_reference: float | None
    reference_dropout: float | None  # None: that of `init_from`, otherwise 0
    shots: int
    device: str
    precision: str
    compile: bool
    workers: int
    save_every: float  # seconds
    any_machine: bool  # resume what another kind of machine began
    seed: int

    def check(self) -> None:
        """Raise UsageError for options that contradict each other, and OSError or ValueError for a missing model."""
        parts = {"--no-reference": self.no_reference, "--binary": self.binary is not None, "--no-aus": self.no_aus}
        part = next((option for option, is_given in parts.items() if is_given), None)
        if part and self.init_from:
            raise UsageError(f"{part} and --init-from: {_KEPT}")
        if part and self.model != "vitpain":
            raise UsageError(f"{part} and --model {self.model}: only vitpain has that part; leave one out")
        if self.model != "vitpain" and self.init_from:
            raise UsageError(f"--model and --init-from: {_KEPT}")
        if self.backbone != COMPACT and self.init_from:
            raise UsageError(f"--backbone and --init-from: {_KEPT}")
        if self.backbone != COMPACT and self.model == "pwct":
            raise UsageError("--backbone and --model pwct: pwct has no interchangeable backbone; leave one out")
        if self.no_reference or self.model != "vitpain":
            other = "--no-reference" if self.no_reference else f"--model {self.model}"
            if self.reference_dropout:
                raise UsageError(f"--reference-dropout and {other}: no neutral picture to leave out; leave one out")
            if self.any_reference:
                raise UsageError(f"--any-reference and {other}: no neutral picture to replace; leave one out")
        if self.learning_rate is not None and not 0 < self.learning_rate < math.inf:
            raise UsageError(f"--learning-rate {self.learning_rate:g}: expected a number above 0")
        if self.epochs == 0 and not self.init_from:
            raise UsageError("--epochs 0 needs a trained model; add --init-from, or raise --epochs")
        self._check_initial_model()
        if self.augment is not None:
            try:
                augmentation_parts(self.augment)
            except ValueError as error:
                raise UsageError(f"--{error}") from None
        self.levels()

    def _check_initial_model(self) -> None:
        if self.init_from and not self.init_from.exists():
            raise FileNotFoundError(f"{self.init_from}: no such model")
        if self.init_from and not self.init_from.is_file():
            checked_config(self.init_from)
        if self.backbone not in UNTRAINED and not self.allow_download:
            find_backbone(self.backbone)

    def levels(self) -> tuple[int, ...]:
        """PSPI levels of the binary heads. Raises UsageError for an invalid list."""
        text = self.binary or ("1,2,3" if self.preset == "released" else "1")
        if text == "none":
            return ()
        try:
            levels = tuple(int(level) for level in text.split(","))
        except ValueError:
            levels = ()
        if not levels or sorted(set(levels)) != list(levels) or not 1 <= levels[0] <= levels[-1] <= 16:
            raise UsageError(f"--binary {text}: expected ascending PSPI levels from 1 to 16, such as 1,2,3, or none")
        return levels

    def builder(self) -> Callable[[], PainModel]:
        """A function that builds a fresh copy of the initial model."""
        from painctl.vitpain.checkpoints import load
        from painctl.vitpain.registry import build_model
        from painctl.vitpain.released_checkpoint import load_released

        if path := self.init_from:
            return (lambda: load_released(path)) if path.is_file() else (lambda: load(path).model)
        parts = {"reference": not self.no_reference, "binary": self.levels(), "action_units": not self.no_aus}
        return lambda: build_model(self.model, self.backbone, self.seed, self.allow_download, parts)

    def settings(self, is_real: bool, cross_validation: bool = False) -> TrainingSettings:
        """The preset's settings, overridden by what is requested; `is_real` selects those for photographs."""
        from painctl.runs.processes import choose_precision

        requested: dict[str, Any] = {
            "augment": self.augment,
            "epochs": self.epochs,
            "batch_size": self.batch_size,
            "learning_rate": self.learning_rate,
            "accumulate": self.accumulate,
            "rest_share": self.rest_share,
            "any_reference": self.any_reference if self.any_reference is not None or self._compares() else 0.0,
            "reference_dropout": self._dropout(),
            "shots": self.shots,
            "compile": self.compile,
            "workers": self.workers,
            "seed": self.seed,
            "precision": choose_precision(self.precision, self.device),
        }
        preset = defaults(*self._initial_model(), self.preset, is_real, cross_validation)
        return replace(preset, **{name: value for name, value in requested.items() if value is not None})

    def trained_on(self) -> list[str]:
        """The people that the initial model was trained on; empty if it does not record them."""
        if not self.init_from or self.init_from.is_file():
            return []
        return trained_on(self.init_from)

    def initial(self) -> dict[str, Any] | None:
        """The trained model or pretrained backbone that training starts from, see `provenance`; None for neither."""
        from painctl.files.names import printable
        from painctl.files.seals import sha256

        if path := self.init_from:
            if path.is_file():
                return {"name": printable(path.name), "sha256": sha256(path), "licence": _RELEASED_TERMS}
            from painctl.vitpain.model_folder import WEIGHTS, identify

            identity, licence = identify(path)
            return {"name": identity.name, "sha256": sha256(path / WEIGHTS), "licence": licence or None}
        if self.model == "pwct" or self.backbone in UNTRAINED:
            return None
        from painctl.vitpain.pretrained import HUB

        is_own = Path(self.backbone).is_dir()
        name = printable(Path(self.backbone).resolve().name) if is_own else HUB.get(self.backbone, self.backbone)
        return {"name": name, "sha256": None, "licence": None if is_own else _BACKBONE_TERMS}

    def require_not_trained_on(self, people: Iterable[str], dataset: Path) -> None:
        """Raise ValueError if the initial model was trained on one of the people to be tested."""
        if shared := sorted(set(self.trained_on()).intersection(map(str, people))):
            raise ValueError(
                f"{self.init_from}: trained on people of {dataset} on whom it would be tested ({shared[0]}; "
                f"{len(shared)} in all); pretrain on other people, or leave --init-from out"
            )

    def _dropout(self) -> float:
        if self.reference_dropout is not None or not self.init_from or self.init_from.is_file():
            return self.reference_dropout or 0.0
        return trained_reference_dropout(self.init_from)

    def _compares(self) -> bool:
        """Whether the initial model has a reference."""
        if not self.init_from or self.init_from.is_file():
            return not self.no_reference
        return kind_and_architecture(self.init_from)[1].get("reference", True) is not False

    def _initial_model(self) -> tuple[str, str]:
        """Kind and backbone of the initial model."""
        if not self.init_from:
            return self.model, self.backbone
        if self.init_from.is_file():
            return "released", "pretrained"
        kind, architecture = kind_and_architecture(self.init_from)
        if architecture.get("adapters") is not False:
            return kind, "pretrained"
        return kind, HYBRID if architecture.get("stem") else COMPACT
