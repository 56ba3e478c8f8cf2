"""ARKit's 52 actions, as the open head teaches them; no weights of these come with painctl."""

import numpy as np
import pytest

from painctl.face.head import load_actions
from painctl.rig.neural.action_teacher import ActionTeacher
from painctl.rig.neural.activation import ARKIT
from painctl.rig.neural.prepared_head import PreparedHead
from painctl.rig.neural.rig import NeuralRig
from painctl.rig.neural.training import RigTrainingSettings, teach, untaught
from painctl.rig.neural.training_heads import TrainingHead
from painctl.rig.neural.weights import Weights, encode, read


@pytest.fixture(scope="module")
def teacher(head):
    return ActionTeacher.of(head, 0, shapes=140)


@pytest.fixture(scope="module")
def specimen(teacher, held_out, coarse):
    return TrainingHead(teacher, held_out[0], coarse)


@pytest.fixture(scope="module")
def taught(teacher, specimen, tmp_path_factory):
    """Weights after two steps, read back from their file."""
    folder = tmp_path_factory.mktemp("arkit")
    network = untaught(teacher, 0, "arkit")
    teach(network, [specimen], RigTrainingSettings(2, 1, 0, 1e-4, "arkit"), folder / "state")
    (folder / "rig.safetensors").write_bytes(encode(Weights(network, teacher.template, {"seed": 0})))
    return read(folder / "rig.safetensors")


def test_the_open_head_has_them_all(head):
    known = load_actions()
    assert set(known) == set(ARKIT)
    assert len(ARKIT) == 52
    for name, action in zip(head.topology.action_names, head.topology.actions, strict=True):
        np.testing.assert_array_equal(known[name], action)


def test_faces_are_actions_alone_and_mixtures_of_what_moves_the_skin(teacher):
    seen = np.zeros(52)
    for lesson in range(40):
        (asked,) = teacher.draw(np.random.default_rng(lesson), 0, lesson)
        assert ((asked[:3] > 0).sum(1) == 1).all()
        assert ((asked[3:] > 0).sum(1) >= 2).all()
        assert asked.max() <= 1
        seen += asked.sum(0)
    assert seen[ARKIT.index("jawOpen")] > 0
    assert seen[ARKIT.index("tongueOut")] == 0  # no skin


def test_truth_adds_up_and_leaves_the_eyeballs(teacher, head, held_out):
    jaw, look = (np.eye(52)[[ARKIT.index(name)]] for name in ("jawOpen", "eyeLookUpLeft"))
    both = teacher.displacements(held_out[0], jaw + look)
    np.testing.assert_allclose(both, teacher.displacements(held_out[0], jaw) + teacher.displacements(held_out[0], look))
    assert np.linalg.norm(both[0], axis=1).max() > 0.01
    assert not both[0, head.topology.region("eyes") > 0].any()


def test_weights_of_them_pull_each_action_on_another_head_and_triangulation(taught, teacher, coarse, held_out):
    points = coarse(held_out[1].astype(float))
    puppet = PreparedHead.of(points, coarse.faces, taught)
    assert (puppet.pull(np.zeros((1, 52))) == 0).all()
    names = ("jawOpen", "mouthSmileLeft", "browInnerUp", "mouthPucker", "cheekPuff")
    asked = np.eye(52)[[ARKIT.index(name) for name in names]]
    truth = np.stack([coarse(each) for each in teacher.displacements(held_out[1], asked)])
    error = np.linalg.norm(puppet.pull(asked) - truth, axis=2).mean(1) / np.linalg.norm(truth, axis=2).mean(1)
    assert (error < 0.06).all()
    np.testing.assert_allclose(puppet.pull(0.5 * asked), 0.5 * puppet.pull(asked), atol=1e-7)


def test_rig_mixes_them_to_pain_units(taught, head, held_out):
    units = np.array([[0, 0, 0, 0, 0, 0], [0, 0, 0, 0, 5, 0], [0, 0, 0, 0, 0, 1]])
    faces = NeuralRig(head.topology, taught).deform(held_out[0], units, np.zeros((3, 6)))
    np.testing.assert_array_equal(faces[0], held_out[0])
    moved = np.linalg.norm(faces - held_out[0], axis=2)
    lips = head.topology.region("lips") > 0.5
    assert moved[1, lips].max() > 0.004
    assert moved[2, head.topology.region("upper_lids") > 0.5].max() > 0.004
