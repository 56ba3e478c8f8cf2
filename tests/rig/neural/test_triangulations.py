import numpy as np
import pytest
from made_heads import flame_like, open_head, remeshed_head

from painctl.rig.neural.clean_mesh import CleanMesh
from painctl.rig.neural.triangulations import remeshed, subdivided


def make(head, kind):
    if kind == "subdivided":
        return subdivided(open_head(head))
    return flame_like(head) if kind == "FLAME-like" else remeshed_head(head, int(kind), 5)


@pytest.mark.parametrize("kind", ["9000", "3000", "subdivided", "FLAME-like"])
def test_vertices_are_on_the_surface_of_the_head(head, kind):
    triangulation, base = make(head, kind), open_head(head)
    np.testing.assert_allclose(np.asarray(triangulation.mixture.sum(1)).ravel(), 1, atol=1e-9)
    shape = CleanMesh.of(triangulation(head.template.astype(float)), triangulation.faces)
    true = CleanMesh.of(base(head.template.astype(float)), base.faces)
    if kind != "FLAME-like":  # which is cut at the neck
        assert shape.areas.sum() == pytest.approx(true.areas.sum(), rel=0.02)
        assert len(np.unique(shape.parts)) == 4
    assert len(shape.face_rows) > 0.97 * len(triangulation.faces)


def test_remeshings_differ_in_number_and_position_of_vertices(head):
    assert len(remeshed_head(head, 7000).faces) == pytest.approx(7000, rel=0.02)
    first, second = remeshed(open_head(head), head.template, 5000, 1), remeshed(open_head(head), head.template, 5000, 2)
    assert first.mixture.shape != second.mixture.shape or abs(first.mixture - second.mixture).sum() > 1000


def test_the_same_seed_gives_the_same_triangulation(head):
    first, second = (remeshed_head(head, 3000, 8) for _ in range(2))
    np.testing.assert_array_equal(first.faces, second.faces)
    assert abs(first.mixture - second.mixture).sum() == 0


def test_the_flame_like_head_has_the_size_of_flame(head):
    triangulation = flame_like(head)
    points = triangulation(head.template.astype(float))
    assert len(points) == pytest.approx(5023, rel=0.01)
    assert len(triangulation.faces) == pytest.approx(9976, rel=0.01)
    assert np.bincount(CleanMesh.of(points, triangulation.faces).parts)[1:].tolist() == [546, 546]
