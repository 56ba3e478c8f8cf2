import io
import struct

import cv2
import numpy as np
import pytest

from painctl.images.encode import encode_jpeg, encode_png
from painctl.images.header import image_size


@pytest.mark.parametrize("shape", [(40, 70, 3), (1, 1, 3), (300, 20)])
def test_the_size_is_read_from_the_header(shape):
    image = np.zeros(shape, np.uint8)
    progressive = cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_PROGRESSIVE, 1])[1].tobytes()
    for data in (encode_jpeg(image), encode_png(image), progressive):
        assert image_size(io.BytesIO(data)) == (shape[1], shape[0])


def test_segments_before_the_frame_header_and_fill_bytes_are_skipped():
    data = encode_jpeg(np.zeros((8, 9, 3), np.uint8))
    thumbnail = b"\xff\xe1" + struct.pack(">H", 60_000) + data + bytes(60_000 - 2 - len(data))
    assert image_size(io.BytesIO(data[:2] + thumbnail + b"\xff\xff\xff" + data[3:])) == (9, 8)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"GIF89a",
        b"\xff\xd8",
        b"\xff\xd8\xff\xd9",
        b"\xff\xd8\xff\xda",
        b"\xff\xd8\x00",
        b"\xff\xd8\xff\xc0\x00\x11\x08\x00\x00\x00\x05",
        b"\x89PNG\r\n\x1a\n" + struct.pack(">I4sI", 13, b"IHDR", 5),
        b"\x89PNG\r\n\x1a\n" + struct.pack(">I4sII", 13, b"IDAT", 5, 5),
    ],
)
def test_a_file_without_a_valid_size_is_rejected(data):
    with pytest.raises(ValueError, match=r"JPEG|PNG|truncated|no pixels"):
        image_size(io.BytesIO(data))
