import numpy as np
import pytest

from painctl.face.flame.topology import hidden_vertices
from painctl.face.shell import Shell, Slit


@pytest.fixture(scope="module")
def shell(head):
    return Shell.of(head.template.astype(float), head.topology.faces, hidden_vertices(head.topology))


def test_the_open_head_ends_at_neck_lids_and_lips(head, shell):
    margins = np.flatnonzero(head.topology.lid_margins())
    edges = np.concatenate([edge for slit in shell.eyes for edge in (slit.upper, slit.lower)])
    np.testing.assert_array_equal(np.unique(edges), margins)
    assert (head.template[shell.eyes[0].upper, 0] > 0).all()
    assert (head.template[shell.eyes[1].upper, 0] < 0).all()
    assert head.template[shell.neck, 1].max() < -0.2
    assert (head.topology.region("lips")[shell.lips.upper] > 0.3).all()


def test_upper_edges_are_above_lower_ones(head, shell):
    vertices, share = head.template.astype(float), np.linspace(0.1, 0.9, 9)
    for slit in shell.slits:
        assert (slit.at(vertices, share, True)[:, 1] > slit.at(vertices, share, False)[:, 1]).all()
        assert slit.upper[0] == slit.lower[0] == min(slit.upper, key=lambda vertex: vertices[vertex, 0])
        assert slit.upper[-1] == slit.lower[-1] == max(slit.upper, key=lambda vertex: vertices[vertex, 0])


def test_points_on_an_edge_are_at_shares_of_its_length():
    vertices = np.array([[0, 0, 0], [1, 0, 0], [3, 0, 0], [1, -1, 0]], float)
    slit = Slit.of(np.array([1, 2, 3, 0]), vertices)
    assert (slit.upper.tolist(), slit.lower.tolist()) == ([0, 1, 2], [0, 3, 2])
    np.testing.assert_allclose(slit.at(vertices, np.array([0, 1 / 6, 0.5, 1]), True)[:, 0], [0, 0.5, 1.5, 3])


def test_a_slit_corresponds_to_itself(head, shell):
    vertices = head.template.astype(float)
    for slit in shell.slits:
        numbers, points = slit.onto(vertices, slit, vertices)
        np.testing.assert_allclose(points, vertices[numbers], atol=1e-9)


def test_upper_and_lower_lip_are_distinguished(head, shell):
    side = shell.lip(head.template.astype(float))
    assert (side[shell.lips.upper[1:-1]] == 1).all()
    assert (side[shell.lips.lower[1:-1]] == -1).all()
    near = np.abs(head.template[:, 1] - head.template[shell.lips.upper, 1].mean()) < 0.03
    assert (side[~near] == 0).all()


def test_another_number_of_loops_is_rejected(head):
    with pytest.raises(ValueError, match="has 1 boundary loops, expected four: neck, lips and two eyes"):
        Shell.of(head.template.astype(float), head.topology.faces, np.zeros(len(head.template), bool))
