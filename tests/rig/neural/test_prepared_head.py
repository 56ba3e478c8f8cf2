"""The bundled weights on heads that are not in the training data."""

import numpy as np
import pytest
from made_heads import flame_like, open_head, remeshed_head
from scipy.spatial.transform import Rotation

from painctl.pain.sampling import draw_asymmetry, draw_with_scores
from painctl.rig.blendshapes import BlendshapeRig
from painctl.rig.neural.activation import activations
from painctl.rig.neural.prepared_head import PreparedHead
from painctl.rig.neural.triangulations import subdivided

ALONE = np.diag([5, 5, 5, 5, 5, 1])
EVEN = np.zeros((6, 6))
LIMIT = np.array([0.08, 0.08, 0.12, 0.1, 0.08, 0.16])


@pytest.fixture(scope="module")
def heads(head, weights, held_out):
    """One held-out head on four triangulations that are not in training: {name: (triangulation, prepared head)}."""
    triangulations = [open_head(head), remeshed_head(head), remeshed_head(head, 3500, 94), flame_like(head)]
    return {t.name: (t, PreparedHead.of(t(held_out[0].astype(float)), t.faces, weights)) for t in triangulations}


def share(moved, truth):
    """Mean error as a share of the mean displacement, for each face."""
    return np.linalg.norm(moved - truth, axis=2).mean(1) / np.linalg.norm(truth, axis=2).mean(1)


def test_single_units_move_new_people_as_the_open_rig_does(heads, head, held_out):
    truth = BlendshapeRig(head.topology).deform(held_out[0], ALONE, EVEN).astype(float) - held_out[0]
    for triangulation, prepared in heads.values():
        moved = prepared.displacements(activations(ALONE, EVEN))
        assert (share(moved, np.stack([triangulation(field) for field in truth])) < LIMIT).all(), triangulation.name


def test_mixtures_of_units_move_new_people_as_the_open_rig_does(heads, head, held_out):
    units = np.concatenate([draw_with_scores(1000, 0, [score] * 3) for score in (4, 8, 12, 16)])
    asymmetry = draw_asymmetry(1000, 0, units)
    truth = BlendshapeRig(head.topology).deform(held_out[0], units, asymmetry).astype(float) - held_out[0]
    for triangulation, prepared in heads.values():
        moved = prepared.displacements(activations(units, asymmetry))
        assert share(moved, np.stack([triangulation(field) for field in truth])).mean() < 0.1, triangulation.name


def test_without_units_nothing_moves(heads):
    for _, prepared in heads.values():
        assert (prepared.displacements(np.zeros((2, 12))) == 0).all()


def test_eyeballs_and_neck_do_not_move(heads, held_out):
    for triangulation, prepared in heads.values():
        moved = prepared.displacements(activations(np.array([[5, 5, 5, 5, 5, 1]]), EVEN[:1]))[0]
        points, part = triangulation(held_out[0].astype(float)), np.full(len(moved), -1)
        part[prepared.mesh.rows] = prepared.mesh.parts
        assert np.abs(moved[part > 0]).max() < 1e-7, triangulation.name
        assert np.abs(moved[points[:, 1] < -0.15]).max() < 1e-7


@pytest.mark.parametrize("unit", range(6))
def test_each_vertex_moves_in_proportion_to_intensity(heads, unit):
    levels = np.array([1, 2, 3, 4, 5]) if unit < 5 else np.array([1])
    units = np.zeros((len(levels), 6), int)
    units[:, unit] = levels
    _, prepared = heads["FLAME-like"]
    moved = prepared.displacements(activations(units, np.zeros(units.shape)))
    for level, face in zip(levels, moved, strict=True):
        np.testing.assert_allclose(face, moved[-1] * level / levels[-1], atol=1e-7)
    assert np.linalg.norm(moved[-1], axis=1).max() > 0.003


