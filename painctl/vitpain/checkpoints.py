"""A trained model as a folder: model.safetensors, config.json and log.jsonl, complete or absent."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

from safetensors import SafetensorError
from safetensors.torch import load_file, save_file

from painctl import __version__
from painctl.files.scratch import replace_folder, scratch_folder
from painctl.vitpain.interface import PainModel
from painctl.vitpain.kinds import kind_of, rebuilt
from painctl.vitpain.settings import TrainingSettings

MODEL_TYPE: Final = "painctl-vitpain"
WEIGHTS, CONFIG, LOG = FILES = ("model.safetensors", "config.json", "log.jsonl")


@dataclass(frozen=True, eq=False)
class Checkpoint:
    """A model read from disk, and what its config.json tells of its making."""

    model: PainModel
    version: str  # of painctl
    training: dict[str, Any]  # the settings
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
    """Write a model with its configuration and training log; whoever looks sees the whole folder or none.

    `neutral` says in words how neutral pictures were chosen, `people` are those who taught the model or chose its
    epoch. Raises FileExistsError if the folder is there, unless `overwrite` and it is a model's folder.
    """
    if folder.exists() and not overwrite:
        raise FileExistsError(f"{folder}: is there already")
    if folder.exists() and not (folder.is_dir() and {path.name for path in folder.iterdir()} <= set(FILES)):
        raise FileExistsError(f"{folder}: holds more than a model, and is left alone; name another folder")
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
        part = scratch / "new"  # made with the usual permissions, which a temporary folder does not have
        part.mkdir()
        tensors = {name: tensor.detach().cpu().contiguous() for name, tensor in model.state_dict().items()}
        save_file(tensors, part / WEIGHTS, {"format": "pt"})
        (part / CONFIG).write_text(json.dumps(config, indent=2, sort_keys=True) + "\n")
        (part / LOG).write_text("".join(json.dumps(row) + "\n" for row in log))
        for file in part.iterdir():
            with file.open("rb") as written:
                os.fsync(written.fileno())
        replace_folder(folder, part)


def load(folder: Path) -> Checkpoint:
    """Read a model, with no network and no code from the file.

    Raises FileNotFoundError or NotADirectoryError for what is not there, ValueError for what is not a painctl model
    or is damaged; the message names the file.
    """
    config = _read(folder)
    try:
        model = rebuilt(config["kind"], config["architecture"])
        checkpoint = Checkpoint(model, config["painctl_version"], config["training"], config["neutral"])
    except Exception as error:  # a hand-edited configuration fails in as many ways as there are fields
        reason = " ".join(f"{type(error).__name__}: {error}".split())[:160]
        raise ValueError(f"{folder / CONFIG}: describes no model ({reason})") from None
    _fill(model, folder / WEIGHTS)
    model.eval()
    return checkpoint


def described(folder: Path) -> tuple[str, dict[str, Any]]:
    """The kind of the model in a folder, and its architecture as plain values. Raises as `load` does."""
    config = _read(folder)
    return str(config.get("kind")), dict(config.get("architecture") or {})


def taught_by(folder: Path) -> list[str]:
    """The people who taught the model in a folder, or chose its epoch. Raises as `load` does."""
    return [str(person) for person in _read(folder).get("people") or ()]


def was_taught(folder: Path, settings: TrainingSettings) -> bool:
    """Whether the model in a folder was taught with these settings by this version. Raises as `load` does."""
    config = _read(folder)
    asked = json.loads(json.dumps(asdict(settings)))  # as they are written
    return bool(config.get("painctl_version") == __version__ and config.get("training") == asked)


def _read(folder: Path) -> dict[str, Any]:
    """The configuration of a model's folder."""
    if not folder.exists():
        raise FileNotFoundError(f"{folder}: no such folder; train one with painctl pretrain")
    if not folder.is_dir():
        raise NotADirectoryError(f"{folder}: not a folder; a model is a folder with {WEIGHTS} and {CONFIG}")
    for file in (WEIGHTS, CONFIG):
        if not (folder / file).is_file():
            raise FileNotFoundError(f"{folder}: no {file} in it; not a model of painctl pretrain")
    return _configuration(folder / CONFIG)


def _configuration(path: Path) -> dict[str, Any]:
    try:
        config = json.loads(path.read_text())
    except ValueError:
        raise ValueError(f"{path}: not JSON; copy the model again") from None
    if not isinstance(config, dict) or config.get("model_type") != MODEL_TYPE:
        raise ValueError(f"{path}: not a painctl model; its model_type is not {MODEL_TYPE!r}")
    return config


def _fill(model: PainModel, path: Path) -> None:
    try:
        tensors = load_file(path)
    except SafetensorError as error:
        raise ValueError(f"{path}: damaged or not safetensors ({error}); copy the model again") from None
    expected = model.state_dict()
    if odd := sorted(expected.keys() ^ tensors.keys()):
        where = "is missing" if odd[0] in expected else "is not of this model"
        raise ValueError(f"{path}: {odd[0]} {where} ({len(odd)} such weights); {CONFIG} is of another model")
    for name, tensor in tensors.items():
        if tensor.shape != expected[name].shape:
            raise ValueError(f"{path}: {name} is {[*tensor.shape]}, {CONFIG} says {[*expected[name].shape]}")
        if not tensor.isfinite().all():
            raise ValueError(f"{path}: {name} holds what is no number; train the model again")
    model.load_state_dict(tensors)
