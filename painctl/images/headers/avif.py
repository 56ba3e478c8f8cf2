"""Claims of AVIF files: items and their properties after ISO 23008-12 (HEIF)."""

from __future__ import annotations

from painctl.images.headers.av1 import largest_frame
from painctl.images.headers.boxes import Box, boxes, child, whole
from painctl.images.headers.claim import Claim
from painctl.images.headers.fields import unpack

_MOST_ITEMS = 4096


def avif(data: bytes) -> Claim:
    """The largest size among all items, and how the primary item is to be turned.

    Frames are as large as their AV1 sequence headers say, whatever the properties of their items. Exif is ignored, as
    the standard demands. Raises ValueError for a sequence.
    """
    if data[8:12] == b"avis":
        raise ValueError("holds an image sequence; save the picture you want as a file of its own")
    _, start, end = child(data, whole(data), b"meta")
    meta = (b"meta", start + 4, end)  # after version and flags
    properties = child(data, meta, b"iprp")
    container = list(boxes(data, child(data, properties, b"ipco")))
    sizes = [unpack(">II", data, start + 4) for kind, start, _ in container if kind == b"ispe"]
    frames = [largest_frame(stream) for stream in _coded_pictures(data, meta)]
    if not (sizes and frames):
        raise ValueError("not a readable picture: an AVIF file without a picture")
    width, height = max(sizes, key=lambda size: size[0] * size[1])
    turns, mirrored = 0, ""
    for number in _associated(data, child(data, properties, b"ipma"), _primary(data, meta)):
        if 1 <= number <= len(container):
            kind, start, _ = container[number - 1]
            if kind == b"irot":
                turns = unpack(">B", data, start)[0] & 3
            elif kind == b"imir":
                mirrored = "columns" if unpack(">B", data, start)[0] & 1 else "rows"
    held = sum(across * down for across, down in frames)
    return Claim(width, height, pixel_bytes=8, buffer=held, quarter_turns=turns, mirrored=mirrored)


def _primary(data: bytes, meta: Box) -> int:
    """The number of the primary item."""
    _, start, _ = child(data, meta, b"pitm")
    version = unpack(">B", data, start)[0]
    return int(unpack(">I" if version else ">H", data, start + 4)[0])


def _associated(data: bytes, box: Box, item: int) -> list[int]:
    """The numbers, from 1, of the properties of an item."""
    _, place, _ = box
    flags, entries = unpack(">II", data, place)
    version, is_wide = flags >> 24, flags & 1
    place += 8
    for _ in range(min(entries, _MOST_ITEMS)):
        name, count = unpack(">IB" if version else ">HB", data, place)
        place += 5 if version else 3
        numbers = unpack(f">{count}{'H' if is_wide else 'B'}", data, place)
        place += count * (2 if is_wide else 1)
        if name == item:
            return [number & (0x7FFF if is_wide else 0x7F) for number in numbers]
    return []


def _coded_pictures(data: bytes, meta: Box) -> list[bytes]:
    """The AV1 streams of all items."""
    places = _extents(data, meta)
    return [
        b"".join(data[start : start + (length or len(data))] for start, length in places.get(item, []))
        for item in _coded_items(data, meta)
    ]


def _coded_items(data: bytes, meta: Box) -> list[int]:
    """The numbers of the items of type av01."""
    _, start, end = child(data, meta, b"iinf")
    version = unpack(">B", data, start)[0]
    items = []
    for kind, place, _ in boxes(data, (b"", start + (8 if version else 6), end)):
        if kind == b"infe":
            wide = unpack(">B", data, place)[0] == 3
            item, _, coding = unpack(">IH4s" if wide else ">HH4s", data, place + 4)
            if coding == b"av01":
                items.append(item)
    return items


def _extents(data: bytes, meta: Box) -> dict[int, list[tuple[int, int]]]:
    """The places and lengths of the parts of each item, in the file."""
    _, place, _ = child(data, meta, b"iloc")
    version, sizes = unpack(">B3xH", data, place)
    offset_size, length_size, base_size = sizes >> 12, sizes >> 8 & 15, sizes >> 4 & 15
    index_size = sizes & 15 if version else 0
    wide = version == 2
    (count,) = unpack(">I" if wide else ">H", data, place + 6)
    place += 10 if wide else 8

    def number(size: int) -> int:
        nonlocal place
        unpack(f">{size}s", data, place)  # raises where the file is too short
        place += size
        return int.from_bytes(data[place - size : place], "big")

    inside = next((start for kind, start, _ in boxes(data, meta) if kind == b"idat"), 0)
    extents: dict[int, list[tuple[int, int]]] = {}
    for _ in range(min(count, _MOST_ITEMS)):
        item = number(4 if wide else 2)
        method = number(2) & 15 if version else 0
        number(2)  # data reference
        base = number(base_size) + (inside if method == 1 else 0)
        for _ in range(number(2)):
            number(index_size)
            offset = number(offset_size)
            extents.setdefault(item, []).append((base + offset, number(length_size)))
    return extents
