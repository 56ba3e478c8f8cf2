import cv2
import numpy as np
import pytest
from scipy.optimize import least_squares

from painctl.aligner.framing import PLACES, STABLE, compose, cut_frame, frame_of, inverse, moved


def similarity(degrees, scale, x, y):
    turn = np.radians(degrees)
    a, b = scale * np.cos(turn), scale * np.sin(turn)
    return np.array([[a, -b, x], [b, a, y]])


def points(rng):
    landmarks = rng.uniform(0, 1, (68, 2))
    landmarks[list(STABLE)] = PLACES
    return landmarks


@pytest.mark.parametrize("count", [66, 68])
def test_a_face_at_its_place_is_found_however_the_picture_is_turned_and_scaled(count):
    landmarks = points(np.random.default_rng(0))[:count]
    for placed in (similarity(0, 200, 3, 5), similarity(75, 80, -40, 900), similarity(-170, 3000, 0, 0)):
        frame = frame_of(moved(placed, landmarks))
        np.testing.assert_allclose(frame, inverse(placed), atol=1e-9)


def test_the_fit_has_the_least_sum_of_squares():
    rng = np.random.default_rng(1)
    landmarks = 190 * points(rng) + rng.normal(0, 6, (68, 2))

    def residuals(values):
        a, b, x, y = values
        return (moved(np.array([[a, -b, x], [b, a, y]]), landmarks[list(STABLE)]) - PLACES).ravel()

    a, b, x, y = least_squares(residuals, [1 / 190, 0, 0, 0], x_scale=[1e-3, 1e-3, 0.1, 0.1], xtol=1e-14, ftol=1e-14).x
    np.testing.assert_allclose(frame_of(landmarks), [[a, -b, x], [b, a, y]], atol=1e-6)


def test_landmarks_at_one_point_are_rejected():
    with pytest.raises(ValueError, match="all at one point"):
        frame_of(np.full((68, 2), 7.0))


@pytest.mark.parametrize(("scale", "side"), [(1.0, 96), (0.31, 40), (2.3, 200)])
def test_what_is_cut_is_where_the_frame_says(scale, side):
    image = np.zeros((300, 340, 3), np.uint8)
    dots = np.array([[110.0, 90.0], [200.5, 160.25], [150.0, 230.0]])
    for x, y in 16 * (dots - 0.5):
        cv2.circle(image, (round(x), round(y)), round(16 * 4 / scale**0.5), (255, 255, 255), -1, cv2.LINE_AA, 4)
    frame = compose(similarity(20, scale / side, 0, 0), similarity(0, 1, -120, -60))
    cut = cut_frame(image, frame, side)
    assert cut.shape == (side, side, 3)
    for x, y in moved(frame, dots) * side:
        if not (0.05 * side < x < 0.95 * side and 0.05 * side < y < 0.95 * side):
            continue
        mask = np.zeros((side, side), np.uint8)
        cv2.circle(mask, (int(x), int(y)), max(4, round(8 * scale)), 1, -1)
        weights = cut[..., 0] * mask.astype(float)
        centre = np.array([(weights.sum(axis) * (np.arange(side) + 0.5)).sum() for axis in (0, 1)]) / weights.sum()
        np.testing.assert_allclose(centre, [x, y], atol=0.35)


def test_beyond_the_picture_its_edge_is_repeated():
    image = np.full((20, 20, 3), 90, np.uint8)
    assert (cut_frame(image, similarity(0, 1 / 60, 0, 0), 30) == 90).all()
