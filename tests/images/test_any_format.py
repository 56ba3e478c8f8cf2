"""Pictures of every format, as Pillow reads them within our limits."""

import io
import os
import re
import resource
import struct
import subprocess
import sys
import warnings
from pathlib import Path

import cv2
import numpy as np
import pytest
from made_pictures import IMAGE, encoded, patched, pictures
from PIL import Image, ImageFile, PngImagePlugin, features

from painctl.images.any_format import decode_any
from painctl.images.encode import decode_rgb

PICTURES = pictures()
MEGABYTE = 1 << 20
SMOOTH = cv2.resize(
    np.random.default_rng(0).integers(0, 65536, (6, 8, 3)).astype(np.uint16), (80, 60), interpolation=cv2.INTER_CUBIC
)
COLOUR = (SMOOTH >> 8).astype(np.uint8)
GREY = COLOUR[..., :1].repeat(3, axis=2)
RGBA = Image.fromarray(np.dstack([COLOUR, COLOUR[..., 0]]))


def saved(image, name, **options):
    file = io.BytesIO()
    image.save(file, name, **options)
    return file.getvalue()


LOSSLESS = {
    "16-bit png": (encoded(".png", SMOOTH), COLOUR),
    "16-bit grey png": (encoded(".png", SMOOTH[..., 0]), GREY),
    "16-bit tiff": (encoded(".tif", SMOOTH), COLOUR),
    "16-bit grey tiff": (encoded(".tif", SMOOTH[..., 0]), GREY),
    "16-bit grey jpeg 2000": (saved(Image.fromarray(SMOOTH[..., 0]), "JPEG2000"), GREY),
    "16-bit pgm": (encoded(".pgm", SMOOTH[..., 0]), GREY),
    "grey pgm of 200 levels": (b"P5\n2 1\n200\n\0\xc8", np.uint8([[[0] * 3, [255] * 3]])),
    "alpha png": (saved(RGBA, "PNG"), COLOUR),
    "alpha tiff": (saved(RGBA, "TIFF", compression="tiff_deflate"), COLOUR),
    "alpha webp": (saved(RGBA, "WEBP", lossless=True, exact=True), COLOUR),
    "transparent colour": (saved(RGBA.convert("RGB"), "PNG", transparency=tuple(COLOUR[0, 0].tolist())), COLOUR),
    "bilevel": (saved(Image.new("1", (3, 2), 1), "TIFF", compression="group4"), np.full((2, 3, 3), 255, np.uint8)),
}


@pytest.mark.parametrize("name", LOSSLESS)
def test_every_kind_of_pixel_becomes_8_bit_rgb(name):
    data, expected = LOSSLESS[name]
    np.testing.assert_array_equal(decode_any(data, ""), expected)


@pytest.mark.parametrize("name", ["GIF", "PNG", "BMP", "TIFF"])
def test_palettes(name):
    palette = RGBA.convert("RGB").quantize(64)
    np.testing.assert_array_equal(decode_any(saved(palette, name), ""), np.asarray(palette.convert("RGB")))


@pytest.mark.parametrize("options", [{"subsampling": 0}, {"subsampling": 2}, {"progressive": True}, {"quality": 30}])
def test_a_jpeg_is_read_as_it_is_from_shards_and_corpora(options):
    data = saved(RGBA.convert("RGB"), "JPEG", **options)
    np.testing.assert_array_equal(decode_any(data, ""), decode_rgb(data, ""))


@pytest.mark.parametrize("name", ["JPEG", "PNG", "WEBP", "TIFF", "AVIF"])
def test_orientations(name):
    if not features.check({"AVIF": "avif"}.get(name, "webp")):
        pytest.skip("this Pillow lacks the format")
    for tag, turned in enumerate(
        (IMAGE, IMAGE[:, ::-1], IMAGE[::-1, ::-1], IMAGE[::-1], IMAGE.swapaxes(0, 1), np.rot90(IMAGE, 3),
         IMAGE[::-1, ::-1].swapaxes(0, 1), np.rot90(IMAGE)), 1
    ):  # fmt: skip
        exif = Image.Exif()
        exif[274] = tag
        image = decode_any(saved(Image.fromarray(IMAGE), name, exif=exif, quality=95), "")
        assert image.shape == turned.shape
        assert np.abs(image.astype(int) - turned).mean() < 6, tag


def test_damaged_exif_in_a_sound_picture_is_ignored():
    text = PngImagePlugin.PngInfo()
    text.add_text("Raw profile type exif", "\nexif\n4\nno hexadecimal number")
    picture = Image.fromarray(IMAGE)
    for data in (saved(picture, "PNG", pnginfo=text), saved(picture, "JPEG", exif=b"Exif\0\0MM\0*\0\0\0\x08\xff\xff")):
        assert decode_any(data, "").shape == IMAGE.shape


def test_previews_that_follow_a_jpeg_are_ignored():
    data = saved(Image.fromarray(IMAGE), "MPO", save_all=True, append_images=[Image.new("RGB", (8, 8))])
    assert decode_any(data, "").shape == IMAGE.shape


