import numpy as np

from painctl.images.srgb import to_linear, to_srgb
from painctl.render.tone import CONTRAST, GREY, KNEE, develop


def test_linear_and_back_is_every_byte_itself():
    codes = np.arange(256, dtype=np.uint8).reshape(16, 16, 1).repeat(3, axis=2)
    np.testing.assert_array_equal(to_srgb(to_linear(codes)), codes)


def test_srgb_is_the_standards_curve():
    linear = np.linspace(0, 1, 300, dtype=np.float32).reshape(10, 10, 3)
    curve = np.where(linear <= 0.0031308, 12.92 * linear, 1.055 * linear ** (1 / 2.4) - 0.055)
    assert np.abs(to_srgb(linear) - 255 * curve).max() < 0.51
    np.testing.assert_array_equal(to_srgb(linear * 4 - 1), to_srgb(np.clip(linear * 4 - 1, 0, 1)))


def test_film_keeps_grey_adds_contrast_and_saves_highlights():
    grey = np.full((1, 1, 3), GREY, np.float32)
    np.testing.assert_array_equal(develop(grey), to_srgb(grey))
    for stops in (-2, -1, 1):
        if GREY * 2.0 ** (CONTRAST * stops) < KNEE:
            np.testing.assert_array_equal(
                develop(grey * np.float32(2.0**stops)), to_srgb(grey * np.float32(2 ** (CONTRAST * stops)))
            )
    assert develop(np.ones((1, 1, 3), np.float32)).max() < 252


def test_more_light_is_never_darker():
    light = np.linspace(0, 9, 3000, dtype=np.float32).reshape(-1, 1, 3)
    picture = develop(light).ravel().astype(int)
    assert (np.diff(picture) >= 0).all()
    assert picture[-1] == 255
