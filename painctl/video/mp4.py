"""What an MP4 or QuickTime file states about itself (ISO 14496-12)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import BinaryIO

from painctl.video.container import Container, cut_off, printed

_MOST_BOXES = 1_000_000  # that are followed
_MOST_INDEX = 256_000_000  # bytes


def examine_mp4(file: BinaryIO, size: int) -> Container:
    """What the boxes in a file of `size` bytes state; moov is the index."""
    position, index, fragmented, fault = 0, None, False, ""
    for _ in range(_MOST_BOXES):
        file.seek(position)
        start = file.read(16)
        if len(start) < 8:
            break
        length = int.from_bytes(start[:4], "big")
        length = int.from_bytes(start[8:16], "big") if length == 1 else length or size - position
        kind = start[4:8]
        if length < 8:
            break
        if fault := cut_off(position + length, size):
            break
        if kind == b"moov" and length <= _MOST_INDEX:
            file.seek(position)
            index = file.read(length)
        fragmented = fragmented or kind == b"moof"
        position += length
    if index is None:
        return Container("MP4", fault or "it has no index (moov): it was not closed when it was recorded")
    track = _track(index, size)
    return replace(track, fault=track.fault or fault, frames=None if fragmented else track.frames)


def _track(index: bytes, file_size: int) -> Container:
    """What the index states about the first video track."""
    for start, end in _children(index, 8, len(index), b"trak"):
        parts = {
            kind: place
            for path in ((b"edts", b"elst"), (b"mdia", b"hdlr"), (b"mdia", b"mdhd"))
            for kind, place in _descend(index, start, end, path)
        }
        handler = parts.get(b"hdlr")
        if not handler or index[handler[0] + 8 : handler[0] + 12] != b"vide":
            continue
        table = dict(_descend(index, start, end, (b"mdia", b"minf", b"stbl", b"stsd")))
        table |= dict(_descend(index, start, end, (b"mdia", b"minf", b"stbl", b"stsz")))
        codec = printed(index[table[b"stsd"][0] + 12 : table[b"stsd"][0] + 16]) if b"stsd" in table else ""
        if b"stsz" not in table:
            return Container("MP4", codec=codec)
        place = table[b"stsz"][0]
        sample_size, count = _integer(index, place + 4), _integer(index, place + 8)
        held = file_size // sample_size if sample_size else (table[b"stsz"][1] - place - 12) // 4
        if count > held:
            return Container("MP4", f"it states {count:,} frames and can hold {held:,}", codec)
        is_trimmed = _is_trimmed(index, parts, count)
        return Container("MP4", "", codec, None if is_trimmed else count, is_trimmed)
    return Container("MP4")


def _is_trimmed(index: bytes, parts: dict[bytes, tuple[int, int]], count: int) -> bool:
    """Whether the edit list shows less than the whole track."""
    movie = next(_children(index, 8, len(index), b"mvhd"), None)
    if b"elst" not in parts or b"mdhd" not in parts or movie is None:
        return False
    (start, end), wide = parts[b"elst"], index[parts[b"elst"][0]] == 1
    length, number = (20, 8) if wide else (12, 4)
    entries = range(start + 8, min(end, start + 8 + length * _integer(index, start + 4)) - length + 1, length)
    shown = 0
    for entry in entries:
        media = int.from_bytes(index[entry + number : entry + 2 * number], "big", signed=True)
        shown += int.from_bytes(index[entry : entry + number], "big") if media >= 0 else 0
    scale, _ = _scale_and_duration(index, movie[0])
    media_scale, media_duration = _scale_and_duration(index, parts[b"mdhd"][0])
    if not (scale and media_scale and count):
        return False
    duration = media_duration / media_scale
    return shown / scale < duration - 0.5 * duration / count


def _scale_and_duration(index: bytes, place: int) -> tuple[int, int]:
    """Units a second, and the duration in units, of an mvhd or mdhd box."""
    if index[place : place + 1] == b"\1":
        return _integer(index, place + 20), int.from_bytes(index[place + 24 : place + 32], "big")
    return _integer(index, place + 12), _integer(index, place + 16)


def _descend(data: bytes, start: int, end: int, path: tuple[bytes, ...]) -> Iterator[tuple[bytes, tuple[int, int]]]:
    """The name and the content of the first box at a path of names."""
    for name in path:
        child = next(_children(data, start, end, name), None)
        if child is None:
            return
        start, end = child
    yield path[-1], (start, end)


def _children(data: bytes, start: int, end: int, name: bytes) -> Iterator[tuple[int, int]]:
    """Start and end of the content of the boxes of a name in data[start:end]."""
    while start + 8 <= end:
        length = _integer(data, start)
        if length < 8 or start + length > end:
            return
        if data[start + 4 : start + 8] == name:
            yield start + 8, start + length
        start += length


def _integer(data: bytes, place: int) -> int:
    return int.from_bytes(data[place : place + 4], "big")