def test_avif_whose_major_brand_is_that_of_heif():
    data = PICTURES["a.avif"]
    np.testing.assert_array_equal(decode_any(data.replace(b"ftypavif", b"ftypmif1", 1), ""), decode_any(data, ""))


def tiff_with(tag, value):
    """Of the first directory; OpenCV writes little-endian files."""
    data = bytearray(PICTURES["a.tif"])
    (start,) = struct.unpack_from("<I", data, 4)
    for entry in range(struct.unpack_from("<H", data, start)[0]):
        if struct.unpack_from("<H", data, start + 2 + 12 * entry)[0] == tag:
            struct.pack_into("<HII", data, start + 4 + 12 * entry, 4, 1, value)
    return bytes(data)


def tiled_tiff(side):
    """64 x 48 pixels in one tile of this side."""
    tags = {256: 64, 257: 48, 258: 8, 259: 1, 262: 1, 277: 1, 322: side, 323: side, 324: 8, 325: 1}
    entries = b"".join(struct.pack("<HHII", tag, 4, 1, value) for tag, value in tags.items())
    return b"II*\0" + struct.pack("<IH", 8, len(tags)) + entries + bytes(4)


SEVERAL = [Image.fromarray(IMAGE), Image.fromarray(IMAGE[::-1])]
HOSTILE = {
    "bmp": (patched(PICTURES["a.bmp"], 18, "<ii", 12_000, -12_000), "12000 x 12000 pixels; the limit is 100"),
    "gif": (patched(PICTURES["a.gif"], 6, "<HH", 12_000, 12_000), "12000 x 12000 pixels; the limit is 100"),
    "huge gif": (patched(PICTURES["a.gif"], 6, "<HH", 60_000, 60_000), "limit is 100 million"),
    "webp": (patched(PICTURES["lossless.webp"], 21, "<I", 0x0FFFFFFF), "limit is 100 million|not a readable"),
    "ppm": (b"P6\n# c\n60000 60000\n255\n", "limit is 100 million"),
    "slow ppm": (b"P3\n4001 1000\n255\n", "4001 x 1000 pixels of an uncommon kind"),
    "long ppm": (b"P3\n1 1\n255\n1 2 3" + b" " * 48_000_000, "1 x 1 pixels of an uncommon kind"),
    "a comment in ppm": (b"P6\n#" + bytes(5_000) + b"\n1 1\n255\n123", "not a readable picture"),
    "tile": (tiled_tiff(20_000), "limit is 100 million"),
    "32-bit tiff": (saved(Image.new("F", (4, 4)), "TIFF"), "32 bits per sample"),
    "tiff": (tiff_with(256, 4_000_000), "limit is 100 million"),
    "jpeg 2000": (patched(PICTURES["a.jp2"], b"ihdr", ">II", 60_000, 60_000), "limit is 100 million"),
    "16-bit jpeg 2000": (encoded(".jp2", SMOOTH), "more than 8 bits per colour"),
    "avif": (patched(PICTURES["a.avif"], b"ispe\0\0\0\0", ">II", 60_000, 60_000), "limit|not a readable"),
    "two gifs": (saved(SEVERAL[0], "GIF", save_all=True, append_images=SEVERAL[1:]), "holds several"),
    "two webps": (saved(SEVERAL[0], "WEBP", save_all=True, append_images=SEVERAL[1:]), "holds several"),
    "two tiffs": (saved(SEVERAL[0], "TIFF", save_all=True, append_images=SEVERAL[1:]), "holds several"),
    "raw": (saved(SEVERAL[0], "TIFF", tiffinfo={50706: b"\1\4\0\0"}), "raw picture"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_claims_are_checked_before_anything_is_decoded(name):
    data, words = HOSTILE[name]
    with warnings.catch_warnings(), pytest.raises(ValueError, match=f"^a: .*({words})"):
        warnings.simplefilter("error")
        decode_any(data, "a")


@pytest.mark.parametrize("error", [MemoryError, SystemError, KeyError, struct.error, Image.DecompressionBombError])
def test_whatever_pillow_raises_is_one_error_that_names_the_picture(error, monkeypatch):
    def broken(*_):
        raise error

    monkeypatch.setattr(ImageFile.ImageFile, "load", broken)
    with pytest.raises(ValueError, match=r"^a: (not enough memory|not a readable picture|too many pixels)"):
        decode_any(PICTURES["a.jpg"], "a")


def test_damaged_pictures_neither_end_the_process_nor_take_memory():
    def limited():
        resource.setrlimit(resource.RLIMIT_AS, (3_000 * MEGABYTE,) * 2)

    command = [sys.executable, "tests/made_pictures.py", "--fuzz", "30", "7"]
    root = Path(__file__).parents[2]
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
    *results, last = done.stdout.splitlines()
    assert len(results) == 30 * len(PICTURES)
    assert " ok " in done.stdout
    assert int(re.fullmatch(r"peak (\d+) MB", last)[1]) < 400
