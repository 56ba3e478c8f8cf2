import numpy as np
import pytest

from painctl.appearance.eyes import IRIS_RADIUS, paint_eyes
from painctl.face.head import eye_centres


@pytest.mark.parametrize("side", [0, 1])
def test_the_iris_sits_on_the_line_of_sight_and_has_its_size(canvas_of, person, side):
    canvas = canvas_of(person, 1024)
    albedo = paint_eyes(canvas, np.ones((len(canvas.points), 3), np.float32))
    centre = eye_centres(canvas.topology, canvas.vertices)[side]
    here = canvas.regions[("left_eye", "right_eye")[side]] > 0.5
    place = canvas.points[here] - centre
    iris = (albedo[here].max(1) < 0.35) & (place[:, 2] > 0)
    np.testing.assert_allclose(place[iris, :2].mean(0), 0, atol=3e-4)
    area = np.hypot(*place[iris, :2].T)
    assert np.percentile(area, 99) == pytest.approx(IRIS_RADIUS, rel=0.06)
    pupil = (albedo[here].max(1) < 0.01) & (place[:, 2] > 0)
    assert 0.0012 < np.hypot(*place[pupil, :2].T).max() < 0.0026


def test_the_rest_of_the_texture_is_left_alone(canvas_of, person):
    canvas = canvas_of(person)
    before = np.random.default_rng(0).random((len(canvas.points), 3)).astype(np.float32)
    after = paint_eyes(canvas, before)
    skin = canvas.regions["eyes"] < 0.5
    np.testing.assert_array_equal(after[skin], before[skin])
