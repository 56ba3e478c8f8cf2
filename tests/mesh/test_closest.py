import warnings

import numpy as np
import pytest

from painctl.mesh.closest import closest_on_triangles, project_onto_triangles

TRIANGLE = np.array([[0, 0, 0], [1, 0, 0], [0, 1, 0]], float)


@pytest.mark.parametrize(
    ("point", "weights", "distance"),
    [
        ((0.25, 0.25, 2), (0.5, 0.25, 0.25), 2),  # above the inside
        ((0.5, -3, 0), (0.5, 0.5, 0), 3),  # beside an edge
        ((1, 1, 0), (0, 0.5, 0.5), np.sqrt(0.5)),
        ((-3, -4, 0), (1, 0, 0), 5),  # beyond a corner
        ((4, 0, -4), (0, 1, 0), 5),
        ((0, 1, 0), (0, 0, 1), 0),  # on it
    ],
)
def test_inside_edges_and_corners(point, weights, distance):
    result, away = closest_on_triangles(np.array(point, float), TRIANGLE)
    np.testing.assert_allclose(result, weights, atol=1e-15)
    np.testing.assert_allclose(away, distance, atol=1e-15)


def test_no_point_of_a_fine_grid_is_closer():
    rng = np.random.default_rng(0)
    corners, points = rng.normal(0, 1, (40, 3, 3)), rng.normal(0, 1.5, (30, 1, 3))
    weights, distance = closest_on_triangles(points, corners)
    assert weights.shape == (30, 40, 3)
    assert weights.min() >= 0
    np.testing.assert_allclose(weights.sum(-1), 1)
    closest = np.einsum("pfc,fci->pfi", weights, corners)
    np.testing.assert_allclose(np.linalg.norm(closest - points, axis=-1), distance)
    u, v = np.stack(np.meshgrid(*[np.linspace(0, 1, 51)] * 2), -1).reshape(-1, 2).T
    shares = np.stack([1 - u - v, u, v], -1)[u + v <= 1]
    grid = np.einsum("gc,fci->gfi", shares, corners)
    brute = np.stack([np.linalg.norm(grid - point, axis=-1).min(0) for point in points])
    assert (distance <= brute + 1e-12).all()
    assert (brute <= distance + 0.1).all()


def test_triangles_without_area_are_segments_and_points():
    segment = np.array([[0, 0, 0], [1, 0, 0], [0.3, 0, 0]])
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        weights, distance = closest_on_triangles(np.array([0.7, 2, 0]), segment)
        _, to_point = closest_on_triangles(np.array([3.0, 4, 0]), np.zeros((3, 3)))
    np.testing.assert_allclose(weights @ segment, [0.7, 0, 0])
    np.testing.assert_allclose([distance, to_point], [2, 5])


def test_the_projection_is_orthogonal():
    rng = np.random.default_rng(1)
    corners, points = rng.normal(0, 1, (40, 3, 3)), rng.normal(0, 1, (40, 3))
    weights = project_onto_triangles(points, corners)
    np.testing.assert_allclose(weights.sum(-1), 1)
    away = points - np.einsum("fc,fci->fi", weights, corners)
    edges = corners[:, 1:] - corners[:, :1]
    np.testing.assert_allclose(np.einsum("fi,fei->fe", away, edges), 0, atol=1e-10)
    assert np.isnan(project_onto_triangles(points[0], np.zeros((3, 3)))).all()
