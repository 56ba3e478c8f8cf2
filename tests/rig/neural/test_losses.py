import numpy as np
import torch

from painctl.rig.neural.losses import Expressions, length, losses

UNITS = np.array([[3, 0, 0, 0, 0, 0], [0, 2, 4, 0, 5, 1]])


def targets(training_head):
    """The true expressions and deviations of a training head."""
    true = Expressions(training_head.template_positions, training_head.displacements(UNITS, np.zeros((2, 6))))
    tensors = training_head.tensors
    return true, torch.einsum("efci,fcj->efij", true.displacements[:, tensors.faces], tensors.hats)


def losses_of(training_head, share):
    """Losses of a network that predicts `share` of the true movement."""
    true, deviations = targets(training_head)
    predicted = Expressions(true.template_positions, share * true.displacements)
    return losses(predicted, share * deviations, true, training_head.tensors)


def test_the_truth_costs_nothing_and_no_movement_one(training_head):
    assert all(loss < 1e-2 for loss in losses_of(training_head, 1.0).values())
    still = losses_of(training_head, 0.0)
    for name in ("jacobians", "vertices", "normals"):
        assert abs(still[name] - 1) < 1e-3
    assert abs(losses_of(training_head, 0.5)["vertices"] - 0.5) < 1e-3
    assert abs(losses_of(training_head, 0.5)["jacobians"] - 0.5) < 1e-3


def test_a_deviation_off_its_triangles_plane_costs_nothing(training_head):
    true, deviations = targets(training_head)
    tensors = training_head.tensors
    off = torch.randn(len(tensors.faces), 3, 1) @ tensors.face_normals[:, None]
    assert losses(true, deviations + off, true, tensors)["jacobians"] < 1e-2


def test_an_error_of_the_template_positions_costs(training_head):
    true, deviations = targets(training_head)
    predicted = Expressions(true.template_positions + torch.tensor([0.03, 0, 0]), true.displacements)
    assert abs(losses(predicted, deviations, true, training_head.tensors)["place"] - 1) < 1e-3


def test_length_has_a_finite_gradient_at_zero():
    vectors = torch.zeros(4, 3, requires_grad=True)
    length(vectors).sum().backward()
    assert torch.isfinite(vectors.grad).all()
