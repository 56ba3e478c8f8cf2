"""Claims of PNG, JPEG, BMP, GIF, WebP, and Netpbm files."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator

from painctl.images.header import image_size
from painctl.images.headers.claim import Claim
from painctl.images.headers.fields import unpack

_NETPBM = re.compile(rb"P([1-6])(?:\s|#[^\n\r]*)+(\d{1,9})(?:\s|#[^\n\r]*)+(\d{1,9})\s")
_PAM = re.compile(rb"^(WIDTH|HEIGHT|DEPTH|MAXVAL)\s+(\d{1,9})\s*$", re.MULTILINE)
_MOST_SCANS = 100  # of a JPEG; encoders make about ten
_MOST_HEADER = 4096  # bytes of a Netpbm header


def jpeg(data: bytes) -> Claim:
    """ITU T.81; a progressive file is held as coefficients of two bytes, and each of its scans passes over them all."""
    file = io.BytesIO(data)
    size = _size(file)
    scans = data.count(b"\xff\xda", file.tell(), max(file.tell(), data.find(b"\xff\xd9", file.tell())))
    if scans > _MOST_SCANS:
        raise ValueError(f"not a readable picture: {scans:,} scans; the limit is {_MOST_SCANS}")
    return Claim(*size, pixel_bytes=9)


def png(data: bytes) -> Claim:
    """ISO 15948, and APNG: `acTL` states the number of frames."""
    size = _size(io.BytesIO(data))
    depth, colour = unpack(">BB", data, 24)
    samples = {0: 1, 2: 3, 3: 4, 4: 2, 6: 4}.get(colour, 4)
    frames = 1
    for kind, start in _png_chunks(data):
        if kind == b"acTL":
            (frames,) = unpack(">I", data, start)
    return Claim(*size, pixel_bytes=max(3, samples * (2 if depth == 16 else 1)), pictures=max(1, frames))


def _size(file: io.BytesIO) -> tuple[int, int]:
    try:
        return image_size(file)
    except ValueError as error:
        raise ValueError(f"not a readable picture: {error}") from None


def _png_chunks(data: bytes) -> Iterator[tuple[bytes, int]]:
    """Type and start of each chunk; ValueError if one leaves the file: OpenCV allocates what a chunk claims."""
    place, kind = 8, b""
    while kind != b"IEND":
        length, kind = unpack(">I4s", data, place)
        yield kind, place + 8
        place += 12 + length
        if place > len(data):
            raise ValueError("not a readable picture: truncated or damaged")


def bmp(data: bytes) -> Claim:
    """Windows and OS/2 bitmaps; a negative height means that the top row is stored first."""
    (header,) = unpack("<I", data, 14)
    width, height = unpack("<HH" if header == 12 else "<ii", data, 18)
    return Claim(width, abs(height), pixel_bytes=4)


def gif(data: bytes) -> Claim:
    """GIF87a and GIF89a: the size of the canvas, and the number of pictures, counted up to two."""
    width, height, flags = unpack("<HHB", data, 6)
    place = 13 + (3 << (flags & 7) + 1 if flags & 0x80 else 0)
    pictures = 0
    while pictures < 2 and place < len(data):
        kind = data[place]
        if kind == 0x2C:  # a picture
            pictures += 1
            (local,) = unpack("<B", data, place + 9)
            place += 11 + (3 << (local & 7) + 1 if local & 0x80 else 0)
        elif kind == 0x21:  # an extension
            place += 2
        else:  # the end
            break
        while place < len(data) and data[place]:
            place += 1 + data[place]
        place += 1
    return Claim(width, height, pixel_bytes=8, pictures=max(1, pictures))


def webp(data: bytes) -> Claim:
    """RFC 9649: the canvas of an extended file, which counts its frames, or the size of the only picture."""
    sizes, frames, place = [], 0, 12
    while place + 8 <= len(data):
        kind, length = unpack("<4sI", data, place)
        start = place + 8
        if kind == b"VP8X":
            packed = unpack("<HBHB", data, start + 4)
            sizes.append((1 + packed[0] + (packed[1] << 16), 1 + packed[2] + (packed[3] << 16)))
        elif kind == b"VP8L":
            (bits,) = unpack("<I", data, start + 1)
            sizes.append((1 + (bits & 0x3FFF), 1 + (bits >> 14 & 0x3FFF)))
        elif kind == b"VP8 ":
            width, height = unpack("<HH", data, start + 6)
            sizes.append((width & 0x3FFF, height & 0x3FFF))
        frames += kind == b"ANMF"
        place = start + length + (length & 1)
    if not sizes:
        raise ValueError("not a readable picture: a WebP file without a picture")
    width, height = (max(lengths) for lengths in zip(*sizes, strict=True))
    return Claim(width, height, pixel_bytes=8, pictures=max(1, frames))


def netpbm(data: bytes) -> Claim:
    """PBM, PGM, PPM and PAM."""
    start = data[:_MOST_HEADER]
    if start.startswith(b"P7"):
        end = start.find(b"ENDHDR")
        fields = {name: int(value) for name, value in _PAM.findall(start[: max(0, end)])}
        if not {b"WIDTH", b"HEIGHT", b"DEPTH", b"MAXVAL"} <= set(fields):
            raise ValueError("not a readable picture: its header is truncated or damaged")
        bytes_per_sample = 2 if fields[b"MAXVAL"] > 255 else 1
        return Claim(fields[b"WIDTH"], fields[b"HEIGHT"], max(3, fields[b"DEPTH"] * bytes_per_sample))
    match = _NETPBM.match(start)
    if not match:
        raise ValueError("not a readable picture: its header is truncated or damaged")
    return Claim(int(match[2]), int(match[3]), pixel_bytes=6)
