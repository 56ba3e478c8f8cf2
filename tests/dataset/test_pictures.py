import cv2
import numpy as np
import pytest

from painctl.dataset.pictures import extension, size


def encoded(kind, height, width, options=()):
    return cv2.imencode(kind, np.zeros((height, width, 3), np.uint8), list(options))[1].tobytes()


@pytest.mark.parametrize("options", [(), (cv2.IMWRITE_JPEG_PROGRESSIVE, 1), (cv2.IMWRITE_JPEG_RST_INTERVAL, 2)])
def test_the_size_of_a_jpeg_is_read(options):
    data = encoded(".jpg", 37, 64, options)
    assert extension(data) == "jpg"
    assert size(data) == (37, 64)


def test_the_size_of_a_png_is_read():
    data = encoded(".png", 5, 300)
    assert extension(data) == "png"
    assert size(data) == (5, 300)


@pytest.mark.parametrize("data", [b"", b"GIF89a", encoded(".webp", 8, 8)])
def test_other_formats_are_rejected(data):
    with pytest.raises(ValueError, match="neither JPEG nor PNG"):
        size(data)


@pytest.mark.parametrize("kind", [".jpg", ".png"])
def test_a_truncated_file_is_rejected(kind):
    with pytest.raises(ValueError, match="end is missing"):
        size(encoded(kind, 64, 64)[:-20])


@pytest.mark.parametrize(
    "data", [b"\xff\xd8\xff\xd9", b"\x89PNG\r\n\x1a\nIEND\xaeB`\x82", b"\xff\xd8\xff\xe0\x00\x02\xff\xd9"]
)
def test_a_file_without_a_header_is_rejected(data):
    with pytest.raises(ValueError, match="header is truncated or damaged"):
        size(data)
