import numpy as np
import pytest
import torch

from painctl.rig.neural.poisson import Poisson, solve
from painctl.rig.neural.surface import jacobians


@pytest.fixture
def free(surface):
    """Nothing is pinned."""
    return Poisson(surface, np.zeros(len(surface.vertices), bool))


def centred(surface, field):
    field = field.copy()
    for part in (0, 1):
        field[surface.parts == part] -= field[surface.parts == part].mean(0)
    return field


def test_constant_jacobians_give_back_the_affine_map(surface, free):
    matrix = np.random.default_rng(0).normal(size=(3, 3))
    moved = free.solve(np.broadcast_to(matrix - np.eye(3), (len(surface.faces), 3, 3)))
    wanted = surface.vertices @ (matrix - np.eye(3)).T
    np.testing.assert_allclose(moved, centred(surface, wanted), atol=1e-10)


def test_any_field_comes_back_from_its_gradient(surface, free):
    field = np.random.default_rng(1).normal(size=surface.vertices.shape)
    np.testing.assert_allclose(free.solve(jacobians(surface, field)), centred(surface, field), atol=1e-9)


def test_pins_hold_the_translation_of_their_part_and_no_other(surface):
    pinned = (surface.vertices[:, 0] < 0.2) & (surface.parts == 0)
    field = np.random.default_rng(2).normal(size=surface.vertices.shape) * ~pinned[:, None]
    moved = Poisson(surface, pinned).solve(jacobians(surface, field))
    sheet = surface.parts == 0
    np.testing.assert_allclose(moved[sheet], field[sheet], atol=1e-9)
    np.testing.assert_allclose(moved[~sheet], centred(surface, field)[~sheet], atol=1e-9)


def test_no_deviation_is_no_displacement(surface, free):
    assert (free.solve(np.zeros((len(surface.faces), 3, 3))) == 0).all()


def test_of_what_is_not_a_gradient_the_closest_is_taken(surface, free):
    """What the solve returns has no smaller residual beside it."""
    wanted = np.random.default_rng(3).normal(size=(len(surface.faces), 3, 3))
    flat = np.eye(3) - surface.normals[:, :, None] * surface.normals[:, None, :]
    moved = free.solve(wanted)
    residual = lambda d: (surface.areas * np.square(jacobians(surface, d) - wanted @ flat).sum((1, 2))).sum()  # noqa: E731
    least = residual(moved)
    for seed in range(5):
        other = moved + 1e-4 * np.random.default_rng(seed).normal(size=moved.shape)
        assert residual(other) > least


def test_triangles_that_are_not_active_do_not_deviate(surface):
    pinned = surface.parts == 1
    active = np.flatnonzero(~pinned[surface.faces].all(1))[5:]
    some = np.random.default_rng(4).normal(size=(len(active), 3, 3))
    whole = np.zeros((len(surface.faces), 3, 3))
    whole[active] = some
    np.testing.assert_allclose(
        Poisson(surface, pinned, active).solve(some), Poisson(surface, pinned).solve(whole), atol=1e-12
    )


@pytest.mark.parametrize("pinning", ["none", "ball", "some"])
def test_gradients_pass_through_the_solve(surface, pinning):
    pinned = {"none": surface.parts > 1, "ball": surface.parts == 1, "some": surface.vertices[:, 0] < 0.2}[pinning]
    poisson = Poisson(surface, pinned, np.arange(0, len(surface.faces), 40))
    deviations = torch.randn(2, len(range(0, len(surface.faces), 40)), 3, 3, dtype=torch.float64, requires_grad=True)
    assert torch.autograd.gradcheck(lambda d: solve(d, poisson)[:, ::50], (deviations,), fast_mode=True)


def test_single_precision_goes_in_and_out_and_double_is_used_inside(surface, free):
    field = 100 + np.random.default_rng(5).normal(size=surface.vertices.shape)
    given = torch.from_numpy(jacobians(surface, field)[None]).float()
    moved = solve(given, free)
    assert moved.dtype == torch.float32
    np.testing.assert_allclose(moved[0].numpy(), centred(surface, field), atol=1e-4)
