import numpy as np

from painctl.images.srgb import to_srgb
from painctl.render.tone import CONTRAST, GREY, KNEE, develop


def test_the_film_keeps_grey_adds_contrast_and_compresses_highlights():
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
