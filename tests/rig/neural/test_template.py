import numpy as np
import pytest
from made_heads import flame_like

from painctl.rig.neural.head_tensors import UNIT
from painctl.rig.neural.surface import Surface
from painctl.rig.neural.template import TemplateFit


@pytest.fixture(scope="module")
def sitting(teacher, head, held_out):
    triangulation = flame_like(head)
    surface = Surface.of(UNIT * triangulation(held_out[0].astype(float)), triangulation.faces)
    return TemplateFit.find(teacher.template, surface)


def test_eyeballs_do_not_move_nor_does_the_neck(sitting):
    surface = sitting.surface
    assert sitting.pinned[surface.parts > 0].all()
    assert sitting.pinned[surface.vertices[:, 1] < -1.4].all()
    assert 0.3 < sitting.pinned.mean() < 0.8


def test_triangles_are_active_where_a_vertex_may_move(sitting):
    moving = ~sitting.pinned[sitting.surface.faces].all(1)
    np.testing.assert_array_equal(np.flatnonzero(moving), sitting.active)


def test_what_is_pinned_is_what_no_unit_moves(sitting, teacher, head, held_out):
    triangulation, units = flame_like(head), np.array([[5, 5, 5, 5, 5, 1]])
    moved = triangulation(teacher.displacements(held_out[0], units, np.zeros((1, 6)))[0])[sitting.surface.rows]
    assert np.linalg.norm(moved, axis=1)[sitting.pinned].max() < 3e-4


def test_a_mesh_of_which_nothing_would_move_is_refused(teacher, head, held_out, coarse):
    vertices = UNIT * coarse(held_out[0].astype(float))
    with pytest.raises(ValueError, match="is it a head"):
        TemplateFit.find(teacher.template, Surface.of(vertices - (0, 9, 0), coarse.faces))
