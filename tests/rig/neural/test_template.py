import numpy as np
import pytest
from made_heads import flame_like

from painctl.rig.neural.clean_mesh import CleanMesh
from painctl.rig.neural.head_tensors import UNIT
from painctl.rig.neural.template import TemplateFit


@pytest.fixture(scope="module")
def fit(source, head, held_out):
    triangulation = flame_like(head)
    mesh = CleanMesh.of(UNIT * triangulation(held_out[0].astype(float)), triangulation.faces)
    return TemplateFit.of(source.template, mesh)


def test_eyeballs_and_neck_do_not_move(fit):
    mesh = fit.mesh
    assert fit.pinned[mesh.parts > 0].all()
    assert fit.pinned[mesh.vertices[:, 1] < -1.4].all()
    assert 0.3 < fit.pinned.mean() < 0.8


def test_triangles_are_active_where_a_vertex_may_move(fit):
    moving = ~fit.pinned[fit.mesh.faces].all(1)
    np.testing.assert_array_equal(np.flatnonzero(moving), fit.active)


def test_pinned_vertices_are_those_that_no_unit_moves(fit, source, head, held_out):
    triangulation, units = flame_like(head), np.array([[5, 5, 5, 5, 5, 1]])
    moved = triangulation(source.displacements(held_out[0], units, np.zeros((1, 6)))[0])[fit.mesh.rows]
    assert np.linalg.norm(moved, axis=1)[fit.pinned].max() < 3e-4


def test_a_mesh_without_a_moving_part_is_rejected(source, head, held_out, coarse):
    vertices = UNIT * coarse(held_out[0].astype(float))
    with pytest.raises(ValueError, match="is it a head"):
        TemplateFit.of(source.template, CleanMesh.of(vertices - (0, 9, 0), coarse.faces))
