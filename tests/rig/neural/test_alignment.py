import numpy as np
import pytest
from made_heads import flame_like
from scipy.spatial.transform import Rotation

from painctl.rig.neural.alignment import align, eyeballs, sphere
from painctl.rig.neural.head_tensors import UNIT
from painctl.rig.neural.surface import Surface


def surface_of(triangulation, neutral):
    return Surface.of(triangulation(neutral.astype(float)), triangulation.faces)


def without_eyes(surface):
    return Surface.of(surface.vertices, surface.faces[(surface.parts == 0)[surface.faces].all(1)])


def test_a_head_in_the_training_frame_is_taken_as_it_is(teacher, held_out, coarse):
    for neutral in held_out:
        found = align(surface_of(coarse, neutral), teacher.template.model)
        assert found.as_is
        np.testing.assert_array_equal(found.turn, np.eye(3))
        assert np.linalg.norm(found.shift) < 0.02  # a coarse eyeball's middle
        assert str(found) == "in the training frame as it is"


@pytest.mark.parametrize(
    ("seed", "unit", "eyes"), [(0, 1.0, True), (1, 1000.0, False), (2, 37.5, True), (0, 37.5, False), (3, 100.0, False)]
)
def test_any_pose_and_unit_are_undone(teacher, held_out, coarse, seed, unit, eyes):
    surface = surface_of(coarse, held_out[seed])
    surface = surface if eyes else without_eyes(surface)
    turn = Rotation.random(random_state=seed).as_matrix()
    found = align(surface.moved(unit * surface.vertices @ turn.T + (1, -2, 3)), teacher.template.model)
    assert np.degrees(Rotation.from_matrix(found.turn @ turn).magnitude()) < 0.5
    # of a head in no known unit only its likely size is known: large heads and small ones are taken for one another
    assert found.scale * unit == pytest.approx(UNIT, rel=0.08 if unit == 37.5 else 1e-9)
    there = found.to(unit * surface.vertices @ turn.T + (1, -2, 3))
    assert 10 * UNIT * np.linalg.norm(there - UNIT * surface.vertices, axis=1).mean() < (8 if unit == 37.5 else 1)  # mm
    assert not found.as_is


def test_displacements_come_back_as_the_mesh_has_them(teacher, held_out, coarse):
    surface = surface_of(coarse, held_out[0])
    turn = Rotation.random(random_state=5).as_matrix()
    found = align(surface.moved(1000 * surface.vertices @ turn.T), teacher.template.model)
    moved = np.random.default_rng(0).normal(size=(4, 3))
    np.testing.assert_allclose(found.to(found.back(moved)) - found.shift, moved, atol=1e-9)


def test_what_is_no_head_is_refused(teacher, sheet):
    with pytest.raises(ValueError, match="mm off a head however it is turned; is it one"):
        align(Surface.of(*sheet), teacher.template.model)


def test_eyeballs_are_the_two_spheres_of_one_size(head, held_out, coarse):
    for triangulation in (coarse, flame_like(head)):
        centres = [centre for centre, _ in eyeballs(surface_of(triangulation, held_out[0]))]
        assert len(centres) == 2
        np.testing.assert_allclose(np.mean(centres, 0), 0, atol=5e-4)
    assert eyeballs(without_eyes(surface_of(coarse, held_out[0]))) == []


def test_a_sphere_is_found_from_a_part_of_it():
    points = np.random.default_rng(0).normal(size=(50, 3))
    points = 2 * points[points[:, 2] > 0] / np.linalg.norm(points[points[:, 2] > 0], axis=1, keepdims=True) + (5, 6, 7)
    centre, radius = sphere(points)
    np.testing.assert_allclose(centre, (5, 6, 7))
    assert radius == pytest.approx(2)