def test_displacements_follow_the_pose_and_unit_of_the_head(weights, head, held_out):
    triangulation = remeshed_head(head, 3500, 94)
    points = triangulation(held_out[1].astype(float))
    units = np.array([[5, 0, 0, 0, 0, 0], [2, 3, 0, 0, 4, 1]])
    expressions = activations(units, np.zeros(units.shape))
    plain = PreparedHead.of(points, triangulation.faces, weights).displacements(expressions)
    for seed, unit in ((1, 1.0), (2, 1000.0)):
        rotation = Rotation.random(random_state=seed).as_matrix()
        prepared = PreparedHead.of(unit * points @ rotation.T + (3, 4, 5), triangulation.faces, weights)
        assert "rotated by" in str(prepared.alignment)
        error = share(prepared.displacements(expressions), unit * plain @ rotation.T)
        assert (error < 0.03).all()


def test_a_decimated_and_a_subdivided_head_move_alike(weights, head, held_out):
    decimated, base = remeshed_head(head, 2500, 95), open_head(head)
    fine = subdivided(base)
    expressions = activations(ALONE[[0, 3, 4]], EVEN[:3])
    truth = PreparedHead.of(held_out[2].astype(float), base.faces, weights).displacements(expressions)
    for triangulation in (decimated, fine):
        points = triangulation(held_out[2].astype(float))
        moved = PreparedHead.of(points, triangulation.faces, weights).displacements(expressions)
        assert (share(moved, np.stack([triangulation(face) for face in truth])) < 0.06).all()


def test_displacements_do_not_depend_on_the_order_of_vertices_and_triangles(weights, head, held_out):
    triangulation = remeshed_head(head, 2500, 95)
    points, rng = triangulation(held_out[0].astype(float)), np.random.default_rng(0)
    order = rng.permutation(len(points))
    place = np.argsort(order)
    faces = rng.permutation(np.roll(place[triangulation.faces], 1, 1))
    expressions = activations(ALONE, EVEN)
    moved = PreparedHead.of(points, triangulation.faces, weights).displacements(expressions)
    shuffled = PreparedHead.of(points[order], faces, weights).displacements(expressions)
    assert (share(shuffled, moved[:, order]) < 1e-3).all()


def test_broken_triangles_and_loose_vertices_do_no_harm(weights, head, held_out):
    triangulation = remeshed_head(head, 2500, 95)
    points = triangulation(held_out[0].astype(float))
    extended = np.concatenate([points, [points[10], (0.0, 0, 9)]])
    thin = np.array([[10, 11, len(points)], [4, 4, 5]])
    expressions = activations(ALONE, EVEN)
    clean = PreparedHead.of(points, triangulation.faces, weights).displacements(expressions)
    moved = PreparedHead.of(extended, np.concatenate([triangulation.faces, thin]), weights).displacements(expressions)
    np.testing.assert_allclose(moved[:, : len(points)], clean, atol=1e-6)
    np.testing.assert_allclose(moved[:, -2], clean[:, 10], atol=1e-6)
    assert (moved[:, -1] == 0).all()


def test_a_skin_cut_along_seams_and_inside_out_moves_alike(weights, head, held_out):
    triangulation = remeshed_head(head, 2500, 95)
    points, faces = triangulation(held_out[0].astype(float)), triangulation.faces
    expressions = activations(ALONE, EVEN)
    clean = PreparedHead.of(points, faces, weights).displacements(expressions)
    left = points[faces].mean(1)[:, 0] > 0
    torn = np.where(left[:, None], faces + len(points), faces)[:, ::-1]
    moved = PreparedHead.of(np.concatenate([points, points]), torn, weights).displacements(expressions)
    for start, half in ((0, np.unique(faces[~left])), (len(points), np.unique(faces[left]))):
        np.testing.assert_allclose(moved[:, start + half], clean[:, half], atol=1e-6)


def test_a_skin_in_parts_that_do_not_touch_is_rejected(weights, head, held_out):
    triangulation = remeshed_head(head, 2500, 95)
    points, faces = triangulation(held_out[0].astype(float)), triangulation.faces
    left = points[faces].mean(1)[:, 0] > 0
    torn = np.where(left[:, None], faces + len(points), faces)
    with pytest.raises(
        ValueError, match=r"only [45]\d% of the face's skin is in the mesh's largest part; join its parts"
    ):
        PreparedHead.of(np.concatenate([points, points + 1e-6]), torn, weights)
