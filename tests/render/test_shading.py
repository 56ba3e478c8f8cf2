import numpy as np
import pytest

from painctl.render.light import Lights
from painctl.render.planar import unit
from painctl.render.shading import ShadingPoints, cornea, incident, shade

UP = np.array([0, 1, 0], np.float32)


def fibonacci(count):
    index = np.arange(count) + 0.5
    y, turn = 1 - 2 * index / count, index * np.pi * (3 - np.sqrt(5))
    ring = np.sqrt(1 - y * y)
    return np.stack([ring * np.cos(turn), y, ring * np.sin(turn)], axis=1).astype(np.float32)


def lights(directions=(), irradiance=1.0, sky=0.0, radius=0.0):
    directions = np.asarray(directions, np.float32).reshape(-1, 3)
    grey = np.ones(3, np.float32)
    lamps = np.full((len(directions), 3), irradiance, np.float32)
    return Lights(directions, lamps, np.full(len(directions), radius, np.float32), sky * grey, sky * grey, 1.0)


def points(normals, view=(0, 0, 1), albedo=1.0, roughness=0.5, shadow=1.0, occlusion=1.0):
    normals = np.asarray(normals, np.float32).T
    count = normals.shape[1]
    column = np.array(view, np.float32)[:, None] / np.float32(np.linalg.norm(view))
    spread = [np.full(count, value, np.float32) for value in (roughness, occlusion, shadow)]
    return ShadingPoints(column.repeat(count, 1), normals, normals, np.full((3, count), albedo, np.float32), *spread)


FRONT = fibonacci(600)[fibonacci(600)[:, 2] > 0.1]


@pytest.mark.parametrize("roughness", [0.15, 0.5, 1.0])
def test_a_white_surface_vanishes_in_a_white_sky(roughness):
    radiance = shade(points(FRONT, roughness=roughness), lights(sky=1.0), UP)
    np.testing.assert_allclose(radiance, 1, atol=1e-5)


@pytest.mark.parametrize("roughness", [0.3, 0.6, 1.0])
def test_a_white_surface_reflects_no_more_than_it_receives(roughness):
    lamps = fibonacci(800)
    facing = FRONT[FRONT[:, 2] > 0.5]
    radiance = shade(points(facing, roughness=roughness), lights(lamps, irradiance=4 / len(lamps)), UP)
    assert radiance.max() < 1.05
    assert radiance.min() > 0.85


def test_wrapped_light_conserves_energy():
    """Over all orientations a wrapped surface receives a quarter of the lamp's irradiance, as a Lambertian one does."""
    received = incident(points(fibonacci(20000)), lights([[0, 0.6, 0.8]]), UP).mean(axis=1)
    np.testing.assert_allclose(received, 0.25, rtol=2e-3)
    behind = incident(points([[0.995, 0, -0.1]]), lights([[0, 0, 1]]), UP)[:, 0]
    assert behind[0] > behind[1] >= behind[2]
    assert behind[0] > 0


def test_grey_stays_grey_and_black_has_highlights_only():
    lamps = lights([[0.3, 0.5, 0.81]], sky=0.4)
    grey = shade(points([[0, 0, 1]] * 3, albedo=0.18), lamps, UP)
    facing = incident(points([[0, 0, 1]] * 3, albedo=0.18), lamps, UP)
    assert np.ptp(grey[:, 0] / facing[:, 0]) < 0.02
    glint = shade(points(FRONT, albedo=0.0), lamps, UP)
    assert 0 < glint.mean() < 0.1
    np.testing.assert_allclose(glint[0], glint[2], rtol=1e-5)


def test_radiance_is_proportional_to_the_light():
    grey = points(FRONT, albedo=0.4)
    single, double = (shade(grey, lights([[0, 0.6, 0.8]], irradiance=i, sky=0.3 * i), UP) for i in (1.0, 2.0))
    np.testing.assert_allclose(double, 2 * single, rtol=1e-5)


def test_highlights_on_rough_skin_are_wider_and_weaker_than_on_a_wet_eye():
    lamp = lights([[0, 0, 1]])
    wet, rough = (shade(points(FRONT, albedo=0.0, roughness=r), lamp, UP)[0] for r in (0.2, 0.6))
    assert wet.max() > 3 * rough.max()
    aside = FRONT[:, 2] < 0.85
    assert wet[aside].mean() < rough[aside].mean()


def test_shadow_removes_the_key_light_and_occlusion_the_sky():
    key, sky = lights([[0, 0, 1]]), lights(sky=1.0)
    assert not shade(points(FRONT, shadow=0.0), key, UP).any()
    half = shade(points(FRONT, albedo=0.5, occlusion=0.5), sky, UP)
    assert (half < shade(points(FRONT, albedo=0.5), sky, UP)).all()
    half_lit, lit = (incident(points([[0, 0, 1]], shadow=share), key, UP)[:, 0] for share in (0.5, 1.0))
    assert half_lit[0] / lit[0] > half_lit[2] / lit[2] > 0.4


def test_the_cornea_bends_normals_within_the_iris_only():
    angles = np.radians([0, 5, 15, 35, 60])
    normals = np.stack([np.sin(angles), 0 * angles, np.cos(angles)]).astype(np.float32)
    bent = cornea(normals, np.array((0, 0, 1), np.float32))
    np.testing.assert_allclose(np.linalg.norm(bent, axis=0), 1, atol=1e-6)
    turned = np.arctan2(bent[0], bent[2])
    np.testing.assert_allclose(turned[[0, 3, 4]], angles[[0, 3, 4]], atol=1e-6)
    assert (turned[1:3] > 1.5 * angles[1:3]).all()


def test_the_cornea_turns_with_the_eye():
    turn = np.array([[1, 0, 0], [0, 0.8, -0.6], [0, 0.6, 0.8]], np.float32)
    normals = unit(np.random.default_rng(0).normal((0, 0, 3), size=(200, 3)).T).astype(np.float32)
    ahead = np.array((0, 0, 1), np.float32)
    np.testing.assert_allclose(cornea(turn @ normals, turn @ ahead), turn @ cornea(normals, ahead), atol=1e-6)
