import numpy as np
import pytest

from painctl.mesh.closest import closest_on_triangles


@pytest.mark.parametrize(
    ("point", "weights"),
    [
        ((0.2, 0.3, 5.0), (0.5, 0.2, 0.3)),
        ((-1.0, -1, 0), (1, 0, 0)),
        ((0.5, -2, 1), (0.5, 0.5, 0)),
        ((3.0, 3, 0), (0, 0.5, 0.5)),
    ],
)
def test_the_closest_point_of_a_triangle(point, weights):
    corners = np.array([[0.0, 0, 0], [1, 0, 0], [0, 1, 0]])
    barycentric, distance = closest_on_triangles(np.array(point), corners)
    np.testing.assert_allclose(barycentric, weights, atol=1e-12)
    assert distance == pytest.approx(np.linalg.norm(point - np.array(weights) @ corners))
