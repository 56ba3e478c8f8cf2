import numpy as np
import pytest

from painctl.render.lens import PARAMETERS, draw_lens, photograph

SOFT, SHADE, GAIN, READ, GRAIN = range(len(PARAMETERS))


@pytest.fixture
def grey():
    def grey(level=0.2, size=256):
        return np.full((size, size, 3), level, np.float32)

    return grey


@pytest.fixture
def lens():
    """A lens that does nothing but what a test asks for."""

    def lens(**values):
        parameters = dict.fromkeys(PARAMETERS, 0.0) | {"softness": 0.3} | values
        return np.array(list(parameters.values()), np.float32)

    return lens


def test_noise_has_the_deviation_of_the_transfer_curve(grey, lens):
    for level in (0.05, 0.2, 0.6):
        noise = photograph(grey(level), lens(gain=2e-4, read=0.003, grain=77)) - level
        assert noise.std() == pytest.approx(np.sqrt(2e-4 * level + 0.003**2), rel=0.05)
        assert abs(noise.mean()) < 0.1 * noise.std()


def test_each_picture_has_noise_of_its_own(grey, lens):
    one, same, other = (photograph(grey(), lens(gain=2e-4, grain=key)) for key in (5, 5, 6))
    np.testing.assert_array_equal(one, same)
    assert abs(np.corrcoef(one.ravel(), other.ravel())[0, 1]) < 0.05


def test_a_lens_loses_light_in_the_corners_and_none_in_the_middle(grey, lens):
    shot = photograph(grey(), lens(vignette=0.15))[..., 0]
    assert shot[128, 128] == pytest.approx(0.2, rel=0.01)
    assert shot[0, 0] == pytest.approx(0.2 * 0.85, rel=0.02)


def test_softness_spreads_a_point_and_keeps_its_light(lens):
    point = np.zeros((512, 512, 3), np.float32)
    point[256, 256] = 1
    soft = photograph(point, lens(softness=0.8))[..., 0]
    rows = np.arange(512) - 256
    assert soft.sum() == pytest.approx(1, rel=0.01)
    assert np.sqrt((soft.sum(axis=1) * rows**2).sum()) == pytest.approx(0.8, rel=0.1)


def test_draws_are_mild_seeded_and_of_one_picture():
    drawn = np.stack([draw_lens(1, identity, "view/0/0/lens") for identity in range(50)])
    np.testing.assert_array_equal(draw_lens(1, 3, "view/0/0/lens"), drawn[3])
    assert drawn[:, SOFT].max() < 1
    assert drawn[:, SHADE].max() < 0.2
    assert np.sqrt(drawn[:, GAIN] * 0.18 + drawn[:, READ] ** 2).max() < 0.05 * 0.18 + 0.01
    assert len(np.unique(drawn[:, GRAIN])) == 50
