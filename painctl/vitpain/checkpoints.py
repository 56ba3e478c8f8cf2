"""A trained model as a folder: model.safetensors, config.json and log.jsonl, sealed, and a card; complete or absent."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
from safetensors.torch import save_file

from painctl import __version__
from painctl.files.aliases import utf8_path
from painctl.files.scratch import finish_file, replace_folder, scratch_folder
from painctl.files.seals import SUMS, sha256, write_sums
from painctl.files.text import json_text
from painctl.pain.labels import PSPI
from painctl.runs.weights import check_shapes, check_weights, one_line, read_safetensors, shapes_alone, stored_shapes
from painctl.vitpain.architecture_fields import check_architecture
from painctl.vitpain.inference import predict_pairs
from painctl.vitpain.interface import PainModel
from painctl.vitpain.model_card import README, write_readme
from painctl.vitpain.model_folder import (
    CONFIG,
    LOG,
    MODEL_TYPE,
    WEIGHTS,
    ModelIdentity,
    check_replaceable,
    checked_config,
    identity_of,
)
from painctl.vitpain.provenance import beats_median
from painctl.vitpain.registry import kind_of, rebuild
from painctl.vitpain.settings import TrainingSettings


@dataclass(frozen=True, eq=False)
class Checkpoint:
    """A model loaded from disk, and the training information in its config.json."""

    model: PainModel
    identity: ModelIdentity
    version: str  # of painctl
    training: dict[str, Any]  # the fields of TrainingSettings
    neutral: str  # how neutral pictures were chosen in training
    label: str = PSPI  # what the estimates of PSPI are, see `pain.labels`
    validation: Mapping[str, Any] | None = None  # see `provenance.describe_validation`; None if it is not recorded

    @property
    def beats_median(self) -> bool | None:
        """Whether it is better than the median on its own validation people; None if that is not recorded."""
        return beats_median(self.validation)

    @property
    def needs_reference(self) -> bool:
        """Whether the model can only be used with a neutral picture: it compares, and never trained without one."""
        return self.model.uses_reference and not self.training.get("reference_dropout")


def save(
    folder: Path,
    model: PainModel,
    settings: TrainingSettings,
    neutral: str,
    people: Sequence[str] = (),
    log: Iterable[Mapping[str, Any]] = (),
    overwrite: bool = False,
    run: Mapping[str, Any] | None = None,
    about: Mapping[str, Any] | None = None,
) -> None:
    """Write a model with its configuration, training log and card; the folder appears complete or not at all.

    `neutral` says in words how neutral pictures were chosen; `people` are those that the model was trained or
    validated on; `run` identifies the training run; `about` has the fields of `provenance`. Raises
    FileExistsError if the folder exists, unless `overwrite` is set and it has nothing but a model's files.
    """
    if folder.exists() and not overwrite:
        raise FileExistsError(f"{folder}: already exists")
    check_replaceable(folder)
    config = {
        "model_type": MODEL_TYPE,
        "checksums": SUMS,  # without it, the folder may have none
        "painctl_version": __version__,
        "kind": kind_of(model),
        "architecture": asdict(model.architecture),
        "training": asdict(settings),
        "neutral": neutral,
        "people": sorted(people),
        "run": dict(run or {}),
        **(about or {}),
    }
    rows = [*log]
    with scratch_folder(folder) as scratch:
        new = scratch / "new"  # has the default permissions, unlike a temporary folder
        new.mkdir()
        tensors = {name: tensor.detach().cpu().contiguous() for name, tensor in model.state_dict().items()}
        with utf8_path(new) as plain:
            save_file(tensors, plain / WEIGHTS, {"format": "pt"})
        (new / CONFIG).write_text(json_text(config, indent=2, sort_keys=True) + "\n")
        (new / LOG).write_text("".join(json_text(row) + "\n" for row in rows))
        write_sums(new)
        # not sealed: who publishes the model edits it
        count = sum(tensor.numel() for tensor in tensors.values())
        plain_config = json.loads(json_text(config))
        (new / README).write_text(write_readme(plain_config, rows, count, sha256(new / WEIGHTS)))
        for path in new.iterdir():
            finish_file(path)
        replace_folder(folder, new)


def load(folder: Path, config: Mapping[str, Any] | None = None) -> Checkpoint:
    """Load a model, without network access and without running code from the files.

    `config` is what `checked_config` returned, if the folder has been checked already. Raises as `checked_config`, and
    ValueError for weights that do not fit the configuration.
    """
    config, path = config or checked_config(folder), folder / WEIGHTS
    name, shapes = str(folder / CONFIG), stored_shapes(path)
    check_architecture(config["kind"], config["architecture"], len(shapes), name)
    try:
        with shapes_alone():
            check_shapes(path, shapes, _rebuilt(config), f"the model of {CONFIG}")
        model = _rebuilt(config)
        tensors = read_safetensors(path)
        check_weights(path, tensors, model, f"the model of {CONFIG}")
        model.load_state_dict(tensors)
        _try_out(model.eval())
    except _Unbuildable as error:
        raise ValueError(f"{name}: not a valid model configuration ({error}); copy the model again") from None
    identity = identity_of(folder, config)
    run = config.get("run")
    label = str(run.get("label", PSPI)) if isinstance(run, dict) else PSPI
    return Checkpoint(
        model,
        identity,
        config["painctl_version"],
        config["training"],
        config["neutral"],
        label,
        config.get("validation"),
    )


class _Unbuildable(ValueError):
    """A configuration of which no model can be built."""


def _rebuilt(config: Mapping[str, Any]) -> PainModel:
    try:
        return rebuild(config["kind"], config["architecture"])
    except Exception as error:  # fields that are valid one by one may contradict each other in any way
        raise _Unbuildable(one_line(f"{type(error).__name__}: {error}")) from None


def _try_out(model: PainModel) -> None:
    """Raise _Unbuildable if the model cannot be run on pictures of its size: no weight depends on that size."""
    size = model.architecture.preprocess.size
    blank = np.zeros((size, size, 3), np.uint8)
    try:
        predict_pairs(model, [[(blank, blank)]])
    except RuntimeError as error:
        raise _Unbuildable(one_line(f"{type(error).__name__}: {error}")) from None
