import cv2
import numpy as np
import pytest

from painctl.images.encode import decode, decode_rgb, encode_jpeg, encode_png
from painctl.images.resize import center_crop


@pytest.fixture
def picture():
    noise = np.random.default_rng(0).integers(0, 255, (8, 10, 3), dtype=np.uint8)
    return cv2.resize(noise, (100, 80), interpolation=cv2.INTER_CUBIC)


def test_png_is_lossless_in_colour_and_grey(picture):
    for image in (picture, picture[..., 1]):
        data = encode_png(image)
        assert data == encode_png(image.copy())
        assert data.startswith(b"\x89PNG")
        np.testing.assert_array_equal(decode(data), image)
        np.testing.assert_array_equal(decode(np.frombuffer(data, np.uint8)), image)


def test_jpeg_is_close_to_the_picture(picture):
    data = encode_jpeg(picture)
    assert data.startswith(b"\xff\xd8")
    assert data == encode_jpeg(picture)
    assert np.abs(decode(data).astype(int) - picture).mean() < 3
    assert len(encode_jpeg(picture, 50)) < len(data)


def test_other_decoders_see_the_same_channel_order(picture):
    red = np.zeros((16, 16, 3), np.uint8)
    red[..., 0] = 200
    for data in (encode_png(red), encode_jpeg(red)):
        assert cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR)[0, 0].argmax() == 2


@pytest.mark.parametrize("data", [b"", b"not a picture", b"\x89PNG\r\n\x1a\n"])
def test_an_unreadable_picture_is_rejected(data):
    with pytest.raises(ValueError, match="not a readable picture"):
        decode(data)
    with pytest.raises(ValueError, match="frame 7: not a readable picture"):
        decode_rgb(data, "frame 7")


@pytest.mark.parametrize("encode", [encode_png, encode_jpeg])
def test_decode_rgb_has_three_channels_even_for_a_grey_picture(picture, encode):
    for image in (picture, picture[..., 1]):
        decoded = decode_rgb(encode(image), "picture")
        assert decoded.shape == picture.shape
        assert np.abs(decoded - np.atleast_3d(image).astype(int)).mean() < 3


def test_a_jpeg_is_decoded_at_half_size_if_that_is_large_enough(picture):
    large = cv2.resize(picture, (240, 200), interpolation=cv2.INTER_CUBIC)
    data = encode_jpeg(large)
    assert decode_rgb(data, "", 101).shape == (200, 240, 3)
    half = decode_rgb(data, "", 100)
    assert half.shape == (100, 120, 3)
    assert np.abs(half[:, 10:110].astype(int) - center_crop(large, 100, 1.0)).mean() < 3
    assert decode_rgb(encode_png(large), "", 100).shape == (200, 240, 3)
