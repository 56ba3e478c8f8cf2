import numpy as np
import pytest

from painctl.images.resize import center_crop


def test_the_crop_is_central():
    image = np.zeros((60, 100, 3), np.uint8)
    image[15:45, 35:65] = 200
    assert (center_crop(image, 10, 0.5) == 200).all()
    whole = center_crop(image, 30, 1.0)
    assert whole.shape == (30, 30, 3)
    assert whole[:, 15].mean() == pytest.approx(100, abs=5)
    assert (center_crop(image, 90, 0.5) == 200).all()


def test_a_picture_of_the_right_size_is_unchanged():
    image = np.random.default_rng(0).integers(0, 256, (48, 48, 3), dtype=np.uint8)
    assert np.array_equal(center_crop(image, 48, 1.0), image)
