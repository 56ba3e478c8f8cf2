"""Claims of TIFF and BigTIFF files."""

from __future__ import annotations

from painctl.images.headers.claim import Claim
from painctl.images.headers.fields import unpack

_SUBFILE, _WIDTH, _HEIGHT, _BITS, _SAMPLES, _TILE_WIDTH, _TILE_HEIGHT = 254, 256, 257, 258, 277, 322, 323
_RAW = {50706, 50752}  # DNG's version; Canon's slices
_PREVIEW = 1  # of _SUBFILE
_NUMBERS = {1: "B", 3: "H", 4: "I", 16: "Q"}
_MOST_ENTRIES = 4096
_MOST_DIRECTORIES = 1000


def tiff(data: bytes) -> Claim:
    """TIFF 6.0 and BigTIFF: the first picture, and the number of those that follow.

    Raises ValueError for the raw picture of a camera, whose first picture is a preview.
    """
    order = "<" if data[:2] == b"II" else ">"
    (version,) = unpack(f"{order}H", data, 2)
    pointer, place_of_first = ("Q", 8) if version == 43 else ("I", 4)
    (place,) = unpack(order + pointer, data, place_of_first)
    first: dict[int, int] = {}
    seen: set[int] = set()
    while place and place not in seen and len(seen) < _MOST_DIRECTORIES:
        tags, following = _directory(data, place, order, pointer)
        first = first or tags
        seen.add(place)
        place = following
    if _RAW & first.keys() or data[8:10] == b"CR" or first.get(_SUBFILE, 0) & _PREVIEW:
        raise ValueError("the raw picture of a camera; export it as JPEG or PNG")
    bits, samples = first.get(_BITS, 1), first.get(_SAMPLES, 1)
    return Claim(
        first.get(_WIDTH, 0),
        first.get(_HEIGHT, 0),
        pixel_bytes=max(4, samples * -(-bits // 8)),
        pictures=len(seen),
        buffer=first.get(_TILE_WIDTH, 0) * first.get(_TILE_HEIGHT, 0),
    )


def _directory(data: bytes, place: int, order: str, pointer: str) -> tuple[dict[int, int], int]:
    """The first value of each tag of whole numbers in the directory at a place, and the place of the next."""
    big = pointer == "Q"
    (count,) = unpack(order + ("Q" if big else "H"), data, place)
    if count > _MOST_ENTRIES:
        raise ValueError("not a readable picture: its header is damaged")
    place += 8 if big else 2
    tags: dict[int, int] = {}
    for _ in range(count):
        tag, kind, values = unpack(f"{order}HH{pointer}", data, place)
        entry = place + (12 if big else 8)
        place = entry + (8 if big else 4)
        if kind in _NUMBERS:
            layout = order + _NUMBERS[kind]
            size = {"B": 1, "H": 2, "I": 4, "Q": 8}[_NUMBERS[kind]]
            if values * size > (8 if big else 4):
                (entry,) = unpack(order + pointer, data, entry)
            tags.setdefault(tag, unpack(layout, data, entry)[0] if values else 0)
    try:
        (following,) = unpack(order + pointer, data, place)
    except ValueError:  # nothing follows
        following = 0
    return tags, following
