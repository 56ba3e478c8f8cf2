"""What a video's container states about itself: its kind, its codec, and whether the file ends where it should.

FFmpeg reads what there is of a file that was cut off and reports no error. So the sizes that the container states are
compared with the size of the file.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import BinaryIO

from painctl.video.container import Container, cut_off, printed
from painctl.video.mp4 import examine_mp4

AVI = "AVI"
_MOST_PARTS = 1_000_000  # of a file that are followed
_STILL_BRANDS = (b"avif", b"avis", b"mif1", b"msf1", b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx")
_BOXES = (b"ftyp", b"styp", b"moov", b"moof", b"mdat", b"free", b"skip", b"wide", b"pnot")
_EBML, _SEGMENT = b"\x1a\x45\xdf\xa3", b"\x18\x53\x80\x67"
_ASF = bytes.fromhex("3026b2758e66cf11a6d900aa0062ce6c")
_ASF_PROPERTIES = bytes.fromhex("a1dcab8c47a9cf118ee400c00c205365")


def examine(file: BinaryIO) -> Container:
    """Read what the container in a seekable file states about itself."""
    size = file.seek(0, 2)
    file.seek(0)
    start = file.read(400)
    if start[4:8] in _BOXES and not (start[4:8] == b"ftyp" and start[8:12] in _STILL_BRANDS):
        return examine_mp4(file, size)
    if start[:4] == b"RIFF" and start[8:12] == b"AVI ":
        codec = re.search(rb"strh.{4}vids(.{4})", start, re.DOTALL)
        return Container(AVI, cut_off(_end_of_parts(file, 8, _riff_part), size), printed(codec[1]) if codec else "")
    if start[:4] == _EBML:
        file.seek(0)
        codec = re.search(rb"\x86[\x81-\xff](V_[A-Z0-9_/]{2,})", file.read(1 << 20))
        return Container("Matroska", cut_off(_end_of_segment(start), size), printed(codec[1]) if codec else "")
    if start[:16] == _ASF:
        place = start.find(_ASF_PROPERTIES)
        stated = int.from_bytes(start[place + 40 : place + 48], "little") if place >= 0 else 0
        return Container("ASF", cut_off(stated, size))
    if start[:4] == b"FLV\x01":
        return Container(
            "FLV", cut_off(_end_of_parts(file, 11, _flv_part, int.from_bytes(start[5:9], "big") + 4), size)
        )
    if start[:4] == b"DKIF":
        return Container("IVF", cut_off(_end_of_parts(file, 12, _ivf_part, 32), size), printed(start[8:12]))
    for packet, offset in ((188, 0), (192, 4)):
        if start[offset : offset + 1] == start[offset + packet : offset + packet + 1] == b"\x47":
            return Container("MPEG-TS", "it ends within a packet" if size % packet else "")
    if start[:4] == b"OggS":
        return Container("Ogg")
    return Container("MPEG" if start[:4] in (b"\0\0\1\xba", b"\0\0\1\xb3") else "")


def _end_of_parts(file: BinaryIO, header: int, size_of: Callable[[bytes], int | None], position: int = 0) -> int:
    """Where the last of the parts that follow each other should end; `size_of` its header is None for no part."""
    for _ in range(_MOST_PARTS):
        file.seek(position)
        start = file.read(header)
        if not start:
            break
        size = size_of(start) if len(start) == header else header
        if size is None:
            break
        position += size
    return position


def _riff_part(start: bytes) -> int | None:
    size = int.from_bytes(start[4:8], "little")
    return 8 + size + size % 2 if start[:4] == b"RIFF" and 0 < size < 0xFFFFFFF0 else None


def _flv_part(start: bytes) -> int | None:
    return 11 + int.from_bytes(start[1:4], "big") + 4 if start[0] & 0x1F in (8, 9, 18) else None


def _ivf_part(start: bytes) -> int | None:
    return 12 + int.from_bytes(start[:4], "little")


def _end_of_segment(start: bytes) -> int:
    """Where the segment of a Matroska file should end; 0 if it is not stated (RFC 8794, 6)."""
    place = start.find(_SEGMENT)
    first = start[place + 4 : place + 5]
    if place < 0 or not first or not first[0]:
        return 0
    length = 9 - first[0].bit_length()
    value = int.from_bytes(start[place + 4 : place + 4 + length], "big")
    unknown = (1 << 7 * length) - 1
    size = value & unknown
    return 0 if size == unknown else place + 4 + length + size
