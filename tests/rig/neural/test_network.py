from dataclasses import replace

import numpy as np
import pytest
import torch

from painctl.rig.blendshapes import _together
from painctl.rig.neural.network import CONTROLS, RigNetwork, Shape, shared
from painctl.rig.neural.poisson import solve
from painctl.shard.schema import ACTION_UNITS


@pytest.fixture(scope="module")
def network(teacher):
    """With nothing left at 0, so that every part of it has its say."""
    torch.manual_seed(0)
    made = RigNetwork(Shape(texels=len(teacher.skin)))
    with torch.no_grad():
        for parameter in made.parameters():
            parameter.add_(0.1 * torch.randn_like(parameter))
    return made


def test_controls_are_the_units_left_and_right():
    assert [control.split()[0] for control in CONTROLS[::2]] == list(ACTION_UNITS)
    assert [control.split()[1] for control in CONTROLS[:2]] == ["left", "right"]


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


def test_units_that_share_the_skin_follow_the_open_rigs_rule():
    rng = np.random.default_rng(0)
    carried, mixture = rng.normal(size=(40, 22, 3)), rng.random((3, 12))
    mixture[0, -2:], mixture[1, -2:] = 0, 2  # open eyes, closed ones, and partly closed
    found = shared(torch.from_numpy(mixture), torch.from_numpy(carried)).numpy()
    for face, amount in zip(found, mixture, strict=True):
        under = np.minimum(amount[:10], np.tile(amount[10:], 5))
        each = (amount[:10] - under)[:, None] * carried[:, :10] + under[:, None] * carried[:, 12:]
        moves = each.reshape(40, 5, 2, 3).sum(2).swapaxes(0, 1)
        wanted = _together(moves) + (amount[10:, None] * carried[:, 10:12]).sum(1)
        np.testing.assert_allclose(face, wanted, atol=1e-6)


def test_a_unit_alone_carries_as_far_as_its_texels_say():
    carried = torch.randn(7, 22, 3)
    torch.testing.assert_close(shared(torch.eye(12), carried), carried[:, :12].transpose(0, 1), atol=1e-4, rtol=1e-4)


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
