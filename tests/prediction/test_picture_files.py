import io
import os
import struct

import cv2
import numpy as np
import pytest
from PIL import Image

from painctl.files.names import parse_printable
from painctl.prediction.picture_files import Picture, read_picture

COLOURS = np.array([[[220, 40, 30], [30, 200, 60]], [[20, 60, 210], [240, 230, 200]]], np.uint8)
IMAGE = COLOURS.repeat(30, axis=0).repeat(40, axis=1)  # 60 x 80, four fields


def fields(image):
    height, width = image.shape[:2]
    return image[[height // 4, height // 4, -height // 4, -height // 4], [width // 4, -width // 4] * 2].astype(int)


def written(path):
    cv2.imwrite(str(path), IMAGE[..., ::-1])
    return path


@pytest.mark.parametrize("suffix", [".png", ".jpg", ".bmp", ".tif", ".webp"])
def test_common_formats(tmp_path, suffix):
    image = read_picture(written(tmp_path / f"a{suffix}"))
    assert image.dtype == np.uint8
    np.testing.assert_allclose(fields(image), fields(IMAGE), atol=4)


GREY = IMAGE[..., :1].repeat(3, axis=2)
BGRA = np.dstack([IMAGE[..., ::-1], IMAGE[..., 0]])


@pytest.mark.parametrize(
    ("stored", "expected"),
    [
        (IMAGE[..., ::-1].astype(np.uint16) * 257, IMAGE),
        (IMAGE[..., 0], GREY),
        (IMAGE[..., 0].astype(np.uint16) * 257, GREY),
        (BGRA, IMAGE),
    ],
    ids=["16 bits", "grey", "16-bit grey", "alpha"],
)
def test_other_pixels_become_8_bit_rgb(tmp_path, stored, expected):
    cv2.imwrite(str(tmp_path / "a.png"), stored)
    np.testing.assert_array_equal(read_picture(tmp_path / "a.png"), expected)


# 1 upright; 6 and 8 a quarter turn right and left; 3 upside down
@pytest.mark.parametrize(("tag", "turns"), [(1, 0), (3, 2), (6, 3), (8, 1)])
def test_the_exif_orientation_is_applied(tmp_path, tag, turns):
    plain = cv2.imencode(".jpg", IMAGE[..., ::-1])[1].tobytes()
    tiff = b"MM\0*\0\0\0\x08" + b"\0\1" + b"\x01\x12\0\3\0\0\0\1\0" + bytes([tag]) + b"\0\0" + b"\0\0\0\0"
    exif = b"Exif\0\0" + tiff
    (tmp_path / "a.jpg").write_bytes(plain[:2] + b"\xff\xe1" + (len(exif) + 2).to_bytes(2, "big") + exif + plain[2:])
    np.testing.assert_allclose(fields(read_picture(tmp_path / "a.jpg")), fields(np.rot90(IMAGE, turns)), atol=4)


def test_cmyk(tmp_path):
    data = io.BytesIO()
    Image.fromarray(IMAGE).convert("CMYK").save(data, "JPEG", quality=95)
    (tmp_path / "a.jpg").write_bytes(data.getvalue())
    np.testing.assert_allclose(fields(read_picture(tmp_path / "a.jpg")), fields(IMAGE), atol=4)


def several(path):
    cv2.imwritemulti(str(path), [IMAGE, IMAGE[::-1]])
    return path.read_bytes()


@pytest.mark.parametrize(
    ("name", "make", "words"),
    [
        ("a.png", lambda path: b"", "not a readable picture"),
        ("a.jpg", lambda path: b"hello", "not a readable picture"),
        ("cut.png", lambda path: written(path).read_bytes()[:90], "not a readable picture"),
        ("a.heic", lambda path: b"\0\0\0\x18ftypheic" + bytes(40), "HEIC"),
        ("a.tif", several, "holds several pictures"),
    ],
)
def test_an_unreadable_picture_is_named(tmp_path, capfd, name, make, words):
    (tmp_path / name).write_bytes(make(tmp_path / name))
    with pytest.raises(ValueError, match=rf"{name}: .*{words}"):
        read_picture(tmp_path / name)
    assert capfd.readouterr().err == ""


def test_a_huge_picture_is_rejected_before_decoding(tmp_path):
    data = bytearray(written(tmp_path / "a.png").read_bytes())
    data[16:24] = struct.pack(">II", 20_000, 20_000)
    (tmp_path / "a.png").write_bytes(data)
    with pytest.raises(ValueError, match=r"a\.png: 20000 x 20000 pixels; the limit is 100 million"):
        read_picture(tmp_path / "a.png")


@pytest.mark.parametrize("suffix", [".png", ".jpg", ".bmp", ".tif", ".webp"])
@pytest.mark.parametrize("share", [0.3, 0.6, 0.95])
def test_a_truncated_picture_is_rejected(tmp_path, suffix, share):
    path = tmp_path / f"a{suffix}"
    cv2.imwrite(str(path), np.random.default_rng(0).integers(0, 255, (60, 80, 3), dtype=np.uint8))
    path.write_bytes(path.read_bytes()[: int(share * path.stat().st_size)])
    with pytest.raises(ValueError, match="not a readable picture"):
        read_picture(path)


def test_a_picture_is_one_shot_that_is_read_lazily(tmp_path):
    (shot,) = Picture(tmp_path / "a.png")
    with pytest.raises(FileNotFoundError):
        shot.read()
    written(tmp_path / "a.png")
    np.testing.assert_array_equal(shot.read(), IMAGE)


@pytest.mark.parametrize("name", [b"caf\xe9.png", b"\x1b[31m\n.png", b"a\\b.png"])
def test_a_name_may_be_any_bytes(tmp_path, name):
    path = tmp_path / os.fsdecode(name)
    path.write_bytes(written(tmp_path / "a.png").read_bytes())
    np.testing.assert_array_equal(read_picture(path), IMAGE)
    (shot,) = Picture(path)
    assert shot.name.isprintable()
    assert parse_printable(shot.name) == str(path)


def test_special_and_sparse_files_are_refused_by_name(tmp_path):
    (tmp_path / "zero.png").symlink_to("/dev/zero")
    os.mkfifo(tmp_path / "pipe.png")
    with (tmp_path / "sparse.png").open("wb") as file:
        file.truncate(10**12)
    (tmp_path / "lfs.png").write_text("version https://git-lfs.github.com/spec/v1\n")
    for name, words in (
        ("zero", "a device"),
        ("pipe", "a named pipe"),
        ("sparse", "larger"),
        ("lfs", "a Git LFS pointer"),
    ):
        with pytest.raises(ValueError, match=rf"{name}\.png: {words}"):
            read_picture(tmp_path / f"{name}.png")
