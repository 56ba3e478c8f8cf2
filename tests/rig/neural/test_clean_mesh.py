import numpy as np
import pytest

from painctl.rig.neural.surface import Surface, jacobians
from painctl.rig.neural.triangulations import plain, subdivided


def test_gradients_of_linear_functions_are_exact(surface):
    rng = np.random.default_rng(0)
    matrix, shift = rng.normal(size=(3, 3)), rng.normal(size=3)
    found = jacobians(surface, surface.vertices @ matrix.T + shift)
    flat = np.eye(3) - surface.normals[:, :, None] * surface.normals[:, None, :]
    np.testing.assert_allclose(found, matrix @ flat, atol=1e-9)
    rows = (surface.gradient @ surface.vertices[:, 0]).reshape(-1, 3)
    np.testing.assert_allclose(rows, flat[:, 0], atol=1e-9)


def test_areas_and_normals_of_a_ball(surface):
    ball = (surface.parts == 1)[surface.faces].all(1)
    assert surface.areas[ball].sum() == pytest.approx(4 * np.pi * 0.01, rel=0.05)
    out = surface.vertices[surface.faces[ball]].mean(1) - (0.5, 0.5, 0.5)
    assert ((out * surface.normals[ball]).sum(1) > 0).all()
    members = surface.parts == 1
    out = (surface.vertices[members] - (0.5, 0.5, 0.5)) / 0.1
    assert ((out * surface.vertex_normals[members]).sum(1) > 0.98).all()


def test_parts_are_numbered_from_the_largest(surface):
    assert np.bincount(surface.parts).tolist() == [400, 162]


@pytest.fixture
def ball(sheet):
    """The ball alone, finer: (vertices [642, 3], outward triangles)."""
    vertices, faces = sheet
    fine = subdivided(plain(faces[(faces >= 400).all(1)] - 400, 162))
    return fine(vertices[400:]), fine.faces


def test_the_largest_part_is_that_of_the_largest_area(sheet, ball):
    vertices, faces = np.concatenate([ball[0], sheet[0][:400]]), sheet[1][(sheet[1] < 400).all(1)]
    found = Surface.of(vertices, np.concatenate([ball[1], faces + len(ball[0])]))
    assert np.bincount(found.parts).tolist() == [400, 642]


def test_parts_that_end_on_the_same_points_are_joined(sheet, surface):
    vertices, faces = sheet
    torn = Surface.of(vertices[faces].reshape(-1, 3), np.arange(3 * len(faces)).reshape(-1, 3))
    assert np.bincount(torn.parts).tolist() == [400, 162]
    np.testing.assert_array_equal(torn.vertices[torn.owner], vertices[faces].reshape(-1, 3))
    np.testing.assert_array_equal(torn.vertices[torn.faces], surface.vertices[surface.faces])


def test_lips_of_one_part_that_touch_are_not_joined(sheet):
    vertices, faces = sheet
    shut = vertices.copy()
    shut[3] = shut[300]  # a vertex of the sheet on another of it
    assert len(Surface.of(shut, faces).vertices) == len(vertices)


def test_a_mesh_inside_out_is_turned_over(ball):
    vertices, faces = ball
    for given in (faces, faces[:, ::-1]):
        found = Surface.of(vertices, given).outward()
        assert ((found.vertices - (0.5, 0.5, 0.5)) * found.vertex_normals).sum(1).min() > 0


def test_triangles_that_are_turned_against_each_other_are_named(ball):
    vertices, faces = ball
    odd = np.where((np.arange(len(faces)) % 3 == 0)[:, None], faces[:, ::-1], faces)
    with pytest.raises(ValueError, match="neighbouring triangles face opposite ways"):
        Surface.of(vertices, odd).outward()


def test_triangles_without_area_are_left_out_and_their_vertices_follow(sheet):
    vertices, faces = sheet
    more = np.concatenate([vertices, vertices[:1] + np.array([0, 0, 1e-12]), [[9.0, 9, 9]]])
    thin = [[0, 1, len(vertices)], [3, 3, 4]]
    found = Surface.of(more, np.concatenate([thin, faces]))
    assert found.kept.tolist() == list(range(2, len(faces) + 2))
    assert found.owner[len(vertices)] == 0  # beside vertex 0
    assert found.owner[-1] == -1  # in no triangle
    np.testing.assert_array_equal(found.owner[:-2], np.arange(len(vertices)))


def test_a_vertex_whose_triangles_cancel_out_has_a_normal(sheet):
    vertices, faces = sheet
    found = Surface.of(vertices, np.concatenate([faces, faces[:, ::-1]]))
    np.testing.assert_allclose(np.linalg.norm(found.vertex_normals, axis=1), 1)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda v, f: (v[:, :2], f), r"vertices \[V, 3\]"),
        (lambda v, f: (np.where(np.arange(len(v))[:, None] == 7, np.nan, v), f), "vertex 7 is not finite"),
        (lambda v, f: (v, f + 10_000), "not among the 562"),
        (lambda v, f: (v, f - 1), "not among the 562"),
        (lambda v, f: (v, f[:0]), "not among"),
        (lambda v, f: (v, f[:50]), "a head has 200 or more"),
        (lambda v, f: (np.zeros_like(v), f), "a head has 200 or more"),
    ],
)
def test_what_cannot_be_a_head_is_named(sheet, change, said):
    with pytest.raises(ValueError, match=said):
        Surface.of(*change(*sheet))
