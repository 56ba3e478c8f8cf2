import numpy as np
import pytest

from painctl.render.lens import PARAMETERS, draw_lens, expose
from painctl.render.tone import GREY

AT = {name: number for number, name in enumerate(PARAMETERS)}


@pytest.fixture(scope="module")
def lenses():
    """The parameters of a hundred lenses, [100, 8]."""
    return np.stack([draw_lens(7, identity, "view/0/0/lens") for identity in range(100)])


def flat(level, size=256):
    return np.full((size, size, 3), level, np.float32)


def changed(parameters, **values):
    parameters = parameters.copy()
    for name, value in values.items():
        parameters[AT[name]] = value
    return parameters


def test_drawing_and_exposing_are_deterministic(lenses):
    np.testing.assert_array_equal(draw_lens(7, 3, "view/0/0/lens"), lenses[3])
    assert lenses.dtype == np.float32
    assert lenses.shape[1] == len(PARAMETERS)
    assert len(np.unique(lenses, axis=0)) == len(lenses)
    assert set(lenses[:, AT["grain_turn"]]) == set(range(8))
    radiance = np.random.default_rng(0).random((64, 64, 3), np.float32)
    before = radiance.copy()
    np.testing.assert_array_equal(expose(radiance, 1.2, lenses[0]), expose(radiance, 1.2, lenses[0].copy()))
    np.testing.assert_array_equal(radiance, before)


@pytest.mark.parametrize("level", [0.0, 0.02, GREY, 1.0])
def test_noise_has_the_documented_deviation(lenses, level):
    for parameters in lenses[:6]:
        noise = expose(flat(level), 1.0, changed(parameters, vignette=0)) - level
        stated = np.sqrt(parameters[AT["read"]] ** 2 + parameters[AT["shot"]] ** 2 * GREY * level)
        assert noise.std() == pytest.approx(stated, rel=0.05)
        assert abs(noise.mean()) < 0.05 * stated


def test_at_grey_the_photon_noise_is_its_parameter(lenses):
    noise = expose(flat(GREY), 1.0, changed(lenses[0], vignette=0, read=0, shot=0.02)) - GREY
    assert noise.std() == pytest.approx(0.02 * GREY, rel=0.05)


def test_grain_is_correlated_between_neighbours_and_channels(lenses):
    noise = expose(flat(GREY), 1.0, changed(lenses[0], vignette=0)) - GREY
    assert 0.1 < np.corrcoef(noise[:, 1:, 1].ravel(), noise[:, :-1, 1].ravel())[0, 1] < 0.6
    assert abs(np.corrcoef(noise[:, 4:, 1].ravel(), noise[:, :-4, 1].ravel())[0, 1]) < 0.05
    assert 0.6 < np.corrcoef(noise[..., 0].ravel(), noise[..., 2].ravel())[0, 1] < 0.95


def test_two_pictures_have_different_grain(lenses):
    noise = [
        expose(flat(GREY), 1.0, changed(parameters, vignette=0))[64:192, 64:192, 1] - GREY for parameters in lenses[:8]
    ]
    grain = np.corrcoef(np.reshape(noise, (8, -1))) - np.eye(8)
    assert np.abs(grain).max() < 0.1


def test_corners_are_darker_by_the_vignette_and_the_centre_is_not(lenses):
    clean = changed(lenses[0], read=0, shot=0, vignette=0.2)
    exposed = expose(flat(0.5), 2.0, clean)
    assert exposed[127:129, 127:129].mean() == pytest.approx(1.0, rel=1e-3)
    assert exposed[0, 0].mean() == pytest.approx(0.8, rel=0.01)


def test_a_point_is_spread_by_the_softness_and_more_in_the_corners(lenses):
    clean = changed(lenses[0], read=0, shot=0, vignette=0, softness=0.7, edge_softness=0.9)
    spread = {}
    for name, at in (("centre", 64), ("corner", 8)):
        point = np.zeros((128, 128, 3), np.float32)
        point[at, at] = 1
        exposed = expose(point, 1.0, clean)[..., 0]
        assert exposed.sum() == pytest.approx(1, rel=0.02)
        spread[name] = np.sqrt((exposed.sum(axis=0) * (np.arange(128) - at) ** 2).sum())
    assert spread["centre"] == pytest.approx(0.7, rel=0.1)
    assert spread["corner"] > 1.2 * spread["centre"]


@pytest.mark.parametrize("size", [64, 1024, 1300])
def test_any_size_works(lenses, size):
    exposed = expose(flat(GREY, size), 1.0, lenses[1])
    assert exposed.shape == (size, size, 3)
    assert exposed.dtype == np.float32
    assert np.isfinite(exposed).all()
