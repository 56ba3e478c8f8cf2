import numpy as np
import pytest

from painctl.detect.framing import CENTRE, FACE, box_of_points, crop_face, cut_square, five_points, quarter_turns
from painctl.shard.reader import Shard


@pytest.fixture(scope="module")
def landmarks(portraits):
    """float [12, 68, 2] as shares of the frame, and the yaws."""
    with Shard(portraits) as shard:
        return shard.read("frames", "landmarks") / 192, shard.read("frames", "yaw")


def test_the_constants_match_rendered_frames(landmarks):
    points, yaw = landmarks
    frontal = points[yaw == 0]
    low, high = frontal.min(axis=1), frontal.max(axis=1)
    np.testing.assert_allclose((high - low)[:, 1], FACE, atol=0.05)
    np.testing.assert_allclose((low + high) / 2, [CENTRE] * len(frontal), atol=0.03)


def test_five_points_give_the_frame_in_any_view(landmarks):
    for points in landmarks[0]:
        left, top, right, bottom = box_of_points(five_points(points))
        assert right - left == pytest.approx(bottom - top)
        assert (bottom - top) / FACE == pytest.approx(1, abs=0.12)
        assert (left + right) / 2 == pytest.approx(0.5, abs=0.05)
        assert (top + bottom) / 2 == pytest.approx(CENTRE[1], abs=0.03)


def test_five_points_are_the_same_from_66_and_68_landmarks(landmarks):
    points = landmarks[0][0]
    np.testing.assert_array_equal(five_points(np.delete(points, [60, 64], axis=0)), five_points(points))


def test_a_crop_is_framed_like_a_frame():
    image = np.zeros((400, 500, 3), np.uint8)
    image[200:243, 300:343] = 255
    crop = crop_face(image, np.array([300, 200, 343, 243]))
    side = len(crop)
    assert crop.shape == (side, side, 3)
    assert 43 / side == pytest.approx(FACE, abs=0.005)
    rows, columns = np.nonzero(crop[..., 0])
    assert (rows.mean() + 0.5) / side == pytest.approx(CENTRE[1], abs=0.01)
    assert (columns.mean() + 0.5) / side == pytest.approx(0.5, abs=0.01)


@pytest.mark.parametrize(("x", "y"), [(0, 0), (39, 29), (20, 15), (-500, 700)])
def test_edge_pixels_are_repeated_outside_the_picture(x, y):
    image = np.arange(30 * 40 * 3, dtype=np.uint32).astype(np.uint8).reshape(30, 40, 3)
    cut = cut_square(image, x, y, 24.2)
    rows, columns = (np.clip(np.arange(24) + round(start - 12), 0, size - 1) for start, size in ((y, 30), (x, 40)))
    np.testing.assert_array_equal(cut, image[rows][:, columns])


@pytest.mark.parametrize("turns", [0, 1, 2, 3])
def test_a_turned_face_has_the_turned_box(landmarks, turns):
    """A point (x, y) of a picture of side 1 is at (1 - y, x) after a clockwise quarter turn."""
    for points in landmarks[0]:
        points = five_points(points)
        expected = box_of_points(points).reshape(2, 2)
        for _ in range(turns):
            points, expected = (np.stack([1 - each[:, 1], each[:, 0]], axis=1) for each in (points, expected))
        assert quarter_turns(points) == turns
        corners = np.r_[expected.min(axis=0), expected.max(axis=0)]
        np.testing.assert_allclose(box_of_points(points), corners, atol=1e-5)


def test_points_that_are_all_one_have_a_box():
    assert np.isfinite(box_of_points(np.ones((5, 2)))).all()


def test_a_crop_turns_the_face_back():
    picture = np.arange(200 * 300 * 3, dtype=np.uint32).astype(np.uint8).reshape(200, 300, 3)
    upright = crop_face(picture, np.array([120, 80, 160, 120]))
    clockwise = np.ascontiguousarray(np.rot90(picture, -1))  # (x, y) is at (200 - y, x)
    np.testing.assert_array_equal(crop_face(clockwise, np.array([80, 120, 120, 160]), turns=1), upright)
