"""Paths in UTF-8, for libraries that accept no others."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path


@contextlib.contextmanager
def utf8_path(path: Path) -> Iterator[Path]:
    """A path to the same file or folder whose bytes are UTF-8: itself, or its entry among the open files of Linux.

    For safetensors, whose paths are Rust strings. Raises OSError if it does not exist or cannot be read.
    """
    if _is_utf8(path):
        yield path
        return
    handle = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    try:
        yield Path(f"/proc/self/fd/{handle}")
    finally:
        os.close(handle)


def _is_utf8(path: Path) -> bool:
    try:
        str(path).encode()
    except UnicodeEncodeError:
        return False
    return True
