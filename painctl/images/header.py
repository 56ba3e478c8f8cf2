"""The size of a JPEG or PNG picture from the header of its file."""

from __future__ import annotations

import struct
from typing import BinaryIO

PNG_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_JPEG = b"\xff\xd8"
_STANDALONE = {0x01, *range(0xD0, 0xD8)}  # JPEG markers without a segment: TEM and RST0 to RST7
_FRAME = set(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}  # SOF0 to SOF15, except DHT, JPG and DAC
_ENDS = {0xD9, 0xDA}  # EOI and SOS: no frame header came before


def image_size(file: BinaryIO) -> tuple[int, int]:
    """(width, height) in pixels from the header of a JPEG (ITU T.81, B.2) or PNG (ISO 15948) file.

    Raises ValueError for any other file, a truncated header, and a width or height of 0.
    """
    start = file.read(len(PNG_SIGNATURE))
    if start == PNG_SIGNATURE:
        width, height = _png_size(file)
    elif start.startswith(_JPEG):
        file.seek(len(_JPEG))
        width, height = _jpeg_size(file)
    else:
        raise ValueError("neither a JPEG nor a PNG file")
    if not (width and height):
        raise ValueError("picture of no pixels")
    return width, height


def _png_size(file: BinaryIO) -> tuple[int, int]:
    if _read_exactly(file, 8)[4:] != b"IHDR":
        raise ValueError("PNG file without a header")
    width, height = struct.unpack(">II", _read_exactly(file, 8))
    return width, height


def _jpeg_size(file: BinaryIO) -> tuple[int, int]:
    while True:
        while _read_exactly(file, 1) != b"\xff":  # decoders skip what stands between segments
            pass
        marker = 0xFF
        while marker == 0xFF:  # any number of fill bytes
            marker = _read_exactly(file, 1)[0]
        if marker in _ENDS:
            raise ValueError("JPEG file without a frame header")
        if marker in _STANDALONE:
            continue
        (length,) = struct.unpack(">H", _read_exactly(file, 2))
        if marker in _FRAME:
            height, width = struct.unpack(">xHH", _read_exactly(file, 5))
            return width, height
        file.seek(max(0, length - 2), 1)


def _read_exactly(file: BinaryIO, count: int) -> bytes:
    data = file.read(count)
    if len(data) < count:
        raise ValueError("truncated picture file")
    return data
