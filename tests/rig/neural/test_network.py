from dataclasses import replace

import pytest
import torch

from painctl.rig.neural.network import Architecture, RigNetwork
from painctl.rig.neural.poisson import solve


@pytest.fixture(scope="module")
def network(source):
    """A network without parameters that are 0, so that each has an effect."""
    torch.manual_seed(0)
    network = RigNetwork(Architecture(texels=len(source.skin)))
    with torch.no_grad():
        for parameter in network.parameters():
            parameter.add_(0.1 * torch.randn_like(parameter))
    return network


def test_without_activation_there_is_exactly_no_deviation(network, training_head):
    with torch.no_grad():
        assert (network(network.encode(training_head.tensors), torch.zeros(1, 12)) == 0).all()


def test_deviations_grow_in_proportion_along_any_mixture(network, training_head):
    torch.manual_seed(1)
    mixture = torch.rand(4, 12)
    with torch.no_grad():
        encoded = network.encode(training_head.tensors)
        full = network(encoded, mixture)
        for share in (0.2, 0.6, 1.1):
            torch.testing.assert_close(network(encoded, share * mixture), share * full, atol=1e-5, rtol=1e-3)
    assert full.abs().max() > 0.1


def test_an_expression_does_not_depend_on_others_in_its_batch(network, training_head):
    mixture = torch.rand(3, 12)
    with torch.no_grad():
        encoded = network.encode(training_head.tensors)
        torch.testing.assert_close(network(encoded, mixture)[1:2], network(encoded, mixture[1:2]), atol=1e-6, rtol=1e-4)


def test_deviations_do_not_depend_on_the_order_of_triangles(network, training_head):
    tensors, order = training_head.tensors, torch.randperm(len(training_head.tensors.faces))
    names = ("faces", "hats", "face_normals", "areas")
    shuffled = replace(tensors, **{name: getattr(tensors, name)[order] for name in names})
    with torch.no_grad():
        plain, reordered = (network(network.encode(head), torch.ones(1, 12)) for head in (tensors, shuffled))
    torch.testing.assert_close(plain[:, order], reordered, atol=1e-5, rtol=1e-4)


def test_an_untrained_network_moves_a_head_by_its_fields(source, training_head):
    """Its Jacobians are the gradients of the texels' fields, which the solve turns back into these fields."""
    network = RigNetwork(Architecture(texels=len(source.skin)))
    fields = torch.from_numpy(source.mean_fields())
    with torch.no_grad():
        network.fields.copy_(fields)
        encoded = network.encode(training_head.tensors)
        moved = solve(network(encoded, torch.eye(12)), training_head.poisson)
    wanted = encoded.fields[:, :12].transpose(0, 1)
    assert (moved - wanted).norm(dim=2).mean() < 0.02 * wanted.norm(dim=2).mean()
    network.by_openness.data[:, 0] = 1.0
    with torch.no_grad():
        wider = network.encode(replace(training_head.tensors, openness=torch.tensor([0.2, 0.0]))).fields
    torch.testing.assert_close(wider[:, ::2], 1.2 * encoded.fields[:, ::2])  # left
    torch.testing.assert_close(wider[:, 1::2], encoded.fields[:, 1::2])
    weights, corners = training_head.tensors.weights, training_head.tensors.corners
    interpolated = (weights[:, :, None] * fields[corners]).sum(1).unflatten(1, (22, 3))
    torch.testing.assert_close(encoded.fields, interpolated, atol=1e-5, rtol=1e-4)


def test_every_parameter_has_a_gradient(network, training_head):
    network.zero_grad()
    network(network.encode(training_head.tensors), torch.rand(2, 12)).square().sum().backward()
    assert [name for name, parameter in network.named_parameters() if not parameter.grad.abs().sum() > 0] == []
