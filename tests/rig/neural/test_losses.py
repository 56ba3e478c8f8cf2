import numpy as np
import torch

from painctl.rig.neural.losses import length, losses

UNITS = np.array([[3, 0, 0, 0, 0, 0], [0, 2, 4, 0, 5, 1]])


def of(specimen, share):
    """Losses of a network that finds `share` of the truth."""
    truth, body = specimen.displacements(UNITS, np.zeros((2, 6))), specimen.body
    deviations = share * torch.einsum("efci,fcj->efij", truth[:, body.faces], body.hats)
    return losses(specimen.place, deviations, share * truth, specimen.place, truth, body)


def test_the_truth_costs_nothing_and_knowing_nothing_one(specimen):
    assert all(loss < 1e-2 for loss in of(specimen, 1.0).values())
    nothing = of(specimen, 0.0)
    for name in ("jacobians", "vertices", "normals"):
        assert abs(nothing[name] - 1) < 1e-3
    assert abs(of(specimen, 0.5)["vertices"] - 0.5) < 1e-3
    assert abs(of(specimen, 0.5)["jacobians"] - 0.5) < 1e-3


def test_what_a_deviation_does_off_its_triangles_plane_costs_nothing(specimen):
    truth, body = specimen.displacements(UNITS, np.zeros((2, 6))), specimen.body
    deviations = torch.einsum("efci,fcj->efij", truth[:, body.faces], body.hats)
    off = torch.randn(len(body.faces), 3, 1) @ body.face_normals[:, None]
    found = losses(specimen.place, deviations + off, truth, specimen.place, truth, body)
    assert found["jacobians"] < 1e-2


def test_a_place_that_is_off_costs(specimen):
    truth, body = specimen.displacements(UNITS, np.zeros((2, 6))), specimen.body
    deviations = torch.einsum("efci,fcj->efij", truth[:, body.faces], body.hats)
    found = losses(specimen.place + torch.tensor([0.03, 0, 0]), deviations, truth, specimen.place, truth, body)
    assert abs(found["place"] - 1) < 1e-3


def test_lengths_have_a_slope_at_nothing():
    vectors = torch.zeros(4, 3, requires_grad=True)
    length(vectors).sum().backward()
    assert torch.isfinite(vectors.grad).all()
