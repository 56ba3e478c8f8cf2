import numpy as np
import pytest

from painctl.appearance.dentition import LOWER, UPPER, along

ROWS = pytest.mark.parametrize("row", [UPPER, LOWER], ids=["upper", "lower"])


@ROWS
def test_an_arch_is_symmetric_and_measured_along_itself(row):
    distance = np.linspace(0, row.width.sum(), 60)
    (left, out_left), (right, out_right) = along(row, distance), along(row, -distance)
    np.testing.assert_allclose(left * (-1, 1), right, atol=1e-12)
    np.testing.assert_allclose(out_left[1:] * (-1, 1), out_right[1:], atol=1e-12)
    np.testing.assert_allclose(np.linalg.norm(out_left, axis=1), 1, atol=1e-12)
    np.testing.assert_allclose(np.linalg.norm(np.diff(left, axis=0), axis=1), distance[1], rtol=0.01)


@ROWS
def test_normals_point_out_of_the_arch(row):
    points, outward = along(row, np.linspace(-row.width.sum(), row.width.sum(), 61))
    assert ((points - (0, -row.reach)) * outward).sum(1).min() > 0
    np.testing.assert_allclose(np.sum(np.gradient(points, axis=0) * outward, axis=1)[1:-1], 0, atol=2e-5)


@ROWS
def test_seven_teeth_fit_into_half_an_arch(row):
    points, _ = along(row, row.width.sum() * np.ones(1))
    assert points[0, 0] < row.half_width  # the arch has not come to its end
    assert points[0, 1] < -0.75 * row.reach


def test_the_upper_arch_is_outside_the_lower():
    for distance in (0.0, 0.02, 0.04):
        assert (
            np.linalg.norm(along(UPPER, np.array(distance))[0] - (0, -0.05))
            > np.linalg.norm(along(LOWER, np.array(distance))[0] - (0, -0.05)) - 1e-6
        )
