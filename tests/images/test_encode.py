import cv2
import numpy as np
import pytest

from painctl.images.encode import decode, encode_jpeg, encode_png


@pytest.fixture
def picture():
    noise = np.random.default_rng(0).integers(0, 255, (8, 10, 3), dtype=np.uint8)
    return cv2.resize(noise, (100, 80), interpolation=cv2.INTER_CUBIC)


def test_png_gives_back_every_byte_in_colour_and_grey(picture):
    for image in (picture, picture[..., 1]):
        data = encode_png(image)
        assert data == encode_png(image.copy())
        assert data.startswith(b"\x89PNG")
        np.testing.assert_array_equal(decode(data), image)
        np.testing.assert_array_equal(decode(np.frombuffer(data, np.uint8)), image)


def test_jpeg_gives_back_the_colours_nearly(picture):
    data = encode_jpeg(picture)
    assert data.startswith(b"\xff\xd8")
    assert data == encode_jpeg(picture)
    assert np.abs(decode(data).astype(int) - picture).mean() < 3
    assert len(encode_jpeg(picture, 50)) < len(data)


def test_red_stays_red_for_other_readers(picture):
    red = np.zeros((16, 16, 3), np.uint8)
    red[..., 0] = 200
    for data in (encode_png(red), encode_jpeg(red)):
        assert cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR)[0, 0].argmax() == 2


@pytest.mark.parametrize("data", [b"", b"not a picture", b"\x89PNG\r\n\x1a\n"])
def test_what_is_no_picture_is_refused(data):
    with pytest.raises(ValueError, match="not a picture"):
        decode(data)
