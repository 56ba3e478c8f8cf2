"""Small files that are complete or absent."""

from __future__ import annotations

from pathlib import Path

from painctl.files.scratch import atomic_writer


def atomic_write(path: Path, data: bytes) -> None:
    """Write a file: complete or absent. Raises OSError with the name of `path`."""
    with atomic_writer(path) as file:
        file.write(data)
