"""What a JPEG or PNG file claims, checked before it is decoded."""

from __future__ import annotations

import io
import struct

from painctl.images.header import image_size
from painctl.images.limits import check_size

_MOST_SCANS = 100  # of a JPEG; encoders make about ten
_MOST_SEGMENTS = 10_000  # of a JPEG, before its first scan
_SCAN = b"\xff\xda"
_STANDALONE = {0x00, 0x01, *range(0xD0, 0xDA), 0xFF}  # no segment follows: TEM, RST, SOI, EOI, and fill bytes
_CHUNK = struct.Struct(">I4s")  # length and type
_AFTER_SIGNATURE = 8


def check_jpeg(data: bytes) -> None:
    """Raises ValueError as `check_size`, and for more segments and scans than a photograph has.

    Decoders list the segments, and each scan passes over all pixels.
    """
    start = _first_scan(data)
    _check_size(data)
    scans = data.count(_SCAN, start, max(start, data.find(b"\xff\xd9", start)))
    if scans > _MOST_SCANS:
        raise ValueError(f"not a readable picture: {scans:,} scans; the limit is {_MOST_SCANS}")


def _first_scan(data: bytes) -> int:
    """The place of the first scan of a JPEG, or the end of the file. Raises ValueError for too many segments."""
    place = 2
    for _ in range(_MOST_SEGMENTS):
        place = data.find(b"\xff", place)
        marker = data[place : place + 2]
        if place < 0 or len(marker) < 2:
            return len(data)
        if marker == _SCAN:
            return place
        if marker[1] in _STANDALONE:
            place += 1
        else:
            place += 2 + max(2, int.from_bytes(data[place + 2 : place + 4], "big"))
    raise ValueError(f"not a readable picture: more than {_MOST_SEGMENTS:,} segments")


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


def _check_size(data: bytes) -> None:
    try:
        width, height = image_size(io.BytesIO(data))
    except ValueError as error:
        raise ValueError(f"not a readable picture: {error}") from None
    check_size(width, height, len(data))
