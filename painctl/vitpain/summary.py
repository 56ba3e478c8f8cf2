"""What a model is, as plain values for `inspect`."""

from __future__ import annotations

from datetime import datetime, timezone
from pathlib import Path
from typing import Any

from painctl.files.names import printable
from painctl.files.seals import sha256
from painctl.vitpain.checkpoints import load
from painctl.vitpain.interface import PainModel
from painctl.vitpain.model_card import CARD, README
from painctl.vitpain.model_folder import WEIGHTS, checked_config
from painctl.vitpain.registry import kind_of
from painctl.vitpain.released_checkpoint import load_released
from painctl.vitpain.validation import SCORES


def describe_model(path: Path) -> dict[str, Any]:
    """What a model folder, or a checkpoint of the released code, holds; every byte of it is checked.

    Raises as `checkpoints.load` and `load_released` do.
    """
    if not path.is_dir():
        return {"path": printable(path), "model": printable(path.name), **_weights(load_released(path), path)}
    checkpoint, config = load(path), checked_config(path)
    validation = config.get("validation") or {}
    return {
        "path": printable(path),
        "model": checkpoint.identity.name,
        **_weights(checkpoint.model, path / WEIGHTS),
        "needs_neutral": checkpoint.needs_reference,
        "painctl_version": checkpoint.version,
        "date": config.get("date"),
        "licence": config.get("licence"),
        "neutral": checkpoint.neutral,
        "people": len(config.get("people", ())),
        "data": config.get("data") or {"sha256": config.get("run", {}).get("dataset")},
        "initial": config.get("initial"),
        "epochs": checkpoint.training.get("epochs"),
        "epoch": validation.get("epoch"),
        "scores": {name: validation["scores"].get(name) for name in SCORES} if validation else None,
        "median": validation.get("median"),
        "beats_median": checkpoint.beats_median,
        "training": checkpoint.training,
    }


def card_of(path: Path) -> Path:
    """The file with a model's card. Raises ValueError if it has none."""
    for name in (README, CARD) if path.is_dir() else ():
        if (path / name).is_file():
            return path / name
    raise ValueError(f"{path}: has no card; `painctl pretrain` writes one")


def _weights(model: PainModel, path: Path) -> dict[str, Any]:
    """The sizes of a model and of its file, what it takes and gives, and when the file was written."""
    size, written = path.stat().st_size, path.stat().st_mtime
    return {
        "kind": kind_of(model),
        "parameters": sum(tensor.numel() for tensor in model.state_dict().values()),
        "bytes": size,
        "sha256": sha256(path),
        "file_date": datetime.fromtimestamp(written, timezone.utc).date().isoformat(),
        "input_pixels": model.architecture.preprocess.size,
        "compares": model.uses_reference,
        "straightens": model.straightens,
        "levels": [*model.levels],
        "action_units": model.has_action_units,
        "spread": model.has_spread,
    }
