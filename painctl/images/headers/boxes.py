"""Boxes of ISO base media files (ISO 14496-12)."""

from __future__ import annotations

from collections.abc import Iterator

from painctl.images.headers.fields import unpack

_MOST = 10_000

Box = tuple[bytes, int, int]  # type, start and end of its content


def whole(data: bytes) -> Box:
    """The file as the box that holds the outermost ones."""
    return (b"", 0, len(data))


def boxes(data: bytes, parent: Box) -> Iterator[Box]:
    """The boxes directly in another, in order. Raises ValueError for one that leaves it."""
    _, place, end = parent
    for _ in range(_MOST):
        if place + 8 > end:
            return
        length, kind = unpack(">I4s", data, place)
        header = 8
        if length == 1:
            (length,) = unpack(">Q", data, place + 8)
            header = 16
        stop = end if length == 0 else place + length
        if stop < place + header or stop > end:
            raise ValueError("not a readable picture: truncated or damaged")
        yield kind, place + header, stop
        place = stop


def child(data: bytes, parent: Box, kind: bytes) -> Box:
    """The first box of a type directly in another. Raises ValueError without one."""
    for box in boxes(data, parent):
        if box[0] == kind:
            return box
    raise ValueError(f"not a readable picture: without the box {kind.decode()}")
