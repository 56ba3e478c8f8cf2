"""Training on ARKit's 52 actions; no weights for these are bundled with painctl."""

import numpy as np
import pytest

from painctl.rig.neural.activation import ARKIT
from painctl.rig.neural.arkit_source import ArkitSourceRig
from painctl.rig.neural.prepared_head import PreparedHead
from painctl.rig.neural.rig import NeuralRig
from painctl.rig.neural.training import RigTrainingSettings, RunOptions, initial_network, train
from painctl.rig.neural.training_heads import TrainingHead
from painctl.rig.neural.weights import Weights, encode, read


@pytest.fixture(scope="module")
def source(head):
    return ArkitSourceRig.of(head, 0, shapes=140)


@pytest.fixture(scope="module")
def training_head(source, held_out, coarse):
    return TrainingHead(source, held_out[0], coarse)


@pytest.fixture(scope="module")
def trained(source, training_head, tmp_path_factory):
    """Weights after two steps, read back from their file."""
    folder = tmp_path_factory.mktemp("arkit")
    network = initial_network(source, 0, "arkit")
    train(network, [training_head], RigTrainingSettings(2, 1, 0, 1e-4, "arkit"), RunOptions(folder / "state"))
    (folder / "rig.safetensors").write_bytes(encode(Weights(network, source.template, {"seed": 0})))
    return read(folder / "rig.safetensors")


def test_the_open_head_has_all_actions(head):
    assert set(head.topology.action_names) == set(ARKIT)
    assert len(ARKIT) == len(head.topology.action_names) == 52


def test_expressions_are_single_actions_and_mixtures_of_those_that_move_the_skin(source):
    total = np.zeros(52)
    for example in range(40):
        (amounts,) = source.draw(np.random.default_rng(example), 0, example)
        assert ((amounts[:3] > 0).sum(1) == 1).all()
        assert ((amounts[3:] > 0).sum(1) >= 2).all()
        assert amounts.max() <= 1
        total += amounts.sum(0)
    assert total[ARKIT.index("jawOpen")] > 0
    assert total[ARKIT.index("tongueOut")] == 0  # no skin


def test_actions_add_up_and_do_not_move_the_eyeballs(source, head, held_out):
    jaw, look = (np.eye(52)[[ARKIT.index(name)]] for name in ("jawOpen", "eyeLookUpLeft"))
    combined = source.displacements(held_out[0], jaw + look)
    np.testing.assert_allclose(
        combined, source.displacements(held_out[0], jaw) + source.displacements(held_out[0], look)
    )
    assert np.linalg.norm(combined[0], axis=1).max() > 0.01
    assert not combined[0, head.topology.region("eyes") > 0].any()


def test_trained_weights_deform_another_head_and_triangulation_by_each_action(trained, source, coarse, held_out):
    points = coarse(held_out[1].astype(float))
    prepared = PreparedHead.of(points, coarse.faces, trained)
    assert (prepared.displacements(np.zeros((1, 52))) == 0).all()
    names = ("jawOpen", "mouthSmileLeft", "browInnerUp", "mouthPucker", "cheekPuff")
    single = np.eye(52)[[ARKIT.index(name) for name in names]]
    truth = np.stack([coarse(field) for field in source.displacements(held_out[1], single)])
    moved = prepared.displacements(single)
    error = np.linalg.norm(moved - truth, axis=2).mean(1) / np.linalg.norm(truth, axis=2).mean(1)
    assert (error < 0.1).all()
    np.testing.assert_allclose(prepared.displacements(0.5 * single), 0.5 * moved, atol=1e-7)


def test_the_rig_mixes_actions_to_pain_units(trained, head, held_out):
    units = np.array([[0, 0, 0, 0, 0, 0], [0, 0, 0, 0, 5, 0], [0, 0, 0, 0, 0, 1]])
    faces = NeuralRig(head.topology, trained).deform(held_out[0], units, np.zeros((3, 6)))
    np.testing.assert_array_equal(faces[0], held_out[0])
    moved = np.linalg.norm(faces - held_out[0], axis=2)
    lips = head.topology.region("lips") > 0.5
    assert moved[1, lips].max() > 0.004
    assert moved[2, head.topology.region("upper_lids") > 0.5].max() > 0.004
