"""The mesh: a skin that is closed but for the cut, with outward triangles."""

import numpy as np
import pytest
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

from painctl.face.anny_head import build
from painctl.face.head import eye_centres
from painctl.mesh.graph import directed_edges


@pytest.fixture(scope="module")
def built():
    return build()


def parts(edges, count):
    graph = coo_matrix((np.ones(len(edges)), edges.T), shape=(count, count))
    return connected_components(graph, directed=False)[1]


def boundary(faces):
    edges, uses = np.unique(np.sort(directed_edges(faces), 1), axis=0, return_counts=True)
    assert uses.max() == 2
    return edges[uses == 1]


def test_neighbouring_triangles_traverse_their_edge_in_opposite_directions(head):
    edges = directed_edges(head.topology.faces)
    assert len(np.unique(edges, axis=0)) == len(edges)


def test_the_only_opening_is_one_loop_at_the_chest(head):
    rim = boundary(head.topology.faces)
    on_rim, uses = np.unique(rim, return_counts=True)
    assert (uses == 2).all()
    assert len(np.unique(parts(rim, len(head.template))[on_rim])) == 1
    np.testing.assert_allclose(head.template[on_rim, 1], head.template[:, 1].min(), atol=1e-6)


def test_the_parts_are_skin_two_eyeballs_and_tongue_without_stray_vertices(head):
    label = parts(directed_edges(head.topology.faces), len(head.template))
    assert len(np.unique(label)) == 4
    assert len(np.unique(head.topology.faces)) == len(head.template)


def test_triangles_have_area_and_face_outwards(head):
    faces = head.topology.faces
    label = parts(directed_edges(faces), len(head.template))[faces[:, 0]]
    a, b, c = head.template.astype(float)[faces].transpose(1, 0, 2)
    normal = np.cross(b - a, c - a)
    assert np.linalg.norm(normal, axis=1).min() > 1e-9
    for part in np.unique(label):
        member = label == part
        middle = (a + b + c)[member].mean(0) / 3
        assert ((a[member] - middle) * normal[member]).sum() / 6 > 0  # the volume that the part encloses


def test_x_is_the_subjects_left_and_the_nose_points_ahead(head):
    left, right = eye_centres(head.topology, head.template)
    assert left[0] > 0.02 > -0.02 > right[0]
    nose = head.template[head.topology.region("nose") > 0.5]
    assert nose[:, 2].max() > max(left[2], right[2]) + 0.02
    assert head.template[head.topology.region("scalp") > 0.5][:, 1].mean() > 0.02


def test_each_action_moves_its_own_side(head):
    topology = head.topology
    for name, action in zip(topology.action_names, topology.actions, strict=True):
        moved = np.linalg.norm(action, axis=1)
        assert 0.001 < moved.max() < 0.04, name
        centre = (moved * head.template[:, 0]).sum() / moved.sum()
        if name.startswith(("jaw", "mouthLeft", "mouthRight")) or not name.endswith(("Left", "Right")):
            assert abs(centre) < 0.005, name
        else:
            assert (centre > 0) == name.endswith("Left"), name


def test_a_new_build_equals_the_head_that_comes_with_painctl(head, built):
    for name in ("template", "shapes", "macro_mask", "macro_projection"):
        np.testing.assert_array_equal(built[name], getattr(head, name))
    for name in ("faces", "uvs", "uv_faces", "regions", "landmark_faces", "landmark_barycentric", "actions"):
        np.testing.assert_array_equal(built[name], getattr(head.topology, name))
