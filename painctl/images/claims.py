"""What a JPEG or PNG file claims, checked before it is decoded."""

from __future__ import annotations

import io
import struct

from painctl.images.header import image_size
from painctl.images.limits import check_size

_MOST_SCANS = 100  # of a JPEG; encoders make about ten
_CHUNK = struct.Struct(">I4s")  # length and type
_AFTER_SIGNATURE = 8


def check_jpeg(data: bytes) -> None:
    """Raises ValueError as `check_size`, and for more scans than a photograph has: each passes over all its pixels."""
    start = _check_size(data)
    scans = data.count(b"\xff\xda", start, max(start, data.find(b"\xff\xd9", start)))
    if scans > _MOST_SCANS:
        raise ValueError(f"not a readable picture: {scans:,} scans; the limit is {_MOST_SCANS}")


def check_png(data: bytes) -> None:
    """Raises ValueError as `check_size`, for several pictures, and for a chunk that leaves the file.

    Decoders allocate what a chunk claims, and a list of the frames that `acTL` claims.
    """
    _check_size(data)
    place, kind = _AFTER_SIGNATURE, b""
    while kind != b"IEND":
        if place + _CHUNK.size > len(data):
            raise ValueError("not a readable picture: truncated or damaged")
        length, kind = _CHUNK.unpack_from(data, place)
        if kind == b"acTL":
            frames = int.from_bytes(data[place + 8 : place + 12], "big")
            if frames > 1:
                raise ValueError(f"holds {frames:,} pictures; save the one you want as a file of its own")
        place += _CHUNK.size + length + 4  # checksum
    if place > len(data):
        raise ValueError("not a readable picture: truncated or damaged")


def _check_size(data: bytes) -> int:
    """Check the size of a picture, and return the place in the file after it."""
    file = io.BytesIO(data)
    try:
        width, height = image_size(file)
    except ValueError as error:
        raise ValueError(f"not a readable picture: {error}") from None
    check_size(width, height, len(data))
    return file.tell()
