import numpy as np
import pytest
from made_heads import flame_like, open_head, other

from painctl.rig.neural.surface import Surface
from painctl.rig.neural.triangulations import remeshed, subdivided


def made(head, which):
    if which == "subdivided":
        return subdivided(open_head(head))
    return flame_like(head) if which == "FLAME-like" else other(head, int(which), 5)


@pytest.mark.parametrize("which", ["9000", "3000", "subdivided", "FLAME-like"])
def test_vertices_lie_on_the_head_that_is_triangulated(head, which):
    triangulation, base = made(head, which), open_head(head)
    np.testing.assert_allclose(np.asarray(triangulation.mixture.sum(1)).ravel(), 1, atol=1e-9)
    shape = Surface.of(triangulation(head.template.astype(float)), triangulation.faces)
    true = Surface.of(base(head.template.astype(float)), base.faces)
    if which != "FLAME-like":  # which is cut shorter
        assert shape.areas.sum() == pytest.approx(true.areas.sum(), rel=0.02)
        assert len(np.unique(shape.parts)) == 4
    assert len(shape.kept) > 0.97 * len(triangulation.faces)


def test_number_and_place_of_vertices_are_others(head):
    assert len(other(head, 7000).faces) == pytest.approx(7000, rel=0.02)
    one, two = remeshed(open_head(head), head.template, 5000, 1), remeshed(open_head(head), head.template, 5000, 2)
    assert one.mixture.shape != two.mixture.shape or abs(one.mixture - two.mixture).sum() > 1000


def test_the_same_seed_gives_the_same_triangulation(head):
    one, two = (other(head, 3000, 8) for _ in range(2))
    np.testing.assert_array_equal(one.faces, two.faces)
    assert abs(one.mixture - two.mixture).sum() == 0


def test_the_test_head_has_flames_numbers(head):
    triangulation = flame_like(head)
    points = triangulation(head.template.astype(float))
    assert len(points) == pytest.approx(5023, rel=0.01)
    assert len(triangulation.faces) == pytest.approx(9976, rel=0.01)
    assert np.bincount(Surface.of(points, triangulation.faces).parts)[1:].tolist() == [546, 546]
