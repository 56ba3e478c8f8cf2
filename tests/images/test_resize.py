import cv2
import numpy as np
import pytest

from painctl.images.resize import center_crop, thumbnail


def test_center_crop_takes_the_centre():
    image = np.zeros((60, 100, 3), np.uint8)
    image[15:45, 35:65] = 200
    assert (center_crop(image, 10, 0.5) == 200).all()
    assert (center_crop(image, 90, 0.5) == 200).all()
    full = center_crop(image, 30, 1.0)
    assert full.shape == (30, 30, 3)
    assert full[:, 15].mean() == pytest.approx(100, abs=5)


def test_the_square_is_moved_down_as_far_as_it_stays_in_the_picture():
    image = np.repeat(np.arange(100, dtype=np.uint8)[:, None, None], 60, axis=1).repeat(3, axis=2)
    rows = [center_crop(image, 30, 0.5, down)[[0, -1], 0, 0].tolist() for down in (0.25, 2, -2)]
    assert rows == [[50, 79], [70, 99], [0, 29]]


def test_center_crop_leaves_a_picture_of_the_right_size_unchanged():
    noise = np.random.default_rng(0).integers(0, 255, (6, 6, 3), dtype=np.uint8)
    image = cv2.resize(noise, (48, 48), interpolation=cv2.INTER_CUBIC)
    np.testing.assert_array_equal(center_crop(image, 48, 1.0), image)


@pytest.mark.parametrize("shape", [(100, 50), (50, 100), (7, 7)])
def test_a_thumbnail_keeps_the_aspect_ratio(shape):
    small = thumbnail(np.zeros((*shape, 3), np.uint8), 20)
    assert max(small.shape[:2]) == 20
    assert small.shape[0] / small.shape[1] == shape[0] / shape[1]
