"""A small file that is complete or absent."""

from __future__ import annotations

import os
from pathlib import Path


def publish(path: Path, data: bytes) -> None:
    """Write `data` beside `path` and put it in its place. Raises OSError in the name of `path`."""
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        part.write_bytes(data)
        part.replace(path)
    except OSError as error:
        raise type(error)(error.errno, error.strerror, str(path)) from None
    finally:
        part.unlink(missing_ok=True)
