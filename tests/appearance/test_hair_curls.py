import numpy as np
import pytest

from painctl.appearance.hair_curls import braid, curl_shape, helix, points_needed, spline

STRAIGHT_DOWN = np.stack([np.zeros(40), -np.linspace(0, 0.12, 40), np.zeros(40)], 1)[None]
OUTWARD = np.broadcast_to((0, 0, 1.0), STRAIGHT_DOWN.shape)


def turns(points):
    """Angles between successive segments of strands [S, P, 3], degrees."""
    step = np.diff(points, axis=1)
    step = step / np.linalg.norm(step, axis=2, keepdims=True)
    return np.degrees(np.arccos(np.clip((step[:, 1:] * step[:, :-1]).sum(2), -1, 1)))


def test_a_spline_passes_through_its_points_and_ends_where_it_is_cut():
    points = np.random.default_rng(0).normal(size=(3, 5, 3))
    np.testing.assert_allclose(spline(points, np.zeros(3), np.ones(3), 5), points)
    cut = spline(points, np.full(3, 0.25), np.full(3, 0.5), 7)
    np.testing.assert_allclose(cut[:, [0, -1]], points[:, [1, 2]])


def test_a_spline_is_smooth_between_points():
    arc = np.stack([np.cos(np.linspace(0, 2, 9)), np.sin(np.linspace(0, 2, 9)), np.zeros(9)], 1)[None]
    assert turns(spline(arc, np.zeros(1), np.ones(1), 65)).max() < 4


@pytest.mark.parametrize("curl", [0.2, 0.33, 0.5, 0.67, 0.85, 1.0])
@pytest.mark.parametrize("length", [0.03, 0.07, 0.30])
def test_curls_are_smooth(curl, length):
    period, radius = curl_shape(curl, length)
    number = points_needed(length, period, 4)
    path = np.stack([np.zeros(number), -np.linspace(0, length, number), np.zeros(number)], 1)[None]
    curled = helix(path, np.broadcast_to((0, 0, 1.0), path.shape), np.full(1, period), radius, np.zeros(1))
    assert turns(curled).max() < 45


def test_a_helix_has_its_radius_and_lies_outside_its_strand():
    curled = helix(STRAIGHT_DOWN, OUTWARD, np.full(1, 0.03), 0.004, np.zeros(1))[0, 12:]
    np.testing.assert_allclose(np.ptp(curled[:, 0]) / 2, 0.004, rtol=0.03)
    assert curled[:, 2].min() > -1e-4
    np.testing.assert_allclose(curled[:, 1], STRAIGHT_DOWN[0, 12:, 1], atol=1e-9)


def test_tighter_curls_have_shorter_periods():
    assert curl_shape(0.3, 0.06)[0] > curl_shape(0.6, 0.06)[0] > curl_shape(1.0, 0.06)[0]


def test_the_strands_of_a_braid_cross_and_sum_to_its_axis():
    tresses = braid(STRAIGHT_DOWN, OUTWARD, 0.03, 0.003)
    assert tresses.shape == (1, 3, 40, 3)
    np.testing.assert_allclose(tresses.mean(1), STRAIGHT_DOWN, atol=1e-9)
    order = tresses[0, :, :, 0].argsort(0)
    assert len({tuple(column) for column in order.T}) >= 6
