import numpy as np
import pytest
from scipy.linalg import expm
from scipy.spatial.transform import Rotation

from painctl.rig.neural import operators as module
from painctl.rig.neural.clean_mesh import CleanMesh
from painctl.rig.neural.operators import laplacian, operators


@pytest.fixture(autouse=True)
def _empty_cache(tmp_path, monkeypatch):
    monkeypatch.setenv("PAINCTL_CACHE", str(tmp_path))


def test_modes_solve_the_eigenproblem_and_are_orthonormal(mesh):
    result = operators(mesh, 40)
    matrix, mass = laplacian(mesh)
    np.testing.assert_allclose(result.modes.T @ (result.mass[:, None] * result.modes), np.eye(40), atol=1e-4)
    left = matrix @ result.modes.astype(float)
    np.testing.assert_allclose(left, mass[:, None] * result.modes * result.values, atol=1e-3 * np.abs(left).max())
    assert result.values[:2].tolist() == pytest.approx([0, 0], abs=1e-3)  # one constant for each of the two parts
    assert result.values[2] > 1
    assert mass.sum() == pytest.approx(mesh.areas.sum(), rel=1e-3)


def test_diffusion_is_the_dense_matrix_exponential(mesh):
    matrix, mass = laplacian(mesh)
    signal = mesh.vertices[:, :1] ** 2 + (mesh.parts[:, None] == 1)
    dense = expm(-0.02 * matrix.toarray() / mass[:, None]) @ signal
    all_modes = operators(mesh, len(mass))
    low_modes = operators(mesh, 128)
    for result, tolerance in ((all_modes, 1e-4), (low_modes, 2e-3)):
        spectrum = result.modes.T @ (result.mass[:, None] * signal)
        spread = result.modes @ (np.exp(-0.02 * result.values)[:, None] * spectrum)
        np.testing.assert_allclose(spread, dense, atol=tolerance)


def test_slopes_are_the_gradient_in_the_tangent_plane(mesh):
    result = operators(mesh, 40)
    ball = mesh.parts == 1
    # the length of a mode's gradient follows from its eigenvalue: integral |grad v|^2 = value
    dirichlet = (result.mass[:, None] * np.square(result.slopes).sum(0)).sum(0)
    np.testing.assert_allclose(dirichlet[2:12], result.values[2:12], rtol=0.1)
    assert np.abs(result.slopes[:, ball][..., 0]).max() < 1e-2  # a function that is constant on a part has no gradient


def test_operators_do_not_depend_on_the_pose(sheet):
    vertices, faces = sheet
    turn = Rotation.random(random_state=1).as_matrix()
    a, b = operators(CleanMesh.of(vertices, faces), 30), operators(CleanMesh.of(vertices @ turn.T + 3, faces), 30)
    np.testing.assert_allclose(a.values, b.values, atol=1e-3 * a.values[-1])
    low = [m.modes[:, :12] @ (m.modes[:, :12].T @ (m.mass * np.sin(5 * vertices[:, 0]))) for m in (a, b)]
    np.testing.assert_allclose(*low, atol=2e-3)


def test_slivers_holes_and_doubled_triangles_do_no_harm(sheet):
    vertices, faces = sheet
    torn = np.concatenate([np.delete(faces, [50, 51, 200], 0), faces[:3], faces[5:6, ::-1]])
    vertices = vertices.copy()
    vertices[faces[300, 0]] = vertices[faces[300, 1]] + 1e-7  # a needle
    result = operators(CleanMesh.of(vertices, torn), 60)
    for array in (result.mass, result.values, result.modes, result.slopes):
        assert np.isfinite(array).all()
    assert (result.mass > 0).all()


def test_the_same_mesh_gives_the_same_bytes_with_and_without_the_cache(mesh, tmp_path):
    first = operators(mesh, 30)
    cached = operators(mesh, 30)
    for path in tmp_path.iterdir():
        path.unlink()
    recomputed = operators(mesh, 30)
    for repeated in (cached, recomputed):
        for name in ("mass", "values", "modes", "slopes"):
            np.testing.assert_array_equal(getattr(first, name), getattr(repeated, name))


def test_the_cache_distinguishes_meshes_by_every_vertex(sheet, tmp_path):
    vertices, faces = sheet
    operators(CleanMesh.of(vertices, faces), 10)
    vertices = vertices.copy()
    vertices[3, 2] += 1e-9
    operators(CleanMesh.of(vertices, faces), 10)
    assert len(list(tmp_path.iterdir())) == 2


def test_the_cache_keeps_the_newest(sheet, tmp_path, monkeypatch):
    vertices, faces = sheet
    monkeypatch.setattr(module, "_MAX_CACHED", 2)
    (tmp_path / "other data").touch()
    for k in range(4):
        operators(CleanMesh.of(vertices * (1 + k), faces), 10)
    assert len(list(tmp_path.iterdir())) == 3
