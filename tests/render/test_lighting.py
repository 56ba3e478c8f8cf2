import numpy as np
import pytest

from painctl.render.camera import head_sphere, portrait_camera, position_of
from painctl.render.light import draw_light, lights_of
from painctl.render.lighting import Lighting


@pytest.fixture(scope="module")
def light(head):
    def make(yaw, pitch):
        vertices = head.template.astype(np.float32)
        camera, sphere = portrait_camera(vertices, 64, yaw, pitch), head_sphere(vertices)
        lights = lights_of(draw_light(1, 2, "view"))
        return camera, lights, Lighting.of(lights, camera, (vertices, head.topology.faces), sphere), sphere

    return make


def test_from_the_front_the_axes_of_camera_and_head_coincide(light):
    _, lights, lighting, _ = light(0, 0)
    np.testing.assert_allclose(lighting.lights.directions, lights.directions, atol=1e-6)
    np.testing.assert_allclose(lighting.up, [0, 1, 0], atol=1e-6)


@pytest.mark.parametrize(("yaw", "pitch"), [(40, 0), (-30, 20)])
def test_the_light_moves_with_the_camera(light, yaw, pitch):
    camera, lights, lighting, (centre, _) = light(yaw, pitch)
    towards = position_of(camera) - centre
    towards /= np.linalg.norm(towards)
    np.testing.assert_allclose(lighting.lights.directions @ towards, lights.directions[:, 2], atol=1e-5)
    assert abs(lighting.up @ towards) < 1e-6
    np.testing.assert_array_equal(lighting.lights.irradiance, lights.irradiance)


def test_a_point_away_from_the_head_is_fully_lit(light):
    _, _, lighting, (centre, radius) = light(0, 0)
    point = centre + 0.95 * radius * lighting.lights.directions[0]
    assert lighting.key_shadow.light(point[None].astype(np.float32))[0] == pytest.approx(1, abs=1e-3)
