import numpy as np
import pytest

from painctl.mesh.boundary import boundary_loops

SQUARE = np.array([[0, 1, 2], [0, 2, 3]])


def test_a_loop_follows_the_triangles():
    (loop,) = boundary_loops(SQUARE)
    start = int(loop.argmin())
    assert np.roll(loop, -start).tolist() == [0, 1, 2, 3]


def test_every_hole_is_a_loop():
    ring = [[i, i + 1, i + 4] for i in range(3)] + [[3, 0, 7]]
    ring += [[i + 1, i + 5, i + 4] for i in range(3)] + [[0, 4, 7]]
    loops = boundary_loops(np.array(ring))
    assert sorted(sorted(loop.tolist()) for loop in loops) == [[0, 1, 2, 3], [4, 5, 6, 7]]


def test_a_closed_surface_has_no_boundary(head):
    tetrahedron = np.array([[0, 1, 2], [0, 3, 1], [0, 2, 3], [1, 3, 2]])
    assert boundary_loops(tetrahedron) == []
    (neck,) = boundary_loops(head.topology.faces)
    np.testing.assert_allclose(head.template[neck, 1], head.template[:, 1].min(), atol=1e-6)


def test_a_boundary_that_touches_itself_is_rejected():
    with pytest.raises(ValueError, match="passes through a vertex twice"):
        boundary_loops(np.array([[0, 1, 2], [0, 3, 4]]))
