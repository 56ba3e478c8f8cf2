"""A checkout of Hunyuan3D-2.1 on this machine: its folder and its own Python."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from painctl.files.reading import open_regular

FOLDER, PYTHON = "PAINCTL_HUNYUAN", "PAINCTL_HUNYUAN_PYTHON"  # environment variables
_REPOSITORY = "https://github.com/Tencent-Hunyuan/Hunyuan3D-2.1"
INSTALL: Final = (
    f"git clone {_REPOSITORY}, install it as its README says, and give its folder with --hunyuan or {FOLDER}"
)


@dataclass(frozen=True)
class Checkout:
    """Where the paint pipeline is, and the Python that runs it."""

    folder: Path  # hy3dpaint, to which the paths in its own code are relative
    python: Path


def find_checkout(path: Path | None = None, python: Path | None = None) -> Checkout:
    """The checkout at `path`, its top folder or its hy3dpaint, with `python` or that of its virtual environment.

    Arguments that are None are read from the environment variables. Raises FileNotFoundError that says what is missing,
    and ValueError for Git LFS pointers.
    """
    path, python = path or _from_environment(FOLDER), python or _from_environment(PYTHON)
    if path is None:
        raise FileNotFoundError(f"no checkout of Hunyuan3D-2.1: {INSTALL}")
    if not path.is_dir():
        raise FileNotFoundError(f"{path}: no such folder; {INSTALL}")
    folder = next(
        (folder for folder in (path / "hy3dpaint", path) if (folder / "textureGenPipeline.py").is_file()), None
    )
    if folder is None:
        raise FileNotFoundError(f"{path}: no hy3dpaint/textureGenPipeline.py in it; {INSTALL}")
    for file in (folder / "textureGenPipeline.py", *sorted((folder / "ckpt").glob("*.pth"))):
        open_regular(file).close()
    # not resolved: the Python of a virtual environment is a link, and finds its packages by the link's path
    return Checkout(folder.absolute(), _runnable(python).absolute() if python else _own_python(path, folder.parent))


def _own_python(*tops: Path) -> Path:
    for top in tops:
        for name in (".venv", "venv"):
            if os.access(python := top / name / "bin" / "python", os.X_OK):
                return python.absolute()
    raise FileNotFoundError(
        f"{tops[0]}: no Python in its .venv; give the one that has its packages with --hunyuan-python or {PYTHON}"
    )


def _runnable(python: Path) -> Path:
    if not (python.is_file() and os.access(python, os.X_OK)):
        raise FileNotFoundError(f"{python}: not an executable file; give the Python that has the checkout's packages")
    return python


def _from_environment(variable: str) -> Path | None:
    return Path(os.environ[variable]) if os.environ.get(variable) else None
