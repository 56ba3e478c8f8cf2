"""Parity of the two engines on a head: what a dataset shows must not depend on which drew it."""

import sys

import numpy as np
import pytest

from painctl.render.camera import portrait_camera
from painctl.render.depth import depth_map
from painctl.render.frame import render_frame
from painctl.render.rasterise import rasteriser
from painctl.render.scene import draw_scene
from painctl.render.subject import Subject

SIZE = 192


@pytest.fixture(scope="module")
def engines():
    pytest.importorskip("pytorch3d", reason="needs the pytorch3d extra")
    return rasteriser("opencv"), rasteriser("pytorch3d")


@pytest.fixture(scope="module", params=[(0.0, 0.0), (-45.0, 10.0)], ids=["frontal", "turned"])
def both(request, engines, head, neutrals):
    view = portrait_camera(neutrals[3], SIZE, *request.param)
    return [engine(neutrals[3], head.topology.faces, view) for engine in engines]


def test_coverage(both):
    opencv, pytorch3d = both
    assert 0.2 < opencv.mask.mean() < 0.9
    assert np.count_nonzero(opencv.mask != pytorch3d.mask) <= 2


def test_faces_depth_and_barycentrics(both):
    opencv, pytorch3d = both
    shared = opencv.mask & pytorch3d.mask
    same = shared & (opencv.face == pytorch3d.face)
    assert same.sum() > 0.999 * shared.sum()
    np.testing.assert_array_equal(opencv.barycentric[same], pytorch3d.barycentric[same])
    # where the engines differ, an edge runs through the pixel's centre and both faces are as far away
    assert np.abs(opencv.depth - pytorch3d.depth)[shared & ~same].max(initial=0) < 1e-3


def test_normals(both, head, neutrals):
    a, b, c = neutrals[3][head.topology.faces].transpose(1, 0, 2)
    normals = np.cross(b - a, c - a)
    normals /= np.maximum(np.linalg.norm(normals, axis=1, keepdims=True), 1e-12)
    opencv, pytorch3d = both
    shared = opencv.mask & pytorch3d.mask
    cosine = (normals[opencv.face[shared]] * normals[pytorch3d.face[shared]]).sum(1)
    assert (cosine > 0.999).mean() > 0.999


def test_depth_maps(both):
    opencv, pytorch3d = (depth_map(seen)[0] for seen in both)
    assert (np.abs(opencv - pytorch3d) > 1e-3).mean() < 1e-4


def test_colours(engines, head, neutrals, plain):
    view = portrait_camera(neutrals[3], SIZE, 30.0, 0.0)
    sitter = Subject(head.topology, plain(), neutrals[3])
    heat = np.zeros(len(neutrals[3]), np.float32)
    first, second = (
        render_frame(sitter, neutrals[3], heat, view, scene=draw_scene(5, 3, "parity"), rasteriser=engine)
        for engine in engines
    )
    assert (first.mask != second.mask).mean() < 1e-4
    difference = np.abs(first.image.astype(int) - second.image.astype(int)).max(-1)
    assert (difference > 2).mean() < 2e-3


def test_an_unknown_device_is_named(engines):
    with pytest.raises(ValueError, match=r"--device abacus: .*leave it out for the CPU"):
        rasteriser("pytorch3d", "abacus")


def test_opencv_has_no_device():
    with pytest.raises(ValueError, match="--device cuda: opencv works on the CPU"):
        rasteriser("opencv", "cuda")


def test_without_the_extra_one_line_says_how_to_get_it(monkeypatch):
    monkeypatch.setitem(sys.modules, "pytorch3d.renderer.mesh", None)
    with pytest.raises(ImportError, match=r"--renderer pytorch3d: .*pip install 'painctl\[pytorch3d\]'"):
        rasteriser("pytorch3d")
