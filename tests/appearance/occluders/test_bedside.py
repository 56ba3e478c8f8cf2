import numpy as np
import pytest

from painctl.appearance.occluders.bedside import bed_rail, monitor, monitor_light, pillow
from painctl.render.camera import portrait_camera, position_of


@pytest.fixture(params=[(0, 0, 0), (30, 0, 0), (0, -40, 0), (0, 0, 80), (0, 0, -80)], ids=str)
def camera_of(request):
    """The camera of a wearer, at yaw, pitch and roll."""
    return lambda wearer: portrait_camera(wearer.neutral, 128, *request.param)


def depths(camera, points):
    """How far points [N, 3] are in front of the camera, metres."""
    return (points @ camera.extrinsics[:3, :3].T + camera.extrinsics[:3, 3])[:, 2]


def test_a_head_lies_on_its_pillow(wearers, camera_of):
    """The pillow is behind or below the head, and the head sinks in by a few centimetres."""
    for wearer in wearers[:6:2]:
        camera = camera_of(wearer)
        (part,) = pillow(wearer, camera)
        points = part.mesh.vertices
        inside = wearer.face[wearer.topology.region("face") > 0.9]
        assert np.isfinite(points).all()
        away = points.mean(0) - wearer.centre
        away /= np.linalg.norm(away)
        front = (points - wearer.centre) @ away
        head = (wearer.neutral[wearer.topology.region("neck") < 0.5] - wearer.centre) @ away
        assert front.min() < head.max() - 0.005  # touches
        assert np.median((inside - wearer.centre) @ away) < front.min()  # the face is free


def test_a_rail_is_between_camera_and_patient(wearers, camera_of):
    for wearer in wearers[:4:2]:
        camera = camera_of(wearer)
        bars = np.concatenate([part.mesh.vertices for part in bed_rail(wearer, camera)])
        assert depths(camera, bars).min() > 0.5
        assert depths(camera, bars).max() < depths(camera, wearer.face).min()


def test_a_monitor_stands_behind_on_the_side_of_its_light(wearers, camera_of):
    for wearer in wearers[:6:2]:
        camera = camera_of(wearer)
        frame, screen = monitor(wearer, camera)
        assert screen.material.glow > 0 == frame.material.glow
        in_camera = (screen.mesh.vertices - position_of(camera)) @ camera.extrinsics[:3, :3].T
        centre = (wearer.centre - position_of(camera)) @ camera.extrinsics[:3, :3].T
        assert in_camera[:, 2].min() > centre[2]
        lamp = monitor_light(wearer, camera)
        side = (lamp.direction @ camera.extrinsics[:3, :3].T)[0]
        assert np.linalg.norm(lamp.direction) == pytest.approx(1, abs=1e-5)
        assert np.sign(side) == np.sign(in_camera[:, 0].mean() - centre[0])
