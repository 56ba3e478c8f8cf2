"""FLAME heads from the user's model file."""

from __future__ import annotations

import os
from pathlib import Path

from painctl.face.flame.head import FlameHead, licence, load_flame
from painctl.face.flame.model_file import MODELS, read_flame
from painctl.face.flame.texture_layout import find_template, read_layout
from painctl.records import Reporter, UsageError

_VARIABLE = "PAINCTL_FLAME"


def probe() -> str:
    """The model named by the environment variable, and its licence."""
    path = _default()
    if path is None:
        raise OSError(f"no model; name {MODELS} with --flame or {_VARIABLE}; flame.is.tue.mpg.de has them")
    read_layout(find_template(path, None), read_flame(path).faces)
    return f"{path}, under {licence(path)}"


def build(reporter: Reporter, model: Path | None = None, template: Path | None = None) -> FlameHead:
    """The head of a model file, by default that of PAINCTL_FLAME, and its template OBJ, by default the one beside it.

    Raises UsageError if no model is named, and as `load_flame`.
    """
    path = model_file(model)
    head = load_flame(path, template, reporter.say)
    reporter.say(f"{path}: these heads and all pictures of them are licensed under {head.licence}")
    return head


def model_file(model: Path | None) -> Path:
    """The model file, by default that of PAINCTL_FLAME. Raises UsageError if no model is named."""
    path = model or _default()
    if path is None:
        raise UsageError(
            f"--model flame needs --flame FILE or {_VARIABLE}: {MODELS}; available from flame.is.tue.mpg.de "
            "after registration"
        )
    return path


def _default() -> Path | None:
    return Path(os.environ[_VARIABLE]) if os.environ.get(_VARIABLE) else None
