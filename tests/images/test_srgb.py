import numpy as np

from painctl.images.srgb import to_linear, to_srgb


def test_every_byte_survives_the_round_trip_through_linear_light():
    codes = np.arange(256, dtype=np.uint8).reshape(16, 16, 1).repeat(3, axis=2)
    np.testing.assert_array_equal(to_srgb(to_linear(codes)), codes)


def test_srgb_follows_the_standard():
    linear = np.linspace(0, 1, 300, dtype=np.float32).reshape(10, 10, 3)
    curve = np.where(linear <= 0.0031308, 12.92 * linear, 1.055 * linear ** (1 / 2.4) - 0.055)
    assert np.abs(to_srgb(linear) - 255 * curve).max() < 0.51
    np.testing.assert_array_equal(to_srgb(linear * 4 - 1), to_srgb(np.clip(linear * 4 - 1, 0, 1)))
