"""The FLAME topology that later stages read, against the open head at the same places."""

import numpy as np
import pytest

from painctl.face.flame.topology import build_topology
from painctl.face.head import eye_centres
from painctl.face.landmarks import MIRROR
from painctl.mesh.boundary import boundary_loops
from painctl.mesh.graph import directed_edges


@pytest.fixture(scope="module")
def neutral(flame):
    return flame.neutral(np.zeros(300, np.float32)).astype(float)


@pytest.fixture(scope="module")
def landmarks(flame, neutral):
    return flame.topology.landmarks(neutral)


def test_the_mesh_is_flame_s_and_closed_except_at_the_neck(flame):
    faces, model_faces = flame.topology.faces, flame.model.faces
    np.testing.assert_array_equal(faces[: len(model_faces)], model_faces)
    assert faces.max() < len(flame.model.template)
    (neck,) = boundary_loops(faces)
    assert (flame.topology.region("neck")[neck] > 0.5).all()
    assert flame.topology.region("mouth_inside")[faces[len(model_faces) :]].min() == 1
    edges = directed_edges(faces)
    assert len(np.unique(edges, axis=0)) == len(edges)


def test_the_new_triangles_have_texture_coordinates(flame):
    """Each of their corners has those of another triangle at the same vertex."""
    topology, count = flame.topology, len(flame.model.faces)
    existing = set(zip(topology.faces[:count].ravel(), topology.uv_faces[:count].ravel(), strict=True))
    new = set(zip(topology.faces[count:].ravel(), topology.uv_faces[count:].ravel(), strict=True))
    assert new
    assert new <= existing


def test_it_has_every_region_of_the_open_head(flame, head):
    topology = flame.topology
    assert topology.region_names == (*head.topology.region_names, "lid_backs")
    assert topology.regions.min() >= 0
    assert topology.regions.max() <= 1
    for name in topology.region_names:
        assert bool(topology.region(name).max() > 0.8) is (name != "tongue"), name
    np.testing.assert_array_equal(
        topology.region("eyes"), np.maximum(topology.region("left_eye"), topology.region("right_eye"))
    )
    for inner in ("eyes", "sockets", "mouth_inside"):
        for skin in ("brows", "lips", "scalp", "cheeks", "nose"):
            assert not topology.region(skin)[topology.region(inner) > 0].any(), (inner, skin)


@pytest.mark.parametrize("name", ["brows", "nose", "lips", "cheeks", "scalp", "forehead", "chin", "face"])
def test_a_region_is_where_the_open_head_has_it(flame, head, neutral, name):
    open_centre = np.average(
        head.template.astype(float), 0, weights=head.topology.region(name) * _area(head.topology.faces, head.template)
    )
    flame_centre = np.average(neutral, 0, weights=flame.topology.region(name) * _area(flame.topology.faces, neutral))
    assert np.linalg.norm(flame_centre - open_centre) < 0.012
    assert abs(flame_centre[0]) < 0.002


def _area(faces, vertices):
    a, b, c = vertices[faces].transpose(1, 0, 2)
    return np.bincount(faces.ravel(), np.repeat(np.linalg.norm(np.cross(b - a, c - a), axis=1), 3), len(vertices))


def test_margins_are_loops_in_front_of_the_eyeballs(flame, neutral):
    margin = np.flatnonzero(flame.topology.lid_margins())
    for centre in eye_centres(flame.topology, neutral):
        loop = margin[neutral[margin, 0] * centre[0] > 0]
        assert len(loop) == 28
        assert (neutral[loop, 2] > centre[2]).mean() > 0.9
        assert np.ptp(neutral[loop, 0]) > 0.02
        assert np.average(flame.topology.region("lids")[loop]) > 0.5


def test_landmarks_are_in_ibug_order(flame, landmarks):
    weights = flame.topology.landmark_barycentric
    assert weights.min() >= 0
    np.testing.assert_allclose(weights.sum(1), 1, atol=1e-6)
    x, y, _ = landmarks.T
    for row in (slice(0, 17), slice(17, 27), slice(31, 36), slice(48, 55), slice(60, 65)):
        assert (np.diff(x[row]) > 0).all()
    assert y[17:27].min() > y[36:48].max() > y[31:36].max() > y[48:60].max() > y[8]
    for upper, lower in ((37, 41), (38, 40), (43, 47), (44, 46), (51, 57), (50, 58), (52, 56)):
        assert y[upper] - y[lower] > 0.004
    for upper, lower in ((61, 67), (62, 66), (63, 65)):
        assert -5e-4 < y[upper] - y[lower] < 0.005
    np.testing.assert_allclose(landmarks, landmarks[MIRROR] * (-1, 1, 1), atol=0.004)


def test_landmarks_are_where_the_open_head_has_them(flame, head, landmarks):
    """The test model's template is a mean of open heads, so its features are where theirs are, within their spread."""
    open_landmarks = head.topology.landmarks(head.template)
    assert np.linalg.norm(landmarks - open_landmarks, axis=1)[17:].max() < 0.010


def test_actions_move_the_part_they_are_named_for(flame, head, neutral):
    topology = flame.topology
    assert topology.action_names == head.topology.action_names
    still = (topology.region("eyes") > 0) | (topology.region("sockets") > 0)
    for name, action, open_action in zip(topology.action_names, topology.actions, head.topology.actions, strict=True):
        moved = np.linalg.norm(action, axis=1)
        assert moved[still].max() == 0, name
        hidden = np.max([head.topology.region(part) for part in ("eyes", "tongue", "mouth_inside", "sockets")], axis=0)
        open_moved = np.linalg.norm(open_action, axis=1)[hidden == 0]
        if name in ("tongueOut", "eyeLookUpLeft", "eyeLookUpRight"):  # next to no skin
            continue
        assert 0.7 < moved.max() / open_moved.max() < 1.3, name
        if name.endswith(("Left", "Right")) and not name.startswith(("jaw", "mouthLeft", "mouthRight")):
            assert ((moved * neutral[:, 0]).sum() > 0) == name.endswith("Left"), name


def test_the_lips_part_along_their_whole_length(flame, neutral):
    """Lips that touch in the template are still separate: the upper one rises alone."""
    topology = flame.topology
    rise = sum(topology.actions[topology.action_names.index(f"mouthUpperUp{side}")][:, 1] for side in ("Left", "Right"))
    corners = topology.faces[topology.landmark_faces]
    at = np.einsum("kc,kc->k", topology.landmark_barycentric, rise[corners])
    assert at[61:64].min() > 0.002
    assert np.abs(at[65:68]).max() < 0.3 * at[61:64].min()


def test_a_new_build_equals_the_cache(flame, head):
    topology, count = flame.topology, len(flame.model.faces)
    layout = topology.uvs, topology.uv_faces[:count]
    rebuilt = build_topology(flame.model.template, flame.model.faces, *layout, head, topology.coefficient_names)
    for name in ("faces", "uv_faces", "regions", "landmark_faces", "landmark_barycentric", "actions"):
        np.testing.assert_array_equal(getattr(rebuilt, name), getattr(topology, name))
