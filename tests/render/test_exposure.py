import cv2
import numpy as np
import pytest

from painctl.images.encode import encode_jpeg
from painctl.render.exposure import photograph
from painctl.render.lens import draw_lens, expose
from painctl.render.photography import PARAMETERS
from painctl.render.tone import GREY, develop

LENS = draw_lens(7, 1, "view/0/0/lens")


def effects(**values):
    return np.array([values.get(name, 0) for name in PARAMETERS], np.float32)


def taken(radiance, **values):
    return photograph(radiance, 1.0, LENS, effects(**values))


@pytest.fixture(scope="module")
def scene():
    """Coloured clouds, float32 [192, 192, 3]."""
    noise = np.random.default_rng(1).random((13, 13, 3), np.float32)
    return np.maximum(cv2.resize(noise, (192, 192), interpolation=cv2.INTER_CUBIC), 0) * 0.6


def detail(picture):
    return np.abs(np.diff(picture.astype(float).mean(axis=2), axis=1)).mean()


def saturation(picture):
    return np.ptp(picture.astype(float), axis=2).mean()


def test_a_clean_picture_is_the_film_behind_the_lens(scene):
    expected = develop(expose(scene, 1.3, LENS))
    for none in (None, effects(), np.zeros(0, np.float32)):
        np.testing.assert_array_equal(photograph(scene, 1.3, LENS, none), expected)


def test_no_effect_changes_the_radiance_that_it_is_given(scene):
    before = scene.copy()
    taken(scene, gain=4, dim=1, cast=80, tint=0.2, shake=0.02, grey_red=0.3, pixels=80, quality=20, backlight=3)
    np.testing.assert_array_equal(scene, before)


def test_black_and_white_has_equal_channels_and_follows_its_weights(scene):
    for red in (0.1, 0.6):
        picture = taken(scene, grey_red=red)
        assert (picture == picture[..., :1]).all()
    flat = np.broadcast_to(np.array([0.3, 0.05, 0.05], np.float32), (64, 64, 3)).copy()
    assert taken(flat, grey_red=0.6).mean() > taken(flat, grey_red=0.1).mean() + 20


def test_noise_grows_with_the_gain_and_colours_fade(scene):
    flat = np.full((192, 192, 3), GREY, np.float32)
    deviations = [taken(flat, gain=gain).astype(float).mean(axis=2)[48:144, 48:144].std() for gain in (0, 2, 3.5, 5)]
    assert np.all(np.diff(deviations) > 0)
    assert deviations[-1] > 2 * deviations[0]
    assert saturation(taken(scene, gain=4)) < 0.85 * saturation(taken(scene))


def test_a_dim_picture_is_darker_by_its_stops():
    flat = np.full((64, 64, 3), GREY, np.float32)
    np.testing.assert_allclose(taken(flat, dim=1).mean(), taken(flat / 2).mean(), atol=0.5)


def test_a_warm_cast_is_orange_a_cold_one_blue_and_lightness_stays():
    flat = np.full((64, 64, 3), GREY, np.float32)
    red, green, blue = taken(flat, cast=100).mean(axis=(0, 1))
    assert red > green + 20 > blue + 40
    red, green, blue = taken(flat, cast=-100).mean(axis=(0, 1))
    assert blue > green + 15
    assert blue > red + 25
    red, green, blue = taken(flat, tint=0.25).mean(axis=(0, 1))
    assert min(green - red, green - blue) > 5
    grey = [cv2.cvtColor(taken(flat, cast=cast), cv2.COLOR_RGB2GRAY).mean() for cast in (-100, 0, 100)]
    assert np.ptp(grey) < 12


@pytest.mark.parametrize("degrees", [0.0, 90.0])
def test_shake_blurs_along_its_direction_by_its_length(degrees):
    point = np.zeros((129, 129, 3), np.float32)
    point[64, 64] = 50
    spread = expose(point, 1.0, LENS)[..., 0].std()
    assert spread > 0
    trail = taken(point, shake=16 / 129, shake_angle=degrees)[..., 1].astype(float)
    still = taken(point)[..., 1].astype(float)
    across, along = (np.count_nonzero(trail.max(axis=axis) > 40) for axis in ((0, 1) if degrees else (1, 0)))
    assert np.count_nonzero(still.max(axis=0) > 40) + 11 < along < 24
    assert across < 8


def test_few_pixels_lose_detail_but_not_the_size(scene):
    fine = scene + np.random.default_rng(2).random(scene.shape, np.float32) * 0.2
    picture = taken(fine, pixels=76)
    assert picture.shape == fine.shape
    assert detail(picture) < 0.6 * detail(taken(fine))
    np.testing.assert_array_equal(taken(fine, pixels=500), taken(fine))


def test_a_jpeg_file_of_low_quality_is_smaller_and_leaves_its_blocks(scene):
    sizes = [len(encode_jpeg(taken(scene, quality=quality))) for quality in (12, 40)]
    assert sizes[0] < sizes[1] < len(encode_jpeg(taken(scene)))
    steps = np.abs(np.diff(taken(scene, quality=12).astype(float).mean(axis=2), axis=1)).mean(axis=0)
    borders = np.arange(7, len(steps), 8)
    assert steps[borders].mean() > 1.5 * np.delete(steps, borders).mean()


def test_light_behind_veils_the_shadows(scene):
    dark = scene.copy()
    dark[80:112, 80:112] = 0
    assert taken(dark, backlight=3)[92:100, 92:100].mean() > taken(dark)[92:100, 92:100].mean() + 20
