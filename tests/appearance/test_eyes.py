from dataclasses import replace

import numpy as np
import pytest

from painctl.appearance.eyes import GAZE, IRIS_RADIUS, paint_eyes
from painctl.face.gaze import line_of_sight
from painctl.face.head import eye_centres


def irises(space):
    """For either eye the texels of the iris, in metres from the eyeball's centre, and which of them are pupil."""
    albedo = paint_eyes(space, np.ones((len(space.points), 3), np.float32))
    for side, centre in enumerate(eye_centres(space.topology, space.vertices)):
        eyeball = space.regions[("left_eye", "right_eye")[side]] > 0.5
        points, lightness = space.points[eyeball] - centre, albedo[eyeball].max(1)
        iris = (lightness < 0.30) & (points[:, 2] > 0)
        yield points[iris], lightness[iris] < 0.01


def test_the_iris_and_the_pupil_have_their_size(space_of, person):
    for points, pupil in irises(space_of(person, 1024)):
        radius = np.linalg.norm(points - points[pupil].mean(0), axis=1)
        assert np.percentile(radius, 99) == pytest.approx(IRIS_RADIUS, rel=0.08)
        assert 0.0012 < radius[pupil].max() < 0.0026


def test_both_eyes_look_the_same_way_near_the_camera(space_of, person, head):
    gazes = []
    for seed in range(6):
        eyes = [points[pupil].mean(0) for points, pupil in irises(space_of(replace(person, seed=seed), 512))]
        left, right = (eye / np.linalg.norm(eye) for eye in eyes)
        np.testing.assert_allclose(left, right, atol=0.02)
        ahead = line_of_sight(head.topology, head.neutral(person.coefficients))
        assert np.degrees(np.arccos((left + right) @ ahead / 2)) < GAZE + 1.5
        gazes.append((left + right)[:2] / 2)
    assert np.ptp(gazes, axis=0).max() > 0.01


def test_the_rest_of_the_texture_is_unchanged(space_of, person):
    space = space_of(person)
    before = np.random.default_rng(0).random((len(space.points), 3)).astype(np.float32)
    after = paint_eyes(space, before)
    skin = space.regions["eyes"] < 0.5
    np.testing.assert_array_equal(after[skin], before[skin])
