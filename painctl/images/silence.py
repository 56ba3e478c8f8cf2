"""Silence for decoders that write to stderr; painctl reports their errors in its own words."""

from __future__ import annotations

from contextlib import AbstractContextManager

from painctl.files.descriptors import redirected


def silenced() -> AbstractContextManager[None]:
    """Discard what is written to file descriptor 2: libpng and FFmpeg bypass Python and OpenCV's own log."""
    return redirected(2)
