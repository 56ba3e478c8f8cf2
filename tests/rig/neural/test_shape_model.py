import numpy as np
import pytest

from painctl.rig.neural.head_tensors import UNIT
from painctl.rig.neural.shape_model import ShapeModel, _closest, fit, register
from painctl.rig.neural.surface import Surface
from painctl.rig.neural.training_heads import people


def laid(teacher, neutral, triangulation):
    """(what `register` finds, the true places, which vertices are skin that moves), on one person."""
    surface = Surface.of(UNIT * triangulation(neutral.astype(float)), triangulation.faces)
    moves = np.zeros((len(neutral), 1))
    moves[teacher.skin] = teacher.template.moves[:, None]
    skin = triangulation(moves)[surface.rows, 0] > 0.99
    return register(teacher.template.model, surface), UNIT * triangulation(teacher.mean)[surface.rows], skin


def test_places_of_people_it_has_not_seen_are_right_to_a_millimetre(teacher, held_out, coarse):
    for neutral in held_out[:2]:
        found, true, skin = laid(teacher, neutral, coarse)
        off = 10 * UNIT * np.linalg.norm(found.of(teacher.template.model.mean) - true, axis=1)[skin]  # mm
        assert off.mean() < 0.8
        assert np.percentile(off, 95) < 2


def test_lips_that_touch_are_told_apart(teacher, head, held_out):
    """No vertex of the upper lip lands on the lower one: AU10 lifts the one and leaves the other."""
    from made_heads import open_head

    found, true, skin = laid(teacher, held_out[0], open_head(head))
    lips = skin & (head.topology.region("lips") > 0.5)
    off = 10 * UNIT * np.linalg.norm(found.of(teacher.template.model.mean) - true, axis=1)[lips]
    assert np.percentile(off, 99) < 2.5


@pytest.mark.parametrize("person", [1, 12])
def test_thick_lips_are_not_taken_for_each_other(head, weights, person):
    """Two people whose upper lips came to lie on their lower ones when all modes might act at once."""
    neutral = list(people(head, 40, 501))[person]
    surface = Surface.of(UNIT * neutral.astype(float), head.topology.faces)
    skin = np.flatnonzero(surface.parts == 0)
    off = 10 * UNIT * np.linalg.norm(fit(weights.template.model, surface).points - surface.vertices[skin], axis=1)
    assert off[head.topology.region("lips")[skin] > 0.5].mean() < 0.5


def test_a_fit_undoes_a_small_motion(teacher, held_out, coarse):
    surface = Surface.of(UNIT * coarse(held_out[1].astype(float)), coarse.faces)
    angle = np.radians(4)
    turn = np.array([[1, 0, 0], [0, np.cos(angle), -np.sin(angle)], [0, np.sin(angle), np.cos(angle)]])
    found = fit(teacher.template.model, surface.moved(surface.vertices @ turn.T + (0.05, 0, -0.05)))
    np.testing.assert_allclose(found.turn, turn, atol=0.005)
    np.testing.assert_allclose(found.shift, (0.05, 0, -0.05), atol=0.01)
    assert found.scale == 1


def test_a_fit_may_change_the_size(teacher, held_out, coarse):
    surface = Surface.of(UNIT * coarse(held_out[1].astype(float)), coarse.faces)
    plain, larger = (fit(teacher.template.model, surface.moved(k * surface.vertices), resize=True) for k in (1, 1.1))
    assert larger.scale / plain.scale == pytest.approx(1.1, abs=0.04)


def test_the_model_has_the_people_it_learned_from(head):
    heads = UNIT * np.stack(list(people(head, 12, 3)))[:, :500].astype(float)
    model = ShapeModel.learn(heads, np.arange(498)[:, None] + np.arange(3), 11)
    basis = model.modes.reshape(11, -1)
    off = (heads - model.mean).reshape(12, -1)
    np.testing.assert_allclose(off @ np.linalg.pinv(basis) @ basis, off, atol=1e-6)
    assert np.square(off @ np.linalg.pinv(basis)).mean() == pytest.approx(11 / 12, rel=0.01)  # deviations of 1


@pytest.mark.parametrize(
    ("point", "weights"),
    [
        ((0.2, 0.3, 5.0), (0.5, 0.2, 0.3)),
        ((-1.0, -1, 0), (1, 0, 0)),
        ((0.5, -2, 1), (0.5, 0.5, 0)),
        ((3.0, 3, 0), (0, 0.5, 0.5)),
    ],
)
def test_the_closest_point_of_a_triangle(point, weights):
    corners = np.array([[0.0, 0, 0], [1, 0, 0], [0, 1, 0]])
    found, distance = _closest(np.array(point), corners)
    np.testing.assert_allclose(found, weights, atol=1e-12)
    assert distance == pytest.approx(np.linalg.norm(point - np.array(weights) @ corners))
