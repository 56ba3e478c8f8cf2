"""JPEG and PNG files are checked before they are decoded, whichever way they are read."""

import cv2
import numpy as np
import pytest
from made_pictures import animated_png, encoded, patched, pictures

from painctl.images.any_format import decode_any
from painctl.images.encode import decode, decode_rgb

PICTURES = pictures()
SCANS = PICTURES["progressive.jpg"][:-2] + b"\xff\xda" * 200 + b"\xff\xd9"
HOSTILE = {
    "two billion frames": (animated_png(2_000_000_000), "holds 2,000,000,000 pictures"),
    "a chunk of two gigabytes": (patched(PICTURES["16.png"], 33, ">I", 0x7FFFFFF0), "truncated or damaged"),
    "a later chunk of two gigabytes": (patched(animated_png(1), b"\0\0\0\0\0\0", ">I", 0x7FFFFF00), "damaged"),
    "an end of two gigabytes": (patched(PICTURES["16.png"], -12, ">I", 0x7FFFFF00), "truncated or damaged"),
    "large png": (patched(PICTURES["grey.png"], 16, ">II", 60_000, 60_000), "limit is 100 million"),
    "dense png": (patched(PICTURES["grey.png"], 16, ">II", 9_000, 9_000), "bytes claim 81,000,000 pixels"),
    "large jpeg": (patched(PICTURES["a.jpg"], b"\xff\xc0\0\x11\x08", ">HH", 60_000, 60_000), "limit is 100 million"),
    "segments": (b"\xff\xd8" + b"\xff\xe5\0\2" * 20_000 + PICTURES["a.jpg"][2:], "more than 10,000 segments"),
    "scans": (SCANS, "scans; the limit is 100"),
    "scans after fill bytes": (SCANS[:2] + b"\xff\xff\xff" + SCANS[2:], "scans; the limit is 100"),
}


@pytest.mark.parametrize("read", [lambda data: decode_rgb(data, "a"), lambda data: decode_any(data, "a")])
@pytest.mark.parametrize("name", HOSTILE)
def test_claims_are_checked_before_anything_is_decoded(name, read):
    data, words = HOSTILE[name]
    with pytest.raises(ValueError, match=f"^a: .*{words}"):
        read(data)


def test_one_frame_and_the_scans_of_an_encoder_are_accepted():
    assert decode(animated_png(1)).shape == (1, 1, 3)
    assert decode(PICTURES["progressive.jpg"]).shape == (48, 64, 3)
    assert decode(encoded(".png", np.zeros((4_000, 4_000), np.uint8))).shape == (4_000, 4_000)


def test_what_is_stored_in_shards_and_corpora_is_jpeg_or_png():
    for read in (decode, lambda data: decode_rgb(data, "a")):
        with pytest.raises(ValueError, match="WebP is not supported"):
            read(PICTURES["a.webp"])


@pytest.mark.parametrize("error", [MemoryError(), cv2.error("std::bad_alloc"), SystemError("x"), cv2.error("(-4) y")])
def test_whatever_a_decoder_throws_is_one_error_that_names_the_picture(error, monkeypatch):
    def broken(*_):
        raise error

    monkeypatch.setattr(cv2, "imdecode", broken)
    with pytest.raises(ValueError, match=r"^a: not (enough memory|a readable picture)"):
        decode_rgb(PICTURES["a.jpg"], "a")
