import numpy as np
import pytest
from scipy.linalg import expm
from scipy.spatial.transform import Rotation

from painctl.files import cache
from painctl.rig.neural import operators as module
from painctl.rig.neural.operators import laplacian, operators
from painctl.rig.neural.surface import Surface


@pytest.fixture(autouse=True)
def _own_cache(tmp_path, monkeypatch):
    monkeypatch.setenv("PAINCTL_CACHE", str(tmp_path))


def test_modes_solve_the_eigenproblem_and_are_orthonormal(surface):
    made = operators(surface, 40)
    matrix, mass = laplacian(surface)
    np.testing.assert_allclose(made.modes.T @ (made.mass[:, None] * made.modes), np.eye(40), atol=1e-4)
    left = matrix @ made.modes.astype(float)
    np.testing.assert_allclose(left, mass[:, None] * made.modes * made.values, atol=1e-3 * np.abs(left).max())
    assert made.values[:2].tolist() == pytest.approx([0, 0], abs=1e-3)  # one for each of the two parts
    assert made.values[2] > 1
    assert mass.sum() == pytest.approx(surface.areas.sum(), rel=1e-3)


def test_diffusion_is_the_dense_matrix_exponential(surface):
    matrix, mass = laplacian(surface)
    signal = surface.vertices[:, :1] ** 2 + (surface.parts[:, None] == 1)
    dense = expm(-0.02 * matrix.toarray() / mass[:, None]) @ signal
    whole = operators(surface, len(mass))
    some = operators(surface, 128)
    for made, tolerance in ((whole, 1e-4), (some, 2e-3)):
        spectrum = made.modes.T @ (made.mass[:, None] * signal)
        spread = made.modes @ (np.exp(-0.02 * made.values)[:, None] * spectrum)
        np.testing.assert_allclose(spread, dense, atol=tolerance)


def test_slopes_are_the_gradient_in_the_tangent_plane(surface):
    made = operators(surface, 40)
    ball = surface.parts == 1
    # a mode's gradient has the length that its eigenvalue says: integral |grad v|^2 = value
    dirichlet = (made.mass[:, None] * np.square(made.slopes).sum(0)).sum(0)
    np.testing.assert_allclose(dirichlet[2:12], made.values[2:12], rtol=0.1)
    assert np.abs(made.slopes[:, ball][..., 0]).max() < 1e-2  # what is constant on a part has none


def test_operators_do_not_see_how_the_surface_is_turned(sheet):
    vertices, faces = sheet
    turn = Rotation.random(random_state=1).as_matrix()
    a, b = operators(Surface.of(vertices, faces), 30), operators(Surface.of(vertices @ turn.T + 3, faces), 30)
    np.testing.assert_allclose(a.values, b.values, atol=1e-3 * a.values[-1])
    low = [made.modes[:, :12] @ (made.modes[:, :12].T @ (made.mass * np.sin(5 * vertices[:, 0]))) for made in (a, b)]
    np.testing.assert_allclose(*low, atol=2e-3)


def test_slivers_holes_and_doubled_triangles_do_no_harm(sheet):
    vertices, faces = sheet
    torn = np.concatenate([np.delete(faces, [50, 51, 200], 0), faces[:3], faces[5:6, ::-1]])
    vertices = vertices.copy()
    vertices[faces[300, 0]] = vertices[faces[300, 1]] + 1e-7  # a needle
    made = operators(Surface.of(vertices, torn), 60)
    for array in (made.mass, made.values, made.modes, made.slopes):
        assert np.isfinite(array).all()
    assert (made.mass > 0).all()


def test_the_same_surface_gives_the_same_bytes_with_and_without_the_cache(surface, tmp_path):
    first = operators(surface, 30)
    again = operators(surface, 30)
    for path in tmp_path.iterdir():
        path.unlink()
    anew = operators(surface, 30)
    for other in (again, anew):
        for name in ("mass", "values", "modes", "slopes"):
            np.testing.assert_array_equal(getattr(first, name), getattr(other, name))


def test_a_moved_vertex_is_another_surface_to_the_cache(sheet, tmp_path):
    vertices, faces = sheet
    operators(Surface.of(vertices, faces), 10)
    vertices = vertices.copy()
    vertices[3, 2] += 1e-9
    operators(Surface.of(vertices, faces), 10)
    assert len(list(tmp_path.iterdir())) == 2


def test_the_cache_keeps_the_newest(sheet, tmp_path, monkeypatch):
    vertices, faces = sheet
    monkeypatch.setattr(module, "_MOST", 2)
    cache.write_arrays("another's", {"a": np.zeros(1)})
    for k in range(4):
        operators(Surface.of(vertices * (1 + k), faces), 10)
    assert len(list(tmp_path.iterdir())) == 3
