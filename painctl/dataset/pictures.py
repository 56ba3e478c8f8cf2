"""What an encoded picture says of itself, read from its first and last bytes without decoding it."""

from __future__ import annotations

import struct

_PNG = b"\x89PNG\r\n\x1a\n"
_PNG_END = b"IEND\xaeB`\x82"
_JPEG = b"\xff\xd8\xff"
_JPEG_END = b"\xff\xd9"
_JPEG_FRAMES = {*range(0xC0, 0xD0)} - {0xC4, 0xC8, 0xCC}  # start-of-frame markers, ITU T.81 table B.1


def extension(data: bytes) -> str:
    """jpg or png. Raises ValueError for anything else."""
    if data.startswith(_JPEG):
        return "jpg"
    if data.startswith(_PNG):
        return "png"
    raise ValueError("neither JPEG nor PNG")


def size(data: bytes) -> tuple[int, int]:
    """(height, width) in pixels. Raises ValueError for what is not a JPEG or PNG, or is cut short."""
    png = extension(data) == "png"
    if not data.endswith(_PNG_END if png else _JPEG_END):
        raise ValueError("its end is missing")
    try:
        width, height = struct.unpack_from(">II", data, 16) if png else _jpeg(data)
    except (struct.error, IndexError):
        raise ValueError("its header is cut short") from None
    return height, width


def _jpeg(data: bytes) -> tuple[int, int]:
    start = 2
    while data[start + 1] not in _JPEG_FRAMES:
        start += 2 + struct.unpack_from(">H", data, start + 2)[0]
    height, width = struct.unpack_from(">HH", data, start + 5)
    return width, height
