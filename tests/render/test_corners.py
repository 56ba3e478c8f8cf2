from types import SimpleNamespace

import numpy as np
import pytest

from painctl.render.corners import Corners


def plane(flip=False):
    """A unit square with u along x, or mirrored, and v along y, and a UV seam down the middle."""
    x, y = np.meshgrid([0.0, 0.5, 1.0], [0.0, 1.0], indexing="ij")
    vertices = np.stack([x, y, 0 * x], -1).reshape(-1, 3).astype(np.float32)
    faces = np.array([[0, 2, 3], [0, 3, 1], [2, 4, 5], [2, 5, 3]], np.int32)
    uvs = np.concatenate([vertices[:4, :2] * 0.8, vertices[2:, :2] * 0.8 + 0.1]).astype(np.float32)
    uv_faces = np.array([[0, 2, 3], [0, 3, 1], [4, 6, 7], [4, 7, 5]], np.int32)
    if flip:
        uvs[:, 0] = 1 - uvs[:, 0]
    return vertices, Corners.of(SimpleNamespace(faces=faces, uvs=uvs, uv_faces=uv_faces))


@pytest.mark.parametrize("flip", [False, True])
def test_frames_of_a_plane_are_its_axes_even_with_mirrored_uvs(flip):
    vertices, corners = plane(flip)
    assert len(corners.vertex) == 8  # six vertices, two of them on the seam
    normal, tangent, handedness = np.split(corners.frames(vertices), [3, 6], axis=1)
    np.testing.assert_allclose(normal, [[0, 0, 1]] * 8, atol=1e-6)
    np.testing.assert_allclose(tangent, [[-1 if flip else 1, 0, 0]] * 8, atol=1e-6)
    np.testing.assert_allclose(handedness * np.cross(normal, tangent), [[0, 1, 0]] * 8, atol=1e-6)


def test_uv_area_is_the_area_in_the_texture():
    _, corners = plane()
    np.testing.assert_allclose(corners.uv_area, [0.5 * 0.4 * 0.8] * 4, rtol=1e-6)


def test_normals_of_a_sphere_point_outwards(sphere):
    vertices, faces = sphere(40, 60)
    uvs = vertices[:, :2] / 2 + 0.5
    frames = Corners.of(SimpleNamespace(faces=faces, uvs=uvs, uv_faces=faces)).frames(vertices)
    assert (frames[:, :3] * vertices).sum(axis=1).min() > 0.999


def test_weights_interpolate_between_corners():
    vertices, corners = plane()
    face, barycentric = np.array([1, 2]), np.array([[1 / 3] * 3, [0.5, 0.25, 0.25]], np.float32)
    points = corners.weights(face, barycentric) @ vertices[corners.vertex]
    expected = np.einsum("nk,nkx->nx", barycentric, vertices[corners.vertex[corners.faces[face]]])
    np.testing.assert_allclose(points, expected, atol=1e-7)


def test_frames_on_the_head_are_orthonormal(head):
    frames = Corners.of(head.topology).frames(head.template)
    normal, tangent = frames[:, :3], frames[:, 3:6]
    np.testing.assert_allclose(np.linalg.norm(normal, axis=1), 1, atol=1e-5)
    assert np.abs((normal * tangent).sum(axis=1)).max() < 1e-4
    assert (np.abs(np.linalg.norm(tangent, axis=1) - 1) < 1e-4).mean() > 0.999
