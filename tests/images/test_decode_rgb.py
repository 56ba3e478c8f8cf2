import cv2
import numpy as np
import pytest

from painctl.images.encode import decode_rgb
from painctl.images.resize import center_crop

RNG = np.random.default_rng(0)


def smooth(size):
    return cv2.resize(RNG.integers(40, 215, (6, 6, 3), dtype=np.uint8), (size, size), interpolation=cv2.INTER_CUBIC)


@pytest.mark.parametrize("extension", [".png", ".jpg"])
def test_decoding_gives_rgb(extension):
    image = np.zeros((16, 16, 3), np.uint8)
    image[..., 0] = 250
    decoded = decode_rgb(cv2.imencode(extension, image[..., ::-1])[1].tobytes(), "a picture")
    assert np.abs(decoded.astype(int) - image).max() < 6


@pytest.mark.parametrize("data", [b"", b"no picture", cv2.imencode(".png", smooth(48))[1].tobytes()[:40]])
def test_the_error_names_an_unreadable_picture(data):
    with pytest.raises(ValueError, match="frame 7: not a readable picture"):
        decode_rgb(data, "frame 7")


def test_a_jpeg_is_decoded_at_half_size_where_that_suffices():
    image = smooth(200)
    jpeg = cv2.imencode(".jpg", image[..., ::-1])[1].tobytes()
    assert decode_rgb(jpeg, "", 101).shape == (200, 200, 3)
    half = decode_rgb(jpeg, "", 100)
    assert half.shape == (100, 100, 3)
    assert np.abs(half.astype(int) - center_crop(image, 100, 1.0)).mean() < 2
