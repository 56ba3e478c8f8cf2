import numpy as np
import pytest

from painctl.render.camera import portrait_camera
from painctl.render.depth import depth_map
from painctl.render.rasterise import GBuffer, rasteriser


@pytest.fixture(scope="module")
def seen(head, neutrals):
    return rasteriser("opencv")(neutrals[0], head.topology.faces, portrait_camera(neutrals[0], 256))


def test_the_head_is_bright_and_the_background_exactly_black(seen):
    depth, near, far = depth_map(seen)
    assert depth.dtype == np.float32
    assert depth[seen.mask].min() > 0.05
    assert depth.max() == 1
    assert not depth[~seen.mask].any()
    assert near < far


def test_nearer_is_brighter(seen):
    depth, _, _ = depth_map(seen)
    order = np.argsort(seen.depth[seen.mask])
    assert (np.diff(depth[seen.mask][order]) <= 0).all()


def test_metres_come_back_from_what_is_stored(seen):
    depth, near, far = depth_map(seen)
    near, far = np.float32(near).astype(float), np.float32(far).astype(float)
    metres = far - depth[seen.mask].astype(float) * (far - near)
    np.testing.assert_allclose(metres, seen.depth[seen.mask], atol=2e-7)


def test_a_flat_face_and_an_empty_picture():
    face, barycentric = np.zeros((4, 4), np.int32), np.ones((4, 4, 3), np.float32) / 3
    depth, near, far = depth_map(GBuffer(face, barycentric, np.full((4, 4), 1.2, np.float32)))
    assert (depth == 1).all()
    assert far > near
    with pytest.raises(ValueError, match="nothing of the head"):
        depth_map(GBuffer(face - 1, barycentric, np.zeros((4, 4), np.float32)))
