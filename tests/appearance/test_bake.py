import numpy as np
import pytest

from painctl.appearance.bake import Portrait, bake
from painctl.appearance.procedural import procedural
from painctl.appearance.texels import texels
from painctl.diffusion.bare_skin import bare_skin
from painctl.images.sampling import sample
from painctl.records import Textures
from painctl.render.camera import portrait_camera
from painctl.render.frame import render_frame
from painctl.render.head_view import HeadView
from painctl.render.outfit import outfit
from painctl.render.rasterise_opencv import OpenCVRasteriser
from painctl.render.scene import draw_scene
from painctl.render.subject import Subject

SIZE = 512


@pytest.fixture(scope="module")
def baked(head, person):
    """A head of known texture seen from the front, on green, and the bake of that picture."""
    vertices = head.neutral(person.coefficients)
    camera = portrait_camera(vertices, 512)
    view = OpenCVRasteriser()(vertices, head.topology.faces, camera)
    height, width = vertices[:, 1], vertices[:, 0]
    tint = np.stack([0.75 + 1.2 * height, 0.5 + 0.8 * height + 0.5 * np.abs(width), 0.4 + 0.6 * height], 1).clip(0, 1)
    corners = tint[head.topology.faces[view.face]]
    picture = np.einsum("hwk,hwkc->hwc", view.barycentric, corners)
    portrait = np.where(view.mask[..., None], 255 * picture, (0, 255, 0)).round().astype(np.uint8)
    grey = Textures(*(np.full((SIZE, SIZE, *tail), 110, np.uint8) for tail in ((3,), (3,), ())))
    maps = bake(Portrait(portrait, view.mask, view.depth, camera), vertices, head.topology, grey)
    truth = texels(head.topology, SIZE).interpolate(tint)
    return maps, truth, portrait, view


def test_the_bake_reproduces_the_portrait(head, baked):
    maps, _, portrait, view = baked
    corners = head.topology.uvs[head.topology.uv_faces[view.face]]
    uv = np.einsum("hwk,hwkc->hwc", view.barycentric, corners)
    column = (uv[..., 0] * SIZE).astype(int).clip(0, SIZE - 1)
    row = ((1 - uv[..., 1]) * SIZE).astype(int).clip(0, SIZE - 1)
    skin = (head.topology.region("face") > 0.9)[head.topology.faces].all(1)
    visible = view.mask & skin[view.face]
    error = maps.albedo[row, column].astype(float)[visible] - portrait[visible]
    assert 10 * np.log10(255**2 / (error**2).mean()) > 35  # dB


def test_no_background_leaks_onto_the_head(head, baked):
    maps, *_ = baked
    albedo = texels(head.topology, SIZE).gather(maps.albedo).astype(int)
    assert (albedo[:, 1] - albedo[:, 0]).max() < 60  # the background is 255 green over red


def test_the_hidden_back_has_the_tone_of_the_portrait(head, baked):
    maps, truth, *_ = baked
    layout = texels(head.topology, SIZE)
    back = layout.interpolate(head.topology.region("scalp")) > 0.9
    tone = layout.gather(maps.albedo).astype(float)[back].mean(0)
    np.testing.assert_allclose(tone[1:] / tone[0], truth[back].mean(0)[1:] / truth[back].mean(0)[0], atol=0.06)


def test_there_is_no_seam_between_visible_and_hidden_texels(head, baked):
    """Along the edges of the mesh on the skin, few steps in colour are much larger than in the true texture."""
    maps, _truth, *_ = baked
    layout = texels(head.topology, SIZE)
    albedo = layout.gather(maps.albedo).astype(float) / 255
    order = np.asarray(layout.weights.argmax(1)).ravel()
    colour = np.full((len(head.template), 3), np.nan)
    colour[order] = albedo
    face = head.topology.region("face") > 0.9
    edges = head.topology.faces[face[head.topology.faces].all(1)][:, :2]
    step = np.abs(colour[edges[:, 0]] - colour[edges[:, 1]]).max(1)
    assert np.nanpercentile(step, 99.5) < 0.10


def test_both_halves_are_alike(head, baked):
    maps, *_ = baked
    layout = texels(head.topology, SIZE)
    points = layout.interpolate(head.template)
    albedo = layout.gather(maps.albedo).astype(float)
    face = layout.interpolate(head.topology.region("face")) > 0.9
    left, right = (albedo[face & (side * points[:, 0] > 0.02)].mean(0) for side in (1, -1))
    np.testing.assert_allclose(left, right, atol=3)


