import numpy as np
import pytest
import torch

from painctl.rig.neural import training_heads as module
from painctl.rig.neural.head_tensors import UNIT
from painctl.rig.neural.poisson import solve
from painctl.rig.neural.source_rig import people
from painctl.rig.neural.training_heads import training_heads, warped

UNITS = np.array([[3, 0, 0, 0, 0, 0], [0, 2, 4, 0, 5, 1]])


def test_true_displacements_are_the_open_rigs_on_the_triangulation(training_head, source, held_out, coarse):
    truth = training_head.displacements(UNITS, np.zeros((2, 6))).numpy()
    for face, true in zip(truth, source.rig.deform(held_out[0], UNITS, np.zeros((2, 6))), strict=True):
        moved = coarse(true.astype(float) - held_out[0])[training_head.rows]
        np.testing.assert_allclose(face, UNIT * moved, atol=1e-6)


def test_the_solve_recovers_the_truth_from_its_jacobians(training_head):
    truth, tensors = training_head.displacements(UNITS, np.zeros((2, 6))), training_head.tensors
    wanted = torch.einsum("efci,fcj->efij", truth[:, tensors.faces], tensors.hats)
    assert (solve(wanted, training_head.poisson) - truth).norm(dim=2).mean() < 0.01 * truth.norm(dim=2).mean()


def test_a_warp_is_smooth_and_of_the_given_size(held_out, head):
    neutral = held_out[1].astype(float)
    moved = warped(neutral, 0.002, 0, 1) - neutral
    assert np.sqrt(np.square(moved).sum(1).mean()) == pytest.approx(0.002)
    edges = head.topology.faces[:, :2]
    step = np.linalg.norm(moved[edges[:, 0]] - moved[edges[:, 1]], axis=1)
    assert (step < 0.5 * np.linalg.norm(neutral[edges[:, 0]] - neutral[edges[:, 1]], axis=1) + 1e-6).all()
    np.testing.assert_array_equal(warped(neutral, 0.002, 0, 1) - neutral, moved)
    assert np.abs(warped(neutral, 0.002, 0, 2) - neutral - moved).max() > 1e-3


def test_people_take_turns_on_the_triangulations_and_every_fourth_is_warped(source, monkeypatch):
    monkeypatch.setattr(module, "training_triangulations", lambda source: ["plain", "remeshed"])
    monkeypatch.setattr(module, "TrainingHead", lambda source, neutral, triangulation: (neutral, triangulation))
    heads = list(training_heads(source, 5, 4))
    assert [triangulation for _, triangulation in heads] == ["plain", "remeshed", "plain", "remeshed", "plain"]
    neutrals = list(people(source.head, 5, 4))
    unchanged = [np.array_equal(shape, neutral) for (shape, _), neutral in zip(heads, neutrals, strict=True)]
    assert unchanged == [False, True, True, True, False]
