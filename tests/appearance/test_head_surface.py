import numpy as np
import pytest

from painctl.appearance.head_surface import HeadSurface, scatter_points


def test_points_are_spread_by_area_and_density():
    vertices = np.array(
        [(0, 0, 0), (1, 0, 0), (0, 1, 0), (5, 0, 0), (8, 0, 0), (5, 1, 0), (0, 0, 9), (9, 0, 9), (0, 9, 9.0)]
    )
    faces = np.arange(9).reshape(3, 3)
    points, normals = scatter_points(vertices, faces, np.array([1.0, 1.0, 0.0]), 4000, np.random.default_rng(0))
    assert (points[:, 0] >= 5).mean() == pytest.approx(0.75, abs=0.03)
    assert (points[:, 2] == 0).all()
    np.testing.assert_allclose(normals, np.broadcast_to((0, 0, 1.0), normals.shape))


def test_height_is_measured_along_the_normal(head, person):
    vertices = head.neutral(person.coefficients)
    surface = HeadSurface.of(head.topology, vertices, np.random.default_rng(0))
    height, normals = surface.nearest(surface.points + 0.002 * surface.normals)
    assert np.median(height) == pytest.approx(0.002, rel=0.05)
    np.testing.assert_allclose(np.linalg.norm(normals, axis=1), 1, atol=1e-6)
