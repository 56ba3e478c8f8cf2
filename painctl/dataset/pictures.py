"""The format and size of an encoded picture, read without decoding it."""

from __future__ import annotations

import io

from painctl.images.header import PNG_SIGNATURE, image_size

_PNG_END = b"IEND\xaeB`\x82"
_JPEG = b"\xff\xd8\xff"
_JPEG_END = b"\xff\xd9"


def extension(data: bytes) -> str:
    """jpg or png. Raises ValueError for anything else."""
    if data.startswith(_JPEG):
        return "jpg"
    if data.startswith(PNG_SIGNATURE):
        return "png"
    raise ValueError("neither JPEG nor PNG")


def size(data: bytes) -> tuple[int, int]:
    """(height, width) in pixels. Raises ValueError if the file is not a JPEG or PNG, or is truncated."""
    png = extension(data) == "png"
    if not data.endswith(_PNG_END if png else _JPEG_END):
        raise ValueError("truncated: its end is missing")
    try:
        width, height = image_size(io.BytesIO(data))
    except ValueError:
        raise ValueError("its header is truncated or damaged") from None
    return height, width
