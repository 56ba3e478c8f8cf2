import numpy as np
import pytest

from painctl.render.camera import portrait_camera
from painctl.render.depth import depth_map
from painctl.render.rasterise import GBuffer
from painctl.render.rasterise_opencv import OpenCVRasteriser


@pytest.fixture(scope="module")
def gbuffer(head, neutrals):
    return OpenCVRasteriser()(neutrals[0], head.topology.faces, portrait_camera(neutrals[0], 256))


def test_the_head_is_bright_and_the_background_is_zero(gbuffer):
    depth, near, far = depth_map(gbuffer)
    assert depth.dtype == np.float32
    assert depth[gbuffer.mask].min() > 0.05
    assert depth.max() == 1
    assert not depth[~gbuffer.mask].any()
    assert near < far


def test_nearer_is_brighter(gbuffer):
    depth, _, _ = depth_map(gbuffer)
    order = np.argsort(gbuffer.depth[gbuffer.mask])
    assert (np.diff(depth[gbuffer.mask][order]) <= 0).all()


def test_metres_can_be_recovered_from_the_stored_map(gbuffer):
    depth, near, far = depth_map(gbuffer)
    near, far = np.float32(near).astype(float), np.float32(far).astype(float)
    metres = far - depth[gbuffer.mask].astype(float) * (far - near)
    np.testing.assert_allclose(metres, gbuffer.depth[gbuffer.mask], atol=2e-7)


def test_a_flat_face_and_an_empty_picture():
    face, barycentric = np.zeros((4, 4), np.int32), np.ones((4, 4, 3), np.float32) / 3
    depth, near, far = depth_map(GBuffer(face, barycentric, np.full((4, 4), 1.2, np.float32)))
    assert (depth == 1).all()
    assert far > near
    with pytest.raises(ValueError, match="no part of the head is in view"):
        depth_map(GBuffer(face - 1, barycentric, np.zeros((4, 4), np.float32)))
