"""Silence for decoders that write to stderr, whose errors are told in our own words."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator


@contextlib.contextmanager
def silenced() -> Iterator[None]:
    """File descriptor 2 leads nowhere meanwhile: libpng and FFmpeg write to it past Python and OpenCV's own log."""
    try:
        kept = os.dup(2)
    except OSError:  # the caller has closed it
        yield
        return
    nowhere = os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(nowhere, 2)
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)
        os.close(nowhere)
