"""A checkout of Hunyuan3D-2.1 on this machine: its folder and its own Python."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Final

FOLDER, PYTHON = "PAINCTL_HUNYUAN", "PAINCTL_HUNYUAN_PYTHON"  # environment variables
_REPOSITORY = "https://github.com/Tencent-Hunyuan/Hunyuan3D-2.1"
HOW: Final = f"git clone {_REPOSITORY}, install it as its README says, and name the folder with --hunyuan or {FOLDER}"


@dataclass(frozen=True)
class Checkout:
    """Where the paint pipeline is, and what runs it."""

    folder: Path  # its hy3dpaint, which its own relative paths begin at
    python: Path


def find_checkout(path: Path | None = None, python: Path | None = None) -> Checkout:
    """The checkout at `path`, its top or its hy3dpaint, with `python` or the one of its own environment.

    What is None is taken from the environment variables. Raises FileNotFoundError that says what is missing.
    """
    path, python = path or _named(FOLDER), python or _named(PYTHON)
    if path is None:
        raise FileNotFoundError(f"no checkout of Hunyuan3D-2.1: {HOW}")
    if not path.is_dir():
        raise FileNotFoundError(f"{path}: no such folder; {HOW}")
    folder = next((place for place in (path / "hy3dpaint", path) if (place / "textureGenPipeline.py").is_file()), None)
    if folder is None:
        raise FileNotFoundError(f"{path}: no hy3dpaint/textureGenPipeline.py in it; {HOW}")
    # not resolved: the Python of a virtual environment is a link, and knows itself by the link's name
    return Checkout(folder.absolute(), _runnable(python).absolute() if python else _own_python(path, folder.parent))


def _own_python(*tops: Path) -> Path:
    for top in tops:
        for name in (".venv", "venv"):
            if os.access(found := top / name / "bin" / "python", os.X_OK):
                return found.absolute()
    raise FileNotFoundError(
        f"{tops[0]}: no Python in its .venv; name the one that has its packages with --hunyuan-python or {PYTHON}"
    )


def _runnable(python: Path) -> Path:
    if not (python.is_file() and os.access(python, os.X_OK)):
        raise FileNotFoundError(
            f"{python}: no program that can be run; name the Python that has the checkout's packages"
        )
    return python


def _named(variable: str) -> Path | None:
    return Path(os.environ[variable]) if os.environ.get(variable) else None
