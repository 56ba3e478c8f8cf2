from dataclasses import replace

import numpy as np
import pytest

from painctl.appearance.eyes import GAZE, IRIS_RADIUS, paint_eyes
from painctl.face.gaze import line_of_sight
from painctl.face.head import eye_centres


def irises(canvas):
    """Places of the iris's texels of either eye from the ball's centre, metres, and which of them are pupil."""
    albedo = paint_eyes(canvas, np.ones((len(canvas.points), 3), np.float32))
    for side, centre in enumerate(eye_centres(canvas.topology, canvas.vertices)):
        here = canvas.regions[("left_eye", "right_eye")[side]] > 0.5
        place, dark = canvas.points[here] - centre, albedo[here].max(1)
        iris = (dark < 0.30) & (place[:, 2] > 0)
        yield place[iris], dark[iris] < 0.01


def test_the_iris_and_the_pupil_have_their_size(canvas_of, person):
    for place, pupil in irises(canvas_of(person, 1024)):
        away = np.linalg.norm(place - place[pupil].mean(0), axis=1)
        assert np.percentile(away, 99) == pytest.approx(IRIS_RADIUS, rel=0.08)
        assert 0.0012 < away[pupil].max() < 0.0026


def test_both_eyes_look_the_same_way_near_the_camera(canvas_of, person, head):
    gazes = []
    for seed in range(6):
        eyes = [place[pupil].mean(0) for place, pupil in irises(canvas_of(replace(person, seed=seed), 512))]
        left, right = (eye / np.linalg.norm(eye) for eye in eyes)
        np.testing.assert_allclose(left, right, atol=0.02)
        ahead = line_of_sight(head.topology, head.neutral(person.coefficients))
        assert np.degrees(np.arccos((left + right) @ ahead / 2)) < GAZE + 1.5
        gazes.append((left + right)[:2] / 2)
    assert np.ptp(gazes, axis=0).max() > 0.01


def test_the_rest_of_the_texture_is_left_alone(canvas_of, person):
    canvas = canvas_of(person)
    before = np.random.default_rng(0).random((len(canvas.points), 3)).astype(np.float32)
    after = paint_eyes(canvas, before)
    skin = canvas.regions["eyes"] < 0.5
    np.testing.assert_array_equal(after[skin], before[skin])
