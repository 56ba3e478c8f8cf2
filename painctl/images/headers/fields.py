"""Numbers at places in a file."""

from __future__ import annotations

import struct
from typing import Any


def unpack(layout: str, data: bytes, place: int) -> tuple[Any, ...]:
    """`struct.unpack_from`. Raises ValueError where the file is too short."""
    if place < 0 or place + struct.calcsize(layout) > len(data):
        raise ValueError("not a readable picture: truncated or damaged")
    return struct.unpack_from(layout, data, place)
