"""Formats by content, and what files claim: checked before anything is decoded, in every format."""

import os
import resource
import struct
import subprocess
import sys
import zlib
from pathlib import Path

import cv2
import numpy as np
import pytest
from made_pictures import IMAGE, encoded, pictures

from painctl.images.encode import decode, decode_any, decode_rgb
from painctl.images.formats import READ, START, SUFFIXES, checked_claim, picture_format
from painctl.images.headers.av1 import largest_frame

PICTURES = pictures()
MEGABYTE = 1 << 20


def fields(image):
    height, width = image.shape[:2]
    return image[[height // 4, height // 4, -height // 4, -height // 4], [width // 4, -width // 4] * 2].astype(int)


@pytest.mark.parametrize("name", PICTURES)
def test_every_format_is_recognised_by_content_and_claims_its_size(name):
    assert picture_format(PICTURES[name][:START]) in READ
    claim = checked_claim(PICTURES[name])
    assert (claim.width, claim.height, claim.pictures) == (64, 48, 1)
    assert decode_any(PICTURES[name], "").shape == (48, 64, 3)
    assert Path(name).suffix in SUFFIXES


@pytest.mark.parametrize(
    ("start", "name"),
    [
        (b"\0\0\0\x1cftypheic\0\0\0\0mif1heicmiaf", "HEIC"),
        (b"\0\0\0\x18ftypmif1\0\0\0\0mif1heix", "HEIC"),
        (b"\0\0\0\x14ftypmif1\0\0\0\0mif1", "HEIF"),
        (b"\xff\x0a" + bytes(20), "JPEG XL"),
        (b"v/1\x01" + bytes(20), "OpenEXR"),
        (b"#?RADIANCE\n", "Radiance HDR"),
        (b"PF\n3 3\n-1\n", "PFM"),
        (b"\x59\xa6\x6a\x95" + bytes(40), "Sun raster"),
        (bytes(128) + b"DICM", "DICOM"),
    ],
)
def test_other_formats_are_refused_by_name(start, name):
    with pytest.raises(ValueError, match=f"^a: {name} is not supported; save the picture as JPEG or PNG"):
        decode_any(start, "a")


@pytest.mark.parametrize(
    "start", [b"", b"BM, a text", b"P6ers", b"RIFF\0\0\0\0AVI ", b"\0\0\0\x18ftypisom", b"\x89HDF"]
)
def test_other_files_are_no_pictures(start):
    assert picture_format(start) == ""


def test_avif_whose_major_brand_is_that_of_heif():
    data = PICTURES["a.avif"].replace(b"ftypavif", b"ftypmif1", 1)
    np.testing.assert_allclose(fields(decode_any(data, "")), fields(IMAGE), atol=12)


@pytest.mark.parametrize("tag", range(1, 9))
def test_the_orientation_of_avif_is_applied(tag):
    pillow = pytest.importorskip("PIL.Image")
    import io

    from PIL import ImageOps, features

    if not features.check("avif"):
        pytest.skip("this Pillow cannot write AVIF")
    exif, file = pillow.Exif(), io.BytesIO()
    exif[274] = tag
    pillow.fromarray(IMAGE).save(file, "AVIF", exif=exif, quality=95)
    upright = np.asarray(ImageOps.exif_transpose(pillow.open(file)))
    image = decode_any(file.getvalue(), "")
    assert image.shape == upright.shape
    np.testing.assert_allclose(fields(image), fields(upright), atol=12)


def chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def animation(frames):
    header = chunk(b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 2, 0, 0, 0))
    control = chunk(b"acTL", struct.pack(">II", frames, 0)) + chunk(
        b"fcTL", struct.pack(">IIIIIHHBB", *[0, 1, 1] + [0] * 6)
    )
    return b"\x89PNG\r\n\x1a\n" + header + control + chunk(b"IDAT", zlib.compress(bytes(4))) + chunk(b"IEND", b"")


def patched(name, place, layout, *numbers):
    data = bytearray(PICTURES[name])
    place = data.index(place) + len(place) if isinstance(place, bytes) else place
    struct.pack_into(layout, data, place, *numbers)
    return bytes(data)


def tiff_with(tag, value):
    """Of the first directory; OpenCV writes little-endian files."""
    data = bytearray(PICTURES["a.tif"])
    (start,) = struct.unpack_from("<I", data, 4)
    for entry in range(struct.unpack_from("<H", data, start)[0]):
        if struct.unpack_from("<H", data, start + 2 + 12 * entry)[0] == tag:
            struct.pack_into("<HII", data, start + 4 + 12 * entry, 4, 1, value)
    return bytes(data)


HOSTILE = {
    "two billion frames": (animation(2_000_000_000), "holds 2,000,000,000 pictures"),
    "a chunk of two gigabytes": (patched("16.png", 8, ">I", 0x7FFFFFF0), "truncated or damaged|without a header"),
    "a later chunk of two gigabytes": (animation(1).replace(b"\0\0\0\x1afcTL", b"\x7f\xff\xff\0fcTL"), "truncated"),
    "png": (patched("grey.png", 16, ">II", 60_000, 60_000), "limit is 100 million"),
    "small png": (patched("grey.png", 16, ">II", 9_000, 9_000), "bytes claim 81,000,000 pixels"),
    "jpeg": (patched("a.jpg", b"\xff\xc0\0\x11\x08", ">HH", 60_000, 60_000), "limit is 100 million"),
    "bmp": (patched("a.bmp", 18, "<ii", 60_000, -60_000), "limit is 100 million"),
    "gif": (patched("a.gif", 6, "<HH", 60_000, 60_000), "limit is 100 million"),
    "webp": (patched("lossless.webp", 21, "<I", 0x0FFFFFFF), "limit is 100 million"),
    "ppm": (b"P6\n# c\n60000 60000\n255\n", "limit is 100 million"),
    "pam": (b"P7\nWIDTH 10\nHEIGHT 10\nDEPTH 99999999\nMAXVAL 255\nENDHDR\n", "limit is 1,000 MB"),
    "tiff": (tiff_with(256, 4_000_000), "limit is 100 million"),
    "jpeg 2000": (patched("a.jp2", b"\xff\x4f\xff\x51", ">4xII", 60_000, 60_000), "tiles|limit is 100 million"),
    "jpeg 2000 tiles": (patched("a.jp2", b"\xff\x4f\xff\x51", ">20xII", 1, 1), "3,072|not a readable"),
    "avif": (patched("a.avif", b"ispe\0\0\0\0", ">II", 60_000, 60_000), "limit is 100 million"),
    "avif sequence": (PICTURES["a.avif"].replace(b"ftypavif", b"ftypavis", 1), "holds an image sequence"),
    "scans": (PICTURES["progressive.jpg"][:-2] + b"\xff\xda" * 200 + b"\xff\xd9", "scans; the limit is 100"),
}  # fmt: skip


@pytest.mark.parametrize("name", HOSTILE)
def test_claims_are_checked_before_anything_is_decoded(name, monkeypatch):
    def never(*_):
        raise AssertionError("decoded")

    data, words = HOSTILE[name]
    if name != "jpeg 2000 tiles":  # a number of tiles that is allowed
        monkeypatch.setattr(cv2, "imdecode", never)
    with pytest.raises(ValueError, match=f"^a: .*({words})"):
        decode_any(data, "a")


def test_avif_is_as_large_as_its_sequence_header_says():
    large = encoded(".avif", np.zeros((4_200, 4_200), np.uint8), cv2.IMWRITE_AVIF_SPEED, 10)
    place = large.index(b"ispe") + 8
    with pytest.raises(ValueError, match=r"bytes claim 17,6\d\d,\d\d\d pixels"):
        decode_any(large[:place] + struct.pack(">II", 64, 64) + large[place + 8 :], "a")


def test_a_sequence_header_that_is_cut_off_is_an_error():
    data = PICTURES["a.avif"]
    stream = data[data.index(b"mdat") + 4 :]
    assert largest_frame(stream) == (64, 48)
    for length in range(1, 10):
        with pytest.raises(ValueError, match="truncated"):
            largest_frame(stream[stream.index(b"\x0a") :][:length])


def test_what_is_stored_in_shards_and_corpora_is_jpeg_or_png():
    for read in (decode, lambda data: decode_rgb(data, "a")):
        with pytest.raises(ValueError, match="WebP is not supported"):
            read(PICTURES["a.webp"])
        with pytest.raises(ValueError, match="holds 2 pictures"):
            read(animation(2))


@pytest.mark.parametrize("error", [MemoryError(), cv2.error("std::bad_alloc"), SystemError("x"), cv2.error("(-4) y")])
def test_whatever_a_decoder_throws_is_one_error_that_names_the_picture(error, monkeypatch):
    def broken(*_):
        raise error

    monkeypatch.setattr(cv2, "imdecode", broken)
    with pytest.raises(ValueError, match=r"^a: not (enough memory|a readable picture)"):
        decode_any(PICTURES["a.jpg"], "a")


def test_damaged_pictures_neither_end_the_process_nor_take_memory():
    def limited():
        resource.setrlimit(resource.RLIMIT_AS, (3_000 * MEGABYTE,) * 2)

    command = [sys.executable, "tests/made_pictures.py", "--fuzz", "40", "7"]
    root = Path(__file__).parents[2]
    before = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    done = subprocess.run(
        command,
        cwd=root,
        preexec_fn=limited,
        capture_output=True,
        text=True,
        timeout=120,
        env={**os.environ, "PYTHONPATH": str(root)},
    )
    assert done.returncode == 0, done.stdout[-500:] + done.stderr[-500:]
    assert done.stderr == ""
    assert len(done.stdout.splitlines()) == 40 * len(PICTURES)
    assert " ok " in done.stdout
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    assert peak == before or peak < 400 * 1024  # kilobytes, of all children so far
