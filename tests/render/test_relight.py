import numpy as np
import pytest

from painctl.render.camera import DISTANCE
from painctl.render.light import draw_light, lights_of, luminance
from painctl.render.photography import PARAMETERS
from painctl.render.relight import relight


def effects(**values):
    return np.array([values.get(name, 0) for name in PARAMETERS], np.float32)


@pytest.fixture(scope="module")
def lights():
    return [lights_of(draw_light(3, person, "view/0/0/light")) for person in range(40)]


def test_other_effects_leave_the_light_unchanged(lights):
    for light in lights:
        for none in (None, effects(), effects(grey_red=0.3, gain=4, pixels=90)):
            lit, behind = relight(light, none)
            assert lit is light
            np.testing.assert_array_equal(behind, light.frontal)


def test_a_flash_lights_the_face_from_the_lens_and_what_is_behind_little(lights):
    for light in lights:
        lit, behind = relight(light, effects(flash=0.9, flash_azimuth=2, flash_elevation=5))
        assert lit.directions[0] @ (0, 0, 1) > 0.99
        assert luminance(lit.frontal) == pytest.approx(1, abs=0.05)
        assert luminance(behind) < 0.2
        assert lit.distance == DISTANCE
        assert lit.exposure > light.exposure


def test_a_side_light_leaves_the_stated_light_in_the_shadows(lights):
    for light in lights:
        lit, _ = relight(light, effects(side=90, shadow_fill=0.1))
        assert abs(lit.directions[0, 0]) > 0.98
        assert np.sign(lit.directions[0, 0]) == np.sign(light.directions[0, 0])
        ambient = lit.frontal - lit.irradiance[0] * max(lit.directions[0, 2], 0)
        assert luminance(ambient) == pytest.approx(0.1, rel=1e-4)
        assert luminance(lit.irradiance[0]) == pytest.approx(1, rel=1e-4)


def test_a_backlight_is_behind_the_head_and_the_surroundings_are_brighter_by_its_stops(lights):
    for light in lights:
        lit, behind = relight(light, effects(backlight=3, metering=0.5))
        assert lit.directions[0, 2] < -0.7
        assert luminance(lit.frontal) == pytest.approx(1, rel=1e-4)
        assert luminance(behind) == pytest.approx(8 * luminance(light.frontal), rel=1e-4)
        assert lit.exposure == pytest.approx(light.exposure * 2**-1.5)
