"""Small files that are complete or absent."""

from __future__ import annotations

from pathlib import Path

from painctl.files.scratch import atomic_writer
from painctl.files.targets import output_file


def atomic_write(path: Path, data: bytes, private: bool = False) -> None:
    """Write a file, complete or absent; a `private` one is readable by its owner alone.

    Raises as `output_file`, and OSError with the name of the file.
    """
    with atomic_writer(output_file(path), private) as file:
        file.write(data)
