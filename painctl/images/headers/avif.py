"""Claims of AVIF files: boxes after ISO 14496-12, items and their properties after ISO 23008-12 (HEIF)."""

from __future__ import annotations

from collections.abc import Iterator

from painctl.images.headers.claim import Claim
from painctl.images.headers.fields import unpack

_MOST_BOXES = 10_000

Box = tuple[bytes, int, int]  # type, start and end of its content


def avif(data: bytes) -> Claim:
    """The largest size among all items, and how the primary item is to be turned.

    Exif is ignored, as the standard demands. Raises ValueError for a sequence.
    """
    if data[8:12] == b"avis":
        raise ValueError("holds an image sequence; save the picture you want as a file of its own")
    meta = _child(data, (b"", 0, len(data)), b"meta")
    meta = (b"meta", meta[1] + 4, meta[2])  # after version and flags
    properties = _child(data, meta, b"iprp")
    container = list(_boxes(data, _child(data, properties, b"ipco")))
    sizes = [unpack(">II", data, start + 4) for kind, start, _ in container if kind == b"ispe"]
    if not sizes:
        raise ValueError("not a readable picture: an AVIF file without a size")
    width, height = max(sizes, key=lambda size: size[0] * size[1])
    turns, mirrored = 0, ""
    for number in _associated(data, _child(data, properties, b"ipma"), _primary(data, meta)):
        if 1 <= number <= len(container):
            kind, start, _ = container[number - 1]
            if kind == b"irot":
                turns = unpack(">B", data, start)[0] & 3
            elif kind == b"imir":
                mirrored = "columns" if unpack(">B", data, start)[0] & 1 else "rows"
    return Claim(width, height, pixel_bytes=9, quarter_turns=turns, mirrored=mirrored)


def _boxes(data: bytes, parent: Box) -> Iterator[Box]:
    _, place, end = parent
    for _ in range(_MOST_BOXES):
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


def _child(data: bytes, parent: Box, kind: bytes) -> Box:
    for box in _boxes(data, parent):
        if box[0] == kind:
            return box
    raise ValueError(f"not a readable picture: an AVIF file without the box {kind.decode()}")


def _primary(data: bytes, meta: Box) -> int:
    """The number of the primary item."""
    _, start, _ = _child(data, meta, b"pitm")
    version = unpack(">B", data, start)[0]
    return int(unpack(">I" if version else ">H", data, start + 4)[0])


def _associated(data: bytes, box: Box, item: int) -> list[int]:
    """The numbers, from 1, of the properties of an item."""
    _, place, _ = box
    (flags,) = unpack(">I", data, place)
    version, is_wide = flags >> 24, flags & 1
    (entries,) = unpack(">I", data, place + 4)
    place += 8
    for _ in range(entries):
        name, count = unpack(">IB" if version else ">HB", data, place)
        place += 5 if version else 3
        layout = f">{count}{'H' if is_wide else 'B'}"
        numbers = unpack(layout, data, place)
        place += count * (2 if is_wide else 1)
        if name == item:
            return [number & (0x7FFF if is_wide else 0x7F) for number in numbers]
    return []
