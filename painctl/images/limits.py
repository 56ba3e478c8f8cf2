"""The limits on the size of a picture: a small file can decode to more than memory holds."""

from __future__ import annotations

MOST_PIXELS = 100_000_000  # larger pictures are not decoded
_PLAUSIBLE = 16_000_000  # pixels that a file of any size may hold
_DENSEST = 1_000  # pixels per byte of a larger picture; photographs have fewer than 100


def check_size(width: int, height: int, file_bytes: int) -> None:
    """Raises ValueError for too many pixels, and for more than a file of this size plausibly holds."""
    pixels = width * height
    if pixels > MOST_PIXELS:
        raise ValueError(f"{width} x {height} pixels; the limit is {MOST_PIXELS // 1_000_000} million")
    if pixels > max(_PLAUSIBLE, _DENSEST * file_bytes):
        raise ValueError(f"not a readable picture: its {file_bytes:,} bytes claim {pixels:,} pixels")
