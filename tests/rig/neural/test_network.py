import numpy as np
import pytest
import torch

from painctl.rig.blendshapes import _together
from painctl.rig.neural.network import CONTROLS, RigNetwork, Shape, shared
from painctl.shard.schema import ACTION_UNITS


@pytest.fixture(scope="module")
def network(teacher):
    """With nothing left at 0, so that every part of it has its say."""
    torch.manual_seed(0)
    made = RigNetwork(Shape(sites=len(teacher.template.sites)))
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
        torch.testing.assert_close(network(prepared, mixture)[1:2], network(prepared, mixture[1:2]), atol=1e-6, rtol=1e-4)


def test_deviations_do_not_depend_on_the_order_of_triangles(network, specimen):
    from dataclasses import replace

    body, order = specimen.body, torch.randperm(len(specimen.body.faces))
    names = ("faces", "hats", "face_normals", "areas", "anchors", "weights")
    shuffled = replace(body, **{name: getattr(body, name)[order] for name in names})
    with torch.no_grad():
        one, other = (network(network.prepare(each), torch.ones(1, 12)) for each in (body, shuffled))
    torch.testing.assert_close(one[:, order], other, atol=1e-5, rtol=1e-4)


def test_units_that_share_the_skin_follow_the_open_rigs_rule_and_its_derivative():
    """d(u) of five units with linear fields, by the rule itself, differentiated numerically."""
    rng = np.random.default_rng(0)
    slopes, offsets = rng.normal(size=(12, 3, 3)), rng.normal(size=(12, 3))
    amount = rng.random(12)

    def displacement(u):
        each = amount[:, None] * (slopes @ u + offsets)
        return _together(each[:10].reshape(5, 2, 3).sum(1)[:, None])[0] + each[10:].sum(0)

    u, step = rng.normal(size=3), 1e-6
    numeric = np.stack([(displacement(u + step * e) - displacement(u - step * e)) / (2 * step) for e in np.eye(3)], 1)
    given = [torch.from_numpy(array[None]) for array in (amount, slopes, slopes @ u + offsets)]
    np.testing.assert_allclose(shared(*given)[0, 0].numpy(), numeric, atol=1e-4)


def test_a_unit_alone_acts_as_its_field_says():
    fields, carried = torch.randn(7, 12, 3, 3), torch.randn(7, 12, 3)
    for control in range(12):
        torch.testing.assert_close(shared(torch.eye(12)[[control]], fields, carried)[0], fields[:, control], atol=1e-3, rtol=1e-3)


def test_every_parameter_learns(network, specimen):
    network.zero_grad()
    network(network.prepare(specimen.body), torch.rand(2, 12)).square().sum().backward()
    assert [name for name, parameter in network.named_parameters() if not parameter.grad.abs().sum() > 0] == []
