"""Parity of the two rasterisers on a head: a dataset must not depend on which one rendered it."""

import numpy as np
import pytest

from painctl.engines.registry import find
from painctl.mesh.normals import face_normals
from painctl.render.camera import portrait_camera
from painctl.render.depth import depth_map
from painctl.render.frame import render_frame
from painctl.render.rasterise_opencv import OpenCVRasteriser
from painctl.render.scene import draw_scene
from painctl.render.subject import Subject

SIZE = 192


@pytest.fixture(scope="module")
def engines():
    pytest.importorskip("pytorch3d", reason="needs the pytorch3d extra")
    return OpenCVRasteriser(), find("renderer", "pytorch3d").build(device="cpu")


@pytest.fixture(scope="module", params=[(0.0, 0.0), (-45.0, 10.0)], ids=["frontal", "turned"])
def gbuffers(request, engines, head, neutrals):
    view = portrait_camera(neutrals[3], SIZE, *request.param)
    return [engine(neutrals[3], head.topology.faces, view) for engine in engines]


def test_coverage(gbuffers):
    opencv, pytorch3d = gbuffers
    assert 0.2 < opencv.mask.mean() < 0.9
    assert np.count_nonzero(opencv.mask != pytorch3d.mask) <= 2


def test_faces_depth_and_barycentrics(gbuffers):
    opencv, pytorch3d = gbuffers
    shared = opencv.mask & pytorch3d.mask
    same = shared & (opencv.face == pytorch3d.face)
    assert same.sum() > 0.999 * shared.sum()
    np.testing.assert_array_equal(opencv.barycentric[same], pytorch3d.barycentric[same])
    # where the engines differ, an edge runs through the pixel centre and both faces have the same depth
    assert np.abs(opencv.depth - pytorch3d.depth)[shared & ~same].max(initial=0) < 1e-3


def test_normals(gbuffers, head, neutrals):
    normals = face_normals(neutrals[3], head.topology.faces)
    opencv, pytorch3d = gbuffers
    shared = opencv.mask & pytorch3d.mask
    cosine = (normals[opencv.face[shared]] * normals[pytorch3d.face[shared]]).sum(1)
    assert (cosine > 0.999).mean() > 0.999


def test_depth_maps(gbuffers):
    opencv, pytorch3d = (depth_map(gbuffer)[0] for gbuffer in gbuffers)
    assert (np.abs(opencv - pytorch3d) > 1e-3).mean() < 1e-4


def test_colours(engines, head, neutrals, plain):
    view = portrait_camera(neutrals[3], SIZE, 30.0, 0.0)
    subject = Subject(head.topology, plain(), neutrals[3])
    heat = np.zeros(len(neutrals[3]), np.float32)
    first, second = (
        render_frame(subject, neutrals[3], heat, view, scene=draw_scene(5, 3, "parity"), rasteriser=engine)
        for engine in engines
    )
    assert (first.mask != second.mask).mean() < 1e-4
    difference = np.abs(first.image.astype(int) - second.image.astype(int)).max(-1)
    assert (difference > 2).mean() < 2e-3
