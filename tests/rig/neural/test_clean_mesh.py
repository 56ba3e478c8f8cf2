import numpy as np
import pytest

from painctl.rig.neural.clean_mesh import CleanMesh, jacobians
from painctl.rig.neural.triangulations import plain, subdivided


def test_gradients_of_linear_functions_are_exact(mesh):
    rng = np.random.default_rng(0)
    matrix, shift = rng.normal(size=(3, 3)), rng.normal(size=3)
    result = jacobians(mesh, mesh.vertices @ matrix.T + shift)
    flat = np.eye(3) - mesh.normals[:, :, None] * mesh.normals[:, None, :]
    np.testing.assert_allclose(result, matrix @ flat, atol=1e-9)
    rows = (mesh.gradient @ mesh.vertices[:, 0]).reshape(-1, 3)
    np.testing.assert_allclose(rows, flat[:, 0], atol=1e-9)


def test_areas_and_normals_of_a_ball(mesh):
    ball = (mesh.parts == 1)[mesh.faces].all(1)
    assert mesh.areas[ball].sum() == pytest.approx(4 * np.pi * 0.01, rel=0.05)
    outward = mesh.vertices[mesh.faces[ball]].mean(1) - (0.5, 0.5, 0.5)
    assert ((outward * mesh.normals[ball]).sum(1) > 0).all()
    members = mesh.parts == 1
    outward = (mesh.vertices[members] - (0.5, 0.5, 0.5)) / 0.1
    assert ((outward * mesh.vertex_normals[members]).sum(1) > 0.98).all()


def test_parts_are_numbered_from_the_largest(mesh):
    assert np.bincount(mesh.parts).tolist() == [400, 162]


@pytest.fixture
def ball(sheet):
    """The ball alone, finer: (vertices [642, 3], outward triangles)."""
    vertices, faces = sheet
    fine = subdivided(plain(faces[(faces >= 400).all(1)] - 400, 162))
    return fine(vertices[400:]), fine.faces


def test_the_largest_part_has_the_largest_area(sheet, ball):
    vertices, faces = np.concatenate([ball[0], sheet[0][:400]]), sheet[1][(sheet[1] < 400).all(1)]
    result = CleanMesh.of(vertices, np.concatenate([ball[1], faces + len(ball[0])]))
    assert np.bincount(result.parts).tolist() == [400, 642]


def test_parts_with_coinciding_borders_are_joined(sheet, mesh):
    vertices, faces = sheet
    torn = CleanMesh.of(vertices[faces].reshape(-1, 3), np.arange(3 * len(faces)).reshape(-1, 3))
    assert np.bincount(torn.parts).tolist() == [400, 162]
    np.testing.assert_array_equal(torn.vertices[torn.owner], vertices[faces].reshape(-1, 3))
    np.testing.assert_array_equal(torn.vertices[torn.faces], mesh.vertices[mesh.faces])


def test_lips_of_one_part_that_touch_are_not_joined(sheet):
    vertices, faces = sheet
    shut = vertices.copy()
    shut[3] = shut[300]  # one vertex of the sheet on another
    assert len(CleanMesh.of(shut, faces).vertices) == len(vertices)


def test_a_mesh_that_is_inside_out_is_flipped(ball):
    vertices, faces = ball
    for triangles in (faces, faces[:, ::-1]):
        result = CleanMesh.of(vertices, triangles).outward()
        assert ((result.vertices - (0.5, 0.5, 0.5)) * result.vertex_normals).sum(1).min() > 0


def test_inconsistent_orientation_is_rejected(ball):
    vertices, faces = ball
    mixed = np.where((np.arange(len(faces)) % 3 == 0)[:, None], faces[:, ::-1], faces)
    with pytest.raises(ValueError, match="neighbouring triangles face opposite ways"):
        CleanMesh.of(vertices, mixed).outward()


def test_triangles_without_area_are_removed_and_their_vertices_follow_neighbours(sheet):
    vertices, faces = sheet
    extended = np.concatenate([vertices, vertices[:1] + np.array([0, 0, 1e-12]), [[9.0, 9, 9]]])
    thin = [[0, 1, len(vertices)], [3, 3, 4]]
    result = CleanMesh.of(extended, np.concatenate([thin, faces]))
    assert result.face_rows.tolist() == list(range(2, len(faces) + 2))
    assert result.owner[len(vertices)] == 0  # beside vertex 0
    assert result.owner[-1] == -1  # in no triangle
    np.testing.assert_array_equal(result.owner[:-2], np.arange(len(vertices)))


def test_a_vertex_whose_triangles_cancel_out_has_a_normal(sheet):
    vertices, faces = sheet
    result = CleanMesh.of(vertices, np.concatenate([faces, faces[:, ::-1]]))
    np.testing.assert_allclose(np.linalg.norm(result.vertex_normals, axis=1), 1)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda v, f: (v[:, :2], f), r"vertices \[V, 3\]"),
        (lambda v, f: (np.where(np.arange(len(v))[:, None] == 7, np.nan, v), f), "vertex 7 is not finite"),
        (lambda v, f: (v, f + 10_000), "not among the 562"),
        (lambda v, f: (v, f - 1), "not among the 562"),
        (lambda v, f: (v, f[:0]), "no triangles"),
        (lambda v, f: (v, f[:50]), "a head has 200 or more"),
        (lambda v, f: (np.zeros_like(v), f), "a head has 200 or more"),
    ],
)
def test_an_invalid_mesh_is_rejected(sheet, change, message):
    with pytest.raises(ValueError, match=message):
        CleanMesh.of(*change(*sheet))
