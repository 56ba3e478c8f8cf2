import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from painctl.mesh.clipping import clip_below


def area(points, faces):
    a, b, c = points[faces].transpose(1, 0, 2)
    return np.cross(b - a, c - a)[:, 2] / 2


def grid(side=5):
    """A square of side x side vertices, counter-clockwise."""
    points = np.stack([*np.meshgrid(np.arange(side), np.arange(side)), np.zeros((side, side))], -1)
    i = np.arange(side * side).reshape(side, side)
    a, b, c, d = (k.ravel() for k in (i[:-1, :-1], i[:-1, 1:], i[1:, 1:], i[1:, :-1]))
    return points.reshape(-1, 3).astype(float), np.concatenate([np.stack([a, b, c], 1), np.stack([a, c, d], 1)])


@given(st.floats(0.01, 3.99))
def test_the_cut_is_flat_and_the_rest_keeps_its_area_and_orientation(level):
    points, faces = grid()
    kept, uv_kept, vertex, uv = clip_below(points[:, 1] - level, faces, faces)
    left = vertex(points)
    assert left[:, 1].min() >= level - 1e-12
    assert (area(left, kept) > -1e-12).all()
    np.testing.assert_allclose(area(left, kept).sum(), 4 * (4 - level))
    np.testing.assert_allclose(uv(points)[uv_kept], left[kept])  # textures are cut where the surface is


def test_neighbouring_triangles_share_the_points_of_the_cut():
    points, faces = grid()
    kept, _, vertex, _ = clip_below(points[:, 1] - 1.5, faces, faces)
    left = vertex(points)
    assert len(np.unique(left, axis=0)) == len(left)
    assert np.unique(kept).tolist() == list(range(len(left)))


def test_a_seam_of_the_texture_stays_a_seam():
    points, faces = grid(2)
    uv_faces = np.array([[0, 1, 2], [3, 4, 5]])  # the diagonal has two texture coordinates at each end
    uvs = np.random.default_rng(0).random((6, 2))
    kept, uv_kept, vertex, uv = clip_below(points[:, 1] - 0.5, faces, uv_faces)
    middle = np.flatnonzero(np.isclose(vertex(points), (0.5, 0.5, 0)).all(1))
    rows = np.unique(uv_kept[kept == middle])
    np.testing.assert_allclose(uv(uvs)[rows], [uvs[[0, 2]].mean(0), uvs[[3, 4]].mean(0)])


def test_a_mesh_above_the_plane_is_unchanged():
    points, faces = grid()
    kept, _, vertex, _ = clip_below(np.ones(len(points)), faces, faces)
    np.testing.assert_array_equal(vertex(points)[kept], points[faces])
