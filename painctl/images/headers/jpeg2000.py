"""Claims of JPEG 2000 files."""

from __future__ import annotations

from painctl.images.headers.claim import Claim
from painctl.images.headers.fields import unpack

_CODESTREAM = b"\xff\x4f\xff\x51"  # SOC, SIZ
_MOST_TILES = 5_000  # OpenJPEG allocates about 10 kB for each
_MOST_COMPONENTS = 4


def jpeg2000(data: bytes) -> Claim:
    """ISO 15444-1, A.5.1. Raises ValueError for more tiles and components than a photograph has."""
    place = data.find(_CODESTREAM)
    if place < 0:
        raise ValueError("not a readable picture: a JPEG 2000 file without a picture")
    right, bottom, left, top, tile_width, tile_height, tile_left, tile_top, components = unpack(">8IH", data, place + 8)
    if not (tile_width and tile_height and 1 <= components <= _MOST_COMPONENTS):
        raise ValueError("not a readable picture: its header is damaged")
    tiles = -(-(right - tile_left) // tile_width) * -(-(bottom - tile_top) // tile_height)
    if tiles > _MOST_TILES:
        raise ValueError(f"{tiles:,} tiles; the limit is {_MOST_TILES:,}")
    return Claim(right - left, bottom - top, pixel_bytes=4 * components)
