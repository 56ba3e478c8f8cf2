"""One picture in each format and kind that predict reads, and seeded mutations of it.

`python tests/made_pictures.py FILE...` reads pictures as predict does and prints one line for each: `ok` or the
error. `python tests/made_pictures.py --fuzz CASES SEED` does so with CASES mutations of every picture.
"""

import re
import struct
import sys
import tempfile
import zlib
from pathlib import Path

import cv2
import numpy as np

COLOURS = np.array([[[220, 40, 30], [30, 200, 60]], [[20, 60, 210], [240, 230, 200]]], np.uint8)
IMAGE = COLOURS.repeat(24, axis=0).repeat(32, axis=1)  # 48 x 64, four fields
_NUMBERS = (0, 1, 0x7F, 0x80, 0xFF, 0x7FFF, 0x8000, 0xFFFF, 0x10000, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF)


def encoded(suffix, image=IMAGE, *options):
    """The bytes of a picture file in the format of a suffix."""
    return cv2.imencode(suffix, image[..., ::-1] if image.ndim == 3 else image, list(options))[1].tobytes()


def run_length_bmp():
    """64 x 48 pixels in runs of a palette."""
    rows = b"".join(b"\x20\x05\x20\x09\0\0" for _ in range(48)) + b"\0\1"
    header = struct.pack("<IiiHHIIiiII", 40, 64, 48, 1, 8, 1, len(rows), 0, 0, 256, 0)
    palette = bytes(range(256)) * 4
    return b"BM" + struct.pack("<IHHI", 1078 + len(rows), 0, 0, 1078) + header + palette + rows


def pictures():
    """Pictures by name, whose suffix is that of the format."""
    wide = IMAGE.astype(np.uint16) * 257
    return {
        "grey.png": encoded(".png", IMAGE[..., 0]),
        "16.png": encoded(".png", wide),
        "a.jpg": encoded(".jpg"),
        "progressive.jpg": encoded(".jpg", IMAGE, cv2.IMWRITE_JPEG_PROGRESSIVE, 1),
        "a.bmp": encoded(".bmp"),
        "runs.bmp": run_length_bmp(),
        "a.tif": encoded(".tif"),
        "packed.tif": encoded(".tif", IMAGE, cv2.IMWRITE_TIFF_COMPRESSION, 32773),
        "16.tif": encoded(".tif", wide),
        "a.webp": encoded(".webp"),
        "lossless.webp": encoded(".webp", IMAGE, cv2.IMWRITE_WEBP_QUALITY, 101),
        "a.jp2": encoded(".jp2"),
        "a.gif": encoded(".gif"),
        "a.avif": encoded(".avif"),
        "a.ppm": encoded(".ppm"),
        "a.pgm": encoded(".pgm", IMAGE[..., 0]),
        "a.pbm": encoded(".pbm", IMAGE[..., 0]),
    }


def chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def animated_png(frames):
    """One pixel that claims a number of frames."""
    header = chunk(b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 2, 0, 0, 0))
    control = chunk(b"acTL", struct.pack(">II", frames, 0))
    first = chunk(b"fcTL", struct.pack(">IIIIIHHBB", *[0, 1, 1] + [0] * 6))
    picture = chunk(b"IDAT", zlib.compress(bytes(4))) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + header + control + first + picture


def patched(data, place, layout, *numbers):
    """A copy with numbers at a place, or after the bytes that mark it."""
    copy = bytearray(data)
    place = data.index(place) + len(place) if isinstance(place, bytes) else place
    struct.pack_into(layout, copy, place, *numbers)
    return bytes(copy)


def mutated(data, generator):
    """A copy with one to five changes, most of them in its first 200 bytes: bits, bytes, numbers, cuts, repetitions."""
    data = bytearray(data)
    for _ in range(generator.integers(1, 6)):
        size = len(data)
        if size < 8:
            break
        place = int(generator.integers(min(size, 200) if generator.random() < 0.7 else size))
        length = int(generator.integers(1, 64))
        match generator.integers(6):
            case 0:
                data[place] ^= 1 << int(generator.integers(8))
            case 1:
                number = _NUMBERS[generator.integers(len(_NUMBERS))]
                data[place : place + 4] = number.to_bytes(4, "big" if generator.integers(2) else "little")
            case 2:
                del data[int(generator.integers(size)) :]
            case 3:
                del data[place : place + length]
            case 4:
                data[place:place] = data[place : place + length]
            case 5:
                data[place : place + length] = generator.bytes(length)
    return bytes(data)


def read(paths):
    """Read pictures as predict does, and print what came of it."""
    from painctl.prediction.picture_files import read_picture

    for path in paths:
        print(path, end=" ", flush=True)
        try:
            print("ok", read_picture(Path(path)).shape, flush=True)
        except (ValueError, OSError) as error:
            print(ascii(str(error)), flush=True)


def fuzz(cases, seed):
    """Read mutations of every picture; print the peak of memory at the end."""
    with tempfile.TemporaryDirectory() as folder:
        for number, (name, data) in enumerate(pictures().items()):
            generator = np.random.default_rng((seed, number))
            path = Path(folder) / name
            for _ in range(cases):
                path.write_bytes(mutated(data, generator))
                read([path])
    # of this program alone: ru_maxrss begins with that of the process it was forked from
    peak = re.search(r"VmHWM:\s+(\d+) kB", Path("/proc/self/status").read_text())
    print(f"peak {int(peak[1]) // 1024} MB")


if __name__ == "__main__":
    if sys.argv[1] == "--fuzz":
        fuzz(int(sys.argv[2]), int(sys.argv[3]))
    else:
        read(sys.argv[1:])
