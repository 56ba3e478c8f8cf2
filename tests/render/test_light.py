import numpy as np
import pytest

from painctl.render.light import PARAMETERS, PLACES, direction, draw_light, kelvin_to_rgb, lights_of

LUMINANCE = np.array([0.2126, 0.7152, 0.0722])


@pytest.fixture(scope="module")
def drawn_lights():
    """The parameters of three hundred lights, [300, 13]."""
    return np.stack([draw_light(7, identity, "view/0/0/light") for identity in range(300)])


def test_the_light_depends_on_seed_identity_and_purpose_only(drawn_lights):
    np.testing.assert_array_equal(draw_light(7, 3, "view/0/0/light"), drawn_lights[3])
    assert drawn_lights.dtype == np.float32
    assert drawn_lights.shape[1] == len(PARAMETERS)
    assert len(np.unique(drawn_lights, axis=0)) == len(drawn_lights)
    assert (draw_light(7, 3, "view/0/1/light") != drawn_lights[3]).any()
    assert (draw_light(8, 3, "view/0/0/light") != drawn_lights[3]).any()


def test_every_place_and_both_sides_are_about_equally_frequent(drawn_lights):
    places = np.bincount(drawn_lights[:, 0].astype(int), minlength=len(PLACES))
    assert places.min() > 0.7 * len(drawn_lights) / len(PLACES)
    assert 0.4 < (drawn_lights[:, PARAMETERS.index("key_azimuth")] > 0).mean() < 0.6


def test_the_light_on_a_face_is_always_within_half_a_stop(drawn_lights):
    for parameters in drawn_lights:
        lights = lights_of(parameters)
        level = lights.frontal @ LUMINANCE * lights.exposure
        assert 0.7 < level < 1.4
        assert min(lights.irradiance.min(), lights.sky.min(), lights.ground.min()) >= 0
        np.testing.assert_allclose(np.linalg.norm(lights.directions, axis=1), 1, atol=1e-6)


def test_white_balance_leaves_a_mild_cast_warmest_indoors(drawn_lights):
    warmth: dict[str, list[float]] = {place: [] for place in PLACES}
    for parameters in drawn_lights:
        red, green, blue = lights_of(parameters).frontal
        warmth[PLACES[int(parameters[0])]].append(red / blue)
        assert 0.8 < red / blue < 1.3
        assert 0.95 < green / (0.5 * (red + blue)) < 1.06
    means = {place: np.mean(ratios) for place, ratios in warmth.items()}
    assert max(means, key=lambda place: means[place]) == "indoor"


def test_the_sky_is_bluer_than_the_sun_and_a_room_warmer_than_its_window(drawn_lights):
    for parameters in drawn_lights:
        light = dict(zip(PARAMETERS, parameters, strict=True))
        place = PLACES[int(light["place"])]
        if place == "outdoor":
            assert light["sky_kelvin"] > light["key_kelvin"]
        if place == "window":
            assert light["sky_kelvin"] < 1.05 * light["key_kelvin"]


def test_an_eye_facing_the_camera_reflects_the_key_as_a_catchlight(drawn_lights):
    """The cornea, within 40 degrees of its axis, reflects the lamp several times as bright as a white surface."""
    for parameters in drawn_lights:
        lights = lights_of(parameters)
        half = lights.directions[0] + (0, 0, 1)
        assert np.degrees(np.arccos(half[2] / np.linalg.norm(half))) < 40
        luminance = lights.irradiance[0] @ LUMINANCE / np.sin(lights.radii[0]) ** 2
        assert luminance > 5


def test_light_varies_in_direction_warmth_and_contrast(drawn_lights):
    lights = [lights_of(parameters) for parameters in drawn_lights]
    assert np.ptp([light.directions[0, 0] for light in lights]) > 1.2
    warmth = [light.irradiance[0, 0] / light.irradiance[0, 2] for light in lights]
    assert max(warmth) / min(warmth) > 1.4
    contrast = [light.irradiance[0].mean() / (light.sky + light.ground).mean() for light in lights]
    assert max(contrast) / min(contrast) > 2


def test_azimuth_is_to_the_right_and_elevation_upwards():
    np.testing.assert_allclose(direction(0, 0), [0, 0, 1])
    np.testing.assert_allclose(direction(90, 0), [1, 0, 0], atol=1e-12)
    np.testing.assert_allclose(direction(0, 90), [0, 1, 0], atol=1e-12)


def test_a_black_body_is_red_when_cool_blue_when_hot_and_almost_white_at_6500_kelvin():
    ratio = [kelvin_to_rgb(kelvin)[0] / kelvin_to_rgb(kelvin)[2] for kelvin in (2000, 3000, 4000, 4001, 6500, 9000)]
    assert (np.diff(ratio) < 0.01).all()
    np.testing.assert_allclose(kelvin_to_rgb(6500), 1, atol=0.06)
    for kelvin in (2500, 5000, 9000):
        np.testing.assert_allclose(kelvin_to_rgb(kelvin) @ LUMINANCE, 1, atol=2e-3)
