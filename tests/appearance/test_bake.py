import numpy as np
import pytest

from painctl.appearance.bake import bake
from painctl.appearance.texels import texels
from painctl.appearance.textures import Textures
from painctl.render.camera import portrait_camera
from painctl.render.rasterise import rasteriser

SIZE = 512


@pytest.fixture(scope="module")
def baked(head, person):
    """A head of known texture seen from the front before a green wall, and the bake of that picture."""
    vertices = head.neutral(person.coefficients)
    camera = portrait_camera(vertices, 512)
    seen = rasteriser("opencv")(vertices, head.topology.faces, camera)
    height, width = vertices[:, 1], vertices[:, 0]
    tint = np.stack([0.75 + 1.2 * height, 0.5 + 0.8 * height + 0.5 * np.abs(width), 0.4 + 0.6 * height], 1).clip(0, 1)
    corners = tint[head.topology.faces[seen.face]]
    picture = np.einsum("hwk,hwkc->hwc", seen.barycentric, corners)
    portrait = np.where(seen.mask[..., None], 255 * picture, (0, 255, 0)).round().astype(np.uint8)
    dull = Textures(*(np.full((SIZE, SIZE, *tail), 110, np.uint8) for tail in ((3,), (3,), ())))
    maps = bake(portrait, seen.mask, camera, vertices, head.topology, dull, seen.depth)
    truth = texels(head.topology, SIZE).interpolate(tint)
    return maps, truth, portrait, camera, seen, vertices


def test_seen_again_it_is_the_portrait(head, baked):
    maps, _, portrait, _, seen, _ = baked
    corners = head.topology.uvs[head.topology.uv_faces[seen.face]]
    uv = np.einsum("hwk,hwkc->hwc", seen.barycentric, corners)
    column = (uv[..., 0] * SIZE).astype(int).clip(0, SIZE - 1)
    row = ((1 - uv[..., 1]) * SIZE).astype(int).clip(0, SIZE - 1)
    skin = (head.topology.region("face") > 0.9)[head.topology.faces].all(1)
    here = seen.mask & skin[seen.face]
    error = maps.albedo[row, column].astype(float)[here] - portrait[here]
    assert 10 * np.log10(255**2 / (error**2).mean()) > 35  # dB


def test_no_background_comes_onto_the_head(head, baked):
    maps, *_ = baked
    albedo = texels(head.topology, SIZE).gather(maps.albedo).astype(int)
    assert (albedo[:, 1] - albedo[:, 0]).max() < 60  # the wall is 255 green over red


def test_the_unseen_back_takes_the_portrait_s_tone(head, baked):
    maps, truth, *_ = baked
    here = texels(head.topology, SIZE)
    back = here.interpolate(head.topology.region("scalp")) > 0.9
    tone = here.gather(maps.albedo).astype(float)[back].mean(0)
    np.testing.assert_allclose(tone[1:] / tone[0], truth[back].mean(0)[1:] / truth[back].mean(0)[0], atol=0.06)


def test_there_is_no_seam_between_what_was_seen_and_what_was_not(head, baked):
    """Along the mesh's edges over the skin, no step is far above those of the true texture."""
    maps, _truth, *_ = baked
    here = texels(head.topology, SIZE)
    albedo = here.gather(maps.albedo).astype(float) / 255
    order = (
        here.weights.argmax(1).A1
        if hasattr(here.weights.argmax(1), "A1")
        else np.asarray(here.weights.argmax(1)).ravel()
    )
    colour = np.full((len(head.template), 3), np.nan)
    colour[order] = albedo
    face = head.topology.region("face") > 0.9
    edges = head.topology.faces[face[head.topology.faces].all(1)][:, :2]
    step = np.abs(colour[edges[:, 0]] - colour[edges[:, 1]]).max(1)
    assert np.nanpercentile(step, 99.5) < 0.10


def test_both_halves_are_alike(head, baked):
    maps, *_ = baked
    here = texels(head.topology, SIZE)
    points = here.interpolate(head.template)
    albedo = here.gather(maps.albedo).astype(float)
    face = here.interpolate(head.topology.region("face")) > 0.9
    left, right = (albedo[face & (side * points[:, 0] > 0.02)].mean(0) for side in (1, -1))
    np.testing.assert_allclose(left, right, atol=3)
