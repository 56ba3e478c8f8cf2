import numpy as np
import pytest

from painctl.rig.neural.clean_mesh import CleanMesh
from painctl.rig.neural.head_tensors import UNIT
from painctl.rig.neural.shape_model import ShapeModel, correspondence, fit_shape
from painctl.rig.neural.source_rig import people


def matched(source, neutral, triangulation):
    """The correspondence of a person, the true template positions, and which vertices are skin that moves."""
    mesh = CleanMesh.of(UNIT * triangulation(neutral.astype(float)), triangulation.faces)
    moves = np.zeros((len(neutral), 1))
    moves[source.skin] = source.template.moves[:, None]
    skin = triangulation(moves)[mesh.rows, 0] > 0.99
    return correspondence(source.template.model, mesh), UNIT * triangulation(source.mean)[mesh.rows], skin


def test_template_positions_of_new_people_are_right_to_a_millimetre(source, held_out, coarse):
    for neutral in held_out[:2]:
        result, true, skin = matched(source, neutral, coarse)
        off = 10 * UNIT * np.linalg.norm(result.interpolate(source.template.model.mean) - true, axis=1)[skin]  # mm
        assert off.mean() < 0.8
        assert np.percentile(off, 95) < 2


def test_touching_lips_are_distinguished(source, head, held_out):
    """No vertex of the upper lip is matched to the lower one: AU10 lifts only the upper lip."""
    from made_heads import open_head

    result, true, skin = matched(source, held_out[0], open_head(head))
    lips = skin & (head.topology.region("lips") > 0.5)
    off = 10 * UNIT * np.linalg.norm(result.interpolate(source.template.model.mean) - true, axis=1)[lips]
    assert np.percentile(off, 99) < 2.5


@pytest.mark.parametrize("person", [1, 12])
def test_thick_lips_are_not_confused(head, weights, person):
    """Two people whose upper lips ended up on their lower ones when all modes were free from the start."""
    neutral = list(people(head, 40, 501))[person]
    mesh = CleanMesh.of(UNIT * neutral.astype(float), head.topology.faces)
    skin = np.flatnonzero(mesh.parts == 0)
    off = 10 * UNIT * np.linalg.norm(fit_shape(weights.template.model, mesh).points - mesh.vertices[skin], axis=1)
    assert off[head.topology.region("lips")[skin] > 0.5].mean() < 0.5


def test_a_fit_recovers_a_small_motion(source, held_out, coarse):
    mesh = CleanMesh.of(UNIT * coarse(held_out[1].astype(float)), coarse.faces)
    angle = np.radians(4)
    rotation = np.array([[1, 0, 0], [0, np.cos(angle), -np.sin(angle)], [0, np.sin(angle), np.cos(angle)]])
    result = fit_shape(source.template.model, mesh.moved(mesh.vertices @ rotation.T + (0.05, 0, -0.05)))
    np.testing.assert_allclose(result.rotation, rotation, atol=0.005)
    np.testing.assert_allclose(result.translation, (0.05, 0, -0.05), atol=0.01)


def test_the_model_reproduces_the_people_it_is_made_from(head):
    heads = UNIT * np.stack(list(people(head, 12, 3)))[:, :500].astype(float)
    model = ShapeModel.from_heads(heads, np.arange(498)[:, None] + np.arange(3), 11)
    basis = model.modes.reshape(11, -1)
    off = (heads - model.mean).reshape(12, -1)
    np.testing.assert_allclose(off @ np.linalg.pinv(basis) @ basis, off, atol=1e-6)
    assert np.square(off @ np.linalg.pinv(basis)).mean() == pytest.approx(11 / 12, rel=0.01)  # deviations of 1