@pytest.fixture(scope="module")
def drawn(head, person):
    """A portrait like Kandinsky's: lit, with hair, clothing and a background, and without a mask of the bare skin.

    Returns its bake, the procedural maps that fill it, the picture, the bake sampled again, and the visible face.
    """
    topology, vertices = head.topology, head.neutral(person.coefficients)
    camera, engine = portrait_camera(vertices, 512), OpenCVRasteriser()
    procedural_maps = procedural(person, topology, vertices, SIZE)
    subject = Subject(topology, procedural_maps, vertices, outfit(person, topology, vertices))
    still = np.zeros(len(vertices), np.float32)
    scene = draw_scene(person.seed, person.identity, "portrait")
    portrait = render_frame(subject, vertices, still, camera, scene=scene, rasteriser=engine).image
    view, pixels = HeadView.of(topology, vertices, camera, engine), engine(vertices, topology.faces, camera)
    bare = bare_skin(portrait, view)
    maps = bake(Portrait(portrait, bare, pixels.depth, camera), vertices, topology, procedural_maps)
    corners = topology.uvs[topology.uv_faces[pixels.face]]
    resampled = look_up(maps.albedo, np.einsum("hwk,hwkc->hwc", pixels.barycentric, corners).reshape(-1, 2))
    return maps, procedural_maps, portrait, resampled.reshape(portrait.shape), bare & (view.regions["face"] > 0.9)


def look_up(albedo, uv):
    """The albedo [N, 3] at texture coordinates [N, 2]."""
    x, y = uv.T.astype(np.float32)
    return sample(albedo, x * len(albedo) - 0.5, (1 - y) * len(albedo) - 0.5).astype(float)


def steps_between_islands(topology, albedo):
    """Differences of colour, 0..1, between the texture coordinates of a vertex that has several, off the face."""
    vertex, uv = topology.faces.ravel(), topology.uv_faces.ravel()
    vertex, uv = np.unique(np.stack([vertex, uv], 1), axis=0).T
    on_seam = np.flatnonzero(vertex[1:] == vertex[:-1])
    hidden = np.max([topology.region(name) for name in ("scalp", "neck", "ears")], axis=0) > 0.5
    on_seam = on_seam[hidden[vertex[on_seam]]]
    colours = look_up(albedo, topology.uvs[uv]) / 255
    return np.abs(colours[on_seam] - colours[on_seam + 1]).max(1)


def test_the_bake_reproduces_a_lit_portrait_with_hair(drawn):
    _, _, portrait, resampled, face = drawn
    error = (resampled - portrait)[face]
    psnr = 10 * np.log10(255**2 / (error**2).mean())
    assert psnr > 28, psnr


def test_its_hidden_side_has_no_seams(head, drawn):
    """Where texture islands meet, on neck, scalp and behind the ears, steps are no larger than in procedural skin."""
    baked_maps, procedural_maps, *_ = drawn
    baked, reference = (steps_between_islands(head.topology, maps.albedo) for maps in (baked_maps, procedural_maps))
    assert len(baked) > 50
    assert np.percentile(baked, 95) < np.percentile(reference, 95) + 0.02
    assert baked.max() < reference.max() + 0.02


def test_hair_over_an_ear_does_not_darken_hidden_skin(head, person):
    """A bare head with black ears, as if hair covered them."""
    topology, vertices = head.topology, head.neutral(person.coefficients)
    camera, engine = portrait_camera(vertices, 256), OpenCVRasteriser()
    depth, view = engine(vertices, topology.faces, camera).depth, HeadView.of(topology, vertices, camera, engine)
    portrait = np.full((256, 256, 3), (150, 120, 100), np.uint8)
    portrait[view.regions["ears"] > 0.1] = 10
    grey = Textures(*(np.full((SIZE, SIZE, *tail), 110, np.uint8) for tail in ((3,), (3,), ())))
    maps = bake(Portrait(portrait, view.head, depth, camera), vertices, topology, grey)
    layout = texels(topology, SIZE)
    nape = (layout.interpolate(topology.region("neck")) > 0.9) & (layout.interpolate(head.template)[:, 2] < -0.1)
    np.testing.assert_allclose(layout.gather(maps.albedo)[nape].mean(0), (150, 120, 100), atol=8)
