"""Silencing decoders that write to stderr; painctl reports their errors itself."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator


@contextlib.contextmanager
def silenced() -> Iterator[None]:
    """Point file descriptor 2 at the null device: libpng and FFmpeg bypass Python's stderr and OpenCV's own log."""
    try:
        stderr = os.dup(2)
    except OSError:  # the caller has closed it
        yield
        return
    null = os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(null, 2)
        yield
    finally:
        os.dup2(stderr, 2)
        os.close(stderr)
        os.close(null)
