"""Arrays in the user's cache folder: complete or absent, and verified when read."""

from __future__ import annotations

import hashlib
import io
import os
from pathlib import Path

import numpy as np
from platformdirs import user_cache_path

from painctl.files.scratch import atomic_writer


def folder() -> Path:
    """The cache folder: PAINCTL_CACHE, or the platform's folder for painctl."""
    override = os.environ.get("PAINCTL_CACHE")
    return Path(override) if override else user_cache_path("painctl")


def read_arrays(name: str) -> dict[str, np.ndarray] | None:
    """The arrays cached under a name; None if there are none or the file is damaged."""
    try:
        data = _path(name).read_bytes()
    except FileNotFoundError:
        return None
    digest, image = data[:32], data[32:]
    if hashlib.sha256(image).digest() != digest:
        return None
    with np.load(io.BytesIO(image), allow_pickle=False) as arrays:
        return {key: arrays[key] for key in arrays.files}


def write_arrays(name: str, arrays: dict[str, np.ndarray]) -> None:
    """Cache arrays under a name. Two processes may do so at once: the last one wins, with the same bytes."""
    path = _path(name)
    path.parent.mkdir(parents=True, exist_ok=True)
    buffer = io.BytesIO()
    np.savez(buffer, **arrays)  # type: ignore[arg-type]
    image = buffer.getvalue()
    with atomic_writer(path) as file:
        file.write(hashlib.sha256(image).digest() + image)


def _path(name: str) -> Path:
    return folder() / f"{name.replace('/', '-')}.npz.sha256"
