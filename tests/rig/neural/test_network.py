from dataclasses import replace

import pytest
import torch

from painctl.rig.neural.network import RigNetwork, Shape
from painctl.rig.neural.poisson import solve


@pytest.fixture(scope="module")
def network(teacher):
    """With nothing left at 0, so that every part of it has its say."""
    torch.manual_seed(0)
    made = RigNetwork(Shape(texels=len(teacher.skin)))
    with torch.no_grad():
        for parameter in made.parameters():
            parameter.add_(0.1 * torch.randn_like(parameter))
    return made


def test_no_activation_is_exactly_no_deviation(network, specimen):
    with torch.no_grad():
        assert (network(network.prepare(specimen.body), torch.zeros(1, 12)) == 0).all()


def test_deviations_grow_in_proportion_along_any_mixture(network, specimen):
    torch.manual_seed(1)
    mixture = torch.rand(4, 12)
    with torch.no_grad():
        prepared = network.prepare(specimen.body)
        whole = network(prepared, mixture)
        for share in (0.2, 0.6, 1.1):
            torch.testing.assert_close(network(prepared, share * mixture), share * whole, atol=1e-5, rtol=1e-3)
    assert whole.abs().max() > 0.1


def test_an_expression_does_not_depend_on_its_neighbours(network, specimen):
    mixture = torch.rand(3, 12)
    with torch.no_grad():
        prepared = network.prepare(specimen.body)
        torch.testing.assert_close(
            network(prepared, mixture)[1:2], network(prepared, mixture[1:2]), atol=1e-6, rtol=1e-4
        )


def test_deviations_do_not_depend_on_the_order_of_triangles(network, specimen):
    body, order = specimen.body, torch.randperm(len(specimen.body.faces))
    names = ("faces", "hats", "face_normals", "areas")
    shuffled = replace(body, **{name: getattr(body, name)[order] for name in names})
    with torch.no_grad():
        one, other = (network(network.prepare(each), torch.ones(1, 12)) for each in (body, shuffled))
    torch.testing.assert_close(one[:, order], other, atol=1e-5, rtol=1e-4)


def test_what_the_texels_carry_is_the_slope_of_it_on_the_triangles(teacher, specimen):
    """A network that has learned nothing else gives Jacobians that the solve turns into just that."""
    network = RigNetwork(Shape(texels=len(teacher.skin)))
    field = torch.from_numpy(teacher.carried())
    with torch.no_grad():
        network.carried.copy_(field)
        prepared = network.prepare(specimen.body)
        moved = solve(network(prepared, torch.eye(12)), specimen.poisson)
    wanted = prepared.carried[:, :12].transpose(0, 1)
    assert (moved - wanted).norm(dim=2).mean() < 0.02 * wanted.norm(dim=2).mean()
    network.by_openness.data[:, 0] = 1.0
    with torch.no_grad():
        wider = network.prepare(replace(specimen.body, openness=torch.tensor([0.2, 0.0]))).carried
    torch.testing.assert_close(wider[:, ::2], 1.2 * prepared.carried[:, ::2])  # left
    torch.testing.assert_close(wider[:, 1::2], prepared.carried[:, 1::2])
    known = (specimen.body.weights[:, :, None] * field[specimen.body.corners]).sum(1).unflatten(1, (22, 3))
    torch.testing.assert_close(prepared.carried, known, atol=1e-5, rtol=1e-4)


def test_every_parameter_learns(network, specimen):
    network.zero_grad()
    network(network.prepare(specimen.body), torch.rand(2, 12)).square().sum().backward()
    assert [name for name, parameter in network.named_parameters() if not parameter.grad.abs().sum() > 0] == []
