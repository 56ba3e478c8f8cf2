import numpy as np
import pytest
import torch
from scipy.linalg import expm

from painctl.rig.neural.diffusion_net import Diffusion, DiffusionNet, Gradients, Modes
from painctl.rig.neural.operators import laplacian, operators


@pytest.fixture(scope="module")
def modes(mesh):
    return Modes.of(operators(mesh, 128))


def test_the_layer_diffuses_each_channel_for_its_own_time(mesh, modes):
    layer = Diffusion(3)
    with torch.no_grad():
        layer.log_times.copy_(torch.log(torch.tensor([0.005, 0.02, 0.1])))
    matrix, mass = laplacian(mesh)
    signal = np.stack([mesh.vertices[:, 0], mesh.vertices[:, 1] ** 2, mesh.parts], 1)
    spread, x, y = (tensor.detach().numpy() for tensor in layer(torch.from_numpy(signal).float(), modes))
    for channel, time in enumerate((0.005, 0.02, 0.1)):
        dense = expm(-time * matrix.toarray() / mass[:, None]) @ signal[:, channel]
        np.testing.assert_allclose(spread[:, channel], dense, atol=5e-3)
    assert np.abs(np.stack([x, y])[..., 2]).max() < 1e-3  # nothing passes from part to part


def test_gradient_features_do_not_depend_on_the_choice_of_tangents():
    layer = Gradients(5)
    x, y, angle = torch.randn(30, 5), torch.randn(30, 5), torch.rand(30, 1) * 6
    turned = layer(x * angle.cos() - y * angle.sin(), x * angle.sin() + y * angle.cos())
    torch.testing.assert_close(turned, layer(x, y), atol=1e-5, rtol=1e-5)


def test_features_do_not_depend_on_the_sign_of_the_modes(modes):
    torch.manual_seed(0)
    network, signs = DiffusionNet(4, 16, 2), torch.randn(128).sign()
    inputs = torch.randn(len(modes.mass), 4)
    flipped = Modes(modes.mass, modes.values, modes.modes * signs, modes.slopes * signs)
    torch.testing.assert_close(network(inputs, modes), network(inputs, flipped), atol=1e-4, rtol=1e-4)


def test_every_parameter_has_a_gradient(modes):
    network = DiffusionNet(4, 16, 2)
    network(torch.randn(len(modes.mass), 4), modes).square().mul(torch.arange(16)).mean().backward()
    assert all(parameter.grad.abs().sum() > 0 for parameter in network.parameters())
