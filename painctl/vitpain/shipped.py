"""Which model a command uses: the one that it names, the one in PAINCTL_MODEL, or the one that comes with painctl."""

from __future__ import annotations

import os
from importlib.resources import files
from pathlib import Path
from typing import Final

from painctl.records import UsageError

NAME: Final = "painctl"  # of the model that comes with painctl, for --model and --init-from; ./painctl is a folder
FOLDER: Final = Path(str(files("painctl"))) / "models" / "vitpain"
_CHECKPOINTS = (".ckpt", ".pt", ".safetensors")  # of the released code
_VARIABLE = "PAINCTL_MODEL"


def shipped_model() -> Path | None:
    """The folder of the model that comes with painctl; None for a copy of painctl without its weights."""
    return FOLDER if (FOLDER / "config.json").is_file() else None


def find_model(given: str | None) -> Path:
    """The folder of the model to use: the `given` one, else that of PAINCTL_MODEL, else the one of painctl.

    Raises UsageError if there is none. Whether the folder exists is not checked.
    """
    if given is not None:
        return named_model(given, "--model")
    if named := os.environ.get(_VARIABLE):
        return named_model(named, _VARIABLE)
    if folder := shipped_model():
        return folder
    raise UsageError("no model: add --model DIR or set PAINCTL_MODEL; `painctl pretrain` or `painctl demo` makes one")


def is_model_at(path: Path) -> bool:
    """Whether a path looks like a model: a folder with a configuration, or by its suffix a checkpoint."""
    return (path / "config.json").is_file() if path.is_dir() else path.suffix.lower() in _CHECKPOINTS and path.exists()


def named_model(name: str, option: str) -> Path:
    """The folder with this path, or for the name `painctl` the one that comes with it.

    Raises UsageError, which names `option`, if none comes with this copy.
    """
    if name != NAME:
        return Path(name)
    if folder := shipped_model():
        return folder
    raise UsageError(f"{option} {NAME}: this copy of painctl comes without a model; for a folder, write ./{NAME}")
