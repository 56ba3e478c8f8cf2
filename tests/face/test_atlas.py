import cv2
import numpy as np
import pytest

from painctl.face.atlas import BOXES, islands, repack

SIZE = 2048


def footprint(triangles):
    """Texels that triangles [F, 3, 2] in 0..1 touch."""
    mask = np.zeros((SIZE, SIZE), np.uint8)
    for triangle in np.round(triangles * SIZE * 16).astype(np.int32):
        cv2.fillConvexPoly(mask, triangle, 1, shift=4)
    return mask


def areas(triangles):
    """Signed areas of triangles [F, 3, 2], positive when counter-clockwise."""
    (ax, ay), (bx, by) = (triangles[:, k].T.astype(float) - triangles[:, 0].T for k in (1, 2))
    return (ax * by - ay * bx) / 2


def test_uvs_are_inside_the_square_and_no_triangle_is_mirrored(head):
    topology = head.topology
    assert topology.uvs.min() > 0
    assert topology.uvs.max() < 1
    assert (areas(topology.uvs[topology.uv_faces]) > 0).all()


def test_islands_are_a_texel_apart(head, island):
    corners = head.topology.uvs[head.topology.uv_faces]
    covered = sum(cv2.dilate(footprint(corners[island == name]), np.ones((3, 3))) for name in BOXES)
    assert covered.max() == 1


def test_no_island_overlaps_itself(head, island):
    corners = head.topology.uvs[head.topology.uv_faces]
    for name in BOXES:
        triangles = corners[island == name]
        covered = footprint(triangles).mean()  # touched texels: a little more than the triangles' own area
        assert areas(triangles).sum() < covered, name


def test_the_face_gets_most_texels(head, island):
    area = areas(head.topology.uvs[head.topology.uv_faces])
    assert area[island == "head"].sum() > 0.5 * area.sum()
    assert area[island == "left eye front"].sum() == pytest.approx(area[island == "right eye front"].sum(), rel=1e-3)


def test_islands_are_only_scaled_and_moved():
    uvs = np.random.default_rng(0).random((3 * len(BOXES), 2))
    packed = repack(uvs, np.arange(len(uvs)).reshape(-1, 3))
    before, after = (
        points.reshape(-1, 3, 2) - points.reshape(-1, 3, 2).mean(1, keepdims=True) for points in (uvs, packed)
    )
    scale = np.linalg.norm(after, axis=(1, 2), keepdims=True) / np.linalg.norm(before, axis=(1, 2), keepdims=True)
    np.testing.assert_allclose(after, scale * before, atol=1e-12)


def test_another_number_of_islands_is_rejected():
    with pytest.raises(ValueError, match="1 islands, expected 10"):
        repack(np.eye(3)[:, :2], np.array([[0, 1, 2]]))


def test_islands_are_numbered_by_their_first_coordinate():
    assert islands(np.array([[5, 4, 3], [0, 1, 2], [3, 4, 6]]), 7).tolist() == [0, 0, 0, 1, 1, 1, 1]
