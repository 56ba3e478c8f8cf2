import numpy as np
import pytest
import torch

from painctl.rig.neural.clean_mesh import jacobians
from painctl.rig.neural.poisson import Poisson, solve


@pytest.fixture
def free(mesh):
    """A solver without pinned vertices."""
    return Poisson(mesh, np.zeros(len(mesh.vertices), bool))


def centred(mesh, field):
    field = field.copy()
    for part in (0, 1):
        field[mesh.parts == part] -= field[mesh.parts == part].mean(0)
    return field


def test_constant_jacobians_give_back_the_affine_map(mesh, free):
    matrix = np.random.default_rng(0).normal(size=(3, 3))
    moved = free.solve(np.broadcast_to(matrix - np.eye(3), (len(mesh.faces), 3, 3)))
    wanted = mesh.vertices @ (matrix - np.eye(3)).T
    np.testing.assert_allclose(moved, centred(mesh, wanted), atol=1e-10)


def test_any_field_is_recovered_from_its_gradient(mesh, free):
    field = np.random.default_rng(1).normal(size=mesh.vertices.shape)
    np.testing.assert_allclose(free.solve(jacobians(mesh, field)), centred(mesh, field), atol=1e-9)


def test_pins_fix_the_translation_of_their_own_part_only(mesh):
    pinned = (mesh.vertices[:, 0] < 0.2) & (mesh.parts == 0)
    field = np.random.default_rng(2).normal(size=mesh.vertices.shape) * ~pinned[:, None]
    moved = Poisson(mesh, pinned).solve(jacobians(mesh, field))
    sheet = mesh.parts == 0
    np.testing.assert_allclose(moved[sheet], field[sheet], atol=1e-9)
    np.testing.assert_allclose(moved[~sheet], centred(mesh, field)[~sheet], atol=1e-9)


def test_without_deviation_there_is_no_displacement(mesh, free):
    assert (free.solve(np.zeros((len(mesh.faces), 3, 3))) == 0).all()


def test_jacobians_that_are_no_gradient_give_the_closest_one(mesh, free):
    """No displacement near the solution has a smaller residual."""
    wanted = np.random.default_rng(3).normal(size=(len(mesh.faces), 3, 3))
    flat = np.eye(3) - mesh.normals[:, :, None] * mesh.normals[:, None, :]
    moved = free.solve(wanted)
    residual = lambda d: (mesh.areas * np.square(jacobians(mesh, d) - wanted @ flat).sum((1, 2))).sum()  # noqa: E731
    least = residual(moved)
    for seed in range(5):
        perturbed = moved + 1e-4 * np.random.default_rng(seed).normal(size=moved.shape)
        assert residual(perturbed) > least


def test_triangles_that_are_not_active_do_not_deviate(mesh):
    pinned = mesh.parts == 1
    active = np.flatnonzero(~pinned[mesh.faces].all(1))[5:]
    active_deviations = np.random.default_rng(4).normal(size=(len(active), 3, 3))
    all_deviations = np.zeros((len(mesh.faces), 3, 3))
    all_deviations[active] = active_deviations
    np.testing.assert_allclose(
        Poisson(mesh, pinned, active).solve(active_deviations), Poisson(mesh, pinned).solve(all_deviations), atol=1e-12
    )


@pytest.mark.parametrize("pinning", ["none", "ball", "some"])
def test_the_solve_is_differentiable(mesh, pinning):
    pinned = {"none": mesh.parts > 1, "ball": mesh.parts == 1, "some": mesh.vertices[:, 0] < 0.2}[pinning]
    poisson = Poisson(mesh, pinned, np.arange(0, len(mesh.faces), 40))
    deviations = torch.randn(2, len(range(0, len(mesh.faces), 40)), 3, 3, dtype=torch.float64, requires_grad=True)
    assert torch.autograd.gradcheck(lambda d: solve(d, poisson)[:, ::50], (deviations,), fast_mode=True)


def test_single_precision_is_solved_in_double(mesh, free):
    field = 100 + np.random.default_rng(5).normal(size=mesh.vertices.shape)
    single = torch.from_numpy(jacobians(mesh, field)[None]).float()
    moved = solve(single, free)
    assert moved.dtype == torch.float32
    np.testing.assert_allclose(moved[0].numpy(), centred(mesh, field), atol=1e-4)
