"""A small file that is complete or absent."""

from __future__ import annotations

from pathlib import Path

from painctl.files.scratch import atomic_writer


def atomic_write(path: Path, data: bytes) -> None:
    """Write `data` beside `path` and put it in its place. Raises OSError in the name of `path`."""
    with atomic_writer(path) as file:
        file.write(data)
