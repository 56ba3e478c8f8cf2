"""A trained model as a folder: model.safetensors, config.json and log.jsonl, complete or absent."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

from safetensors.torch import save_file

from painctl import __version__
from painctl.files.aliases import utf8_path
from painctl.files.scratch import replace_folder, scratch_folder
from painctl.vitpain.interface import PainModel
from painctl.vitpain.registry import kind_of, rebuild
from painctl.vitpain.settings import TrainingSettings
from painctl.vitpain.weights import check_weights, read_safetensors

MODEL_TYPE: Final = "painctl-vitpain"
WEIGHTS, CONFIG, LOG = FILES = ("model.safetensors", "config.json", "log.jsonl")


@dataclass(frozen=True, eq=False)
class Checkpoint:
    """A model loaded from disk, and the training information in its config.json."""

    model: PainModel
    version: str  # of painctl
    training: dict[str, Any]  # the fields of TrainingSettings
    neutral: str  # how neutral pictures were chosen in training


def save(
    folder: Path,
    model: PainModel,
    settings: TrainingSettings,
    neutral: str,
    people: Sequence[str] = (),
    log: Iterable[Mapping[str, Any]] = (),
    overwrite: bool = False,
) -> None:
    """Write a model with its configuration and training log; the folder appears complete or not at all.

    `neutral` says in words how neutral pictures were chosen; `people` are those that the model was trained or
    validated on. Raises FileExistsError if the folder exists, unless `overwrite` is set and it has nothing but a
    model's files.
    """
    if folder.exists() and not overwrite:
        raise FileExistsError(f"{folder}: already exists")
    if folder.exists() and not (folder.is_dir() and {path.name for path in folder.iterdir()} <= set(FILES)):
        raise FileExistsError(
            f"{folder}: not replaced, because it contains more than a model's files; use another folder"
        )
    config = {
        "model_type": MODEL_TYPE,
        "painctl_version": __version__,
        "kind": kind_of(model),
        "architecture": asdict(model.architecture),
        "training": asdict(settings),
        "neutral": neutral,
        "people": sorted(people),
    }
    with scratch_folder(folder) as scratch:
        new = scratch / "new"  # has the default permissions, unlike a temporary folder
        new.mkdir()
        tensors = {name: tensor.detach().cpu().contiguous() for name, tensor in model.state_dict().items()}
        with utf8_path(new) as plain:
            save_file(tensors, plain / WEIGHTS, {"format": "pt"})
        (new / CONFIG).write_text(json.dumps(config, indent=2, sort_keys=True) + "\n")
        (new / LOG).write_text("".join(json.dumps(row) + "\n" for row in log))
        for path in new.iterdir():
            with path.open("rb") as file:
                os.fsync(file.fileno())
        replace_folder(folder, new)


def load(folder: Path) -> Checkpoint:
    """Load a model, without network access and without running code from the files.

    Raises FileNotFoundError or NotADirectoryError for a missing folder or file, and ValueError for a damaged model or
    one that is not painctl's; the message names the file.
    """
    config = read_config(folder)
    try:
        model = rebuild(config["kind"], config["architecture"])
        checkpoint = Checkpoint(model, config["painctl_version"], config["training"], config["neutral"])
    except Exception as error:  # an edited configuration can fail in any way
        reason = " ".join(f"{type(error).__name__}: {error}".split())[:160]
        raise ValueError(f"{folder / CONFIG}: not a valid model configuration ({reason})") from None
    path = folder / WEIGHTS
    tensors = read_safetensors(path)
    check_weights(path, tensors, model, f"the model of {CONFIG}")
    model.load_state_dict(tensors)
    model.eval()
    return checkpoint


def kind_and_architecture(folder: Path) -> tuple[str, dict[str, Any]]:
    """The kind of the model in a folder, and its architecture as plain values. Raises as `read_config` does."""
    config = read_config(folder)
    return str(config.get("kind")), dict(config.get("architecture") or {})


def trained_on(folder: Path) -> list[str]:
    """The people that the model in a folder was trained or validated on. Raises as `read_config` does."""
    return [str(person) for person in read_config(folder).get("people") or ()]


def is_trained_with(folder: Path, settings: TrainingSettings) -> bool:
    """Whether the model in a folder was trained with these settings by this version. Raises as `read_config` does."""
    config = read_config(folder)
    written = json.loads(json.dumps(asdict(settings)))
    return bool(config.get("painctl_version") == __version__ and config.get("training") == written)


def read_config(folder: Path) -> dict[str, Any]:
    """The configuration of the model in a folder. Raises as `load` does."""
    if not folder.exists():
        raise FileNotFoundError(f"{folder}: no such folder; train a model with painctl pretrain")
    if not folder.is_dir():
        raise NotADirectoryError(f"{folder}: not a folder; a model is a folder with {WEIGHTS} and {CONFIG}")
    for file in (WEIGHTS, CONFIG):
        if not (folder / file).is_file():
            raise FileNotFoundError(f"{folder}: no {file} in it; not a model written by painctl pretrain")
    path = folder / CONFIG
    try:
        config = json.loads(path.read_text())
    except ValueError:
        raise ValueError(f"{path}: not valid JSON; copy the model again") from None
    if not isinstance(config, dict) or config.get("model_type") != MODEL_TYPE:
        raise ValueError(f"{path}: not a painctl model; its model_type is not {MODEL_TYPE!r}")
    return config
