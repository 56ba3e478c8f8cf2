import numpy as np
import pytest
from made_heads import flame_like
from scipy.spatial.transform import Rotation

from painctl.rig.neural.alignment import align, eyeballs, sphere
from painctl.rig.neural.clean_mesh import CleanMesh
from painctl.rig.neural.head_tensors import UNIT


def mesh_of(triangulation, neutral):
    return CleanMesh.of(triangulation(neutral.astype(float)), triangulation.faces)


def without_eyes(mesh):
    return CleanMesh.of(mesh.vertices, mesh.faces[(mesh.parts == 0)[mesh.faces].all(1)])


def test_a_head_in_the_training_frame_is_not_rotated(source, held_out, coarse):
    for neutral in held_out:
        result = align(mesh_of(coarse, neutral), source.template.model)
        assert result.in_training_frame
        np.testing.assert_array_equal(result.rotation, np.eye(3))
        assert np.linalg.norm(result.translation) < 0.02  # the centre of a coarse eyeball
        assert str(result) == "in the training frame"


@pytest.mark.parametrize(
    ("seed", "unit", "eyes"), [(0, 1.0, True), (1, 1000.0, False), (2, 37.5, True), (0, 37.5, False), (3, 100.0, False)]
)
def test_any_pose_and_unit_are_undone(source, held_out, coarse, seed, unit, eyes):
    mesh = mesh_of(coarse, held_out[seed])
    mesh = mesh if eyes else without_eyes(mesh)
    rotation = Rotation.random(random_state=seed).as_matrix()
    result = align(mesh.moved(unit * mesh.vertices @ rotation.T + (1, -2, 3)), source.template.model)
    assert np.degrees(Rotation.from_matrix(result.rotation @ rotation).magnitude()) < 0.5
    # without a common unit only the likely size is known, and large and small heads cannot be told apart
    assert result.scale * unit == pytest.approx(UNIT, rel=0.1 if unit == 37.5 else 1e-9)
    aligned = result.apply(unit * mesh.vertices @ rotation.T + (1, -2, 3))
    assert 10 * UNIT * np.linalg.norm(aligned - UNIT * mesh.vertices, axis=1).mean() < (10 if unit == 37.5 else 1)  # mm
    assert not result.in_training_frame


def test_displacements_are_restored_to_the_frame_of_the_mesh(source, held_out, coarse):
    mesh = mesh_of(coarse, held_out[0])
    rotation = Rotation.random(random_state=5).as_matrix()
    result = align(mesh.moved(1000 * mesh.vertices @ rotation.T), source.template.model)
    moved = np.random.default_rng(0).normal(size=(4, 3))
    np.testing.assert_allclose(result.apply(result.restore(moved)) - result.translation, moved, atol=1e-9)


def test_a_mesh_that_is_not_a_head_is_rejected(source, sheet):
    with pytest.raises(ValueError, match=r"does not fit a head in any orientation, .* mm off at best; is it a head"):
        align(CleanMesh.of(*sheet), source.template.model)


def test_eyeballs_are_the_two_spheres_of_one_size(head, held_out, coarse):
    for triangulation in (coarse, flame_like(head)):
        centres = [centre for centre, _ in eyeballs(mesh_of(triangulation, held_out[0]))]
        assert len(centres) == 2
        np.testing.assert_allclose(np.mean(centres, 0), 0, atol=5e-4)
    assert eyeballs(without_eyes(mesh_of(coarse, held_out[0]))) == []


def test_a_sphere_is_fitted_to_a_part_of_it():
    points = np.random.default_rng(0).normal(size=(50, 3))
    points = 2 * points[points[:, 2] > 0] / np.linalg.norm(points[points[:, 2] > 0], axis=1, keepdims=True) + (5, 6, 7)
    centre, radius = sphere(points)
    np.testing.assert_allclose(centre, (5, 6, 7))
    assert radius == pytest.approx(2)
