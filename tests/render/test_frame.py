import hashlib
import os
import subprocess
import sys
from itertools import product

import cv2
import numpy as np
import pytest

from painctl.appearance.wrinkles import Wrinkles
from painctl.face.demographics import assign, load_demographics
from painctl.face.identity import draw_identity
from painctl.images.encode import encode_jpeg
from painctl.mesh.normals import face_vectors
from painctl.render.camera import portrait_camera, position_of
from painctl.render.frame import MASK_HEAD, render_frame
from painctl.render.rasterise_opencv import OpenCVRasteriser
from painctl.render.scene import draw_scene
from painctl.render.subject import Subject
from painctl.rig.blendshapes import BlendshapeRig

ENGINE = OpenCVRasteriser()


@pytest.fixture(scope="module")
def shoot(head, neutrals, plain):
    """A function that renders a person with plain skin."""
    subject = Subject(head.topology, plain(), head.template)

    def shoot(vertices=None, person=0, yaw=0.0, pitch=0.0, size=192, heat=None, light=0, subject=subject):
        vertices = neutrals[person] if vertices is None else vertices
        heat = np.zeros(len(vertices), np.float32) if heat is None else heat
        camera = portrait_camera(neutrals[person], size, yaw, pitch)
        scene = draw_scene(1, light, "view")
        return render_frame(subject, vertices, heat, camera, scene=scene, rasteriser=ENGINE)

    return shoot


@pytest.fixture(scope="module")
def pains(head, neutrals):
    """Faces of the first people: neutral, strongest pain, and eyes closed."""
    units = np.array([[0, 0, 0, 0, 0, 0], [5, 5, 5, 5, 5, 1], [0, 0, 0, 0, 0, 1]])
    return BlendshapeRig(head.topology).deform(neutrals[0], units, np.zeros((3, 6)))


def test_a_frame_has_the_documented_shapes_and_ranges(shoot):
    frame = shoot()
    assert frame.image.shape == (192, 192, 3)
    assert frame.image.dtype == frame.mask.dtype == np.uint8
    assert set(np.unique(frame.mask)) == {0, MASK_HEAD}
    assert frame.heat.dtype == frame.landmarks.dtype == np.float32
    assert frame.landmarks.shape == (68, 2)
    assert frame.landmarks_visible.dtype == bool


@pytest.mark.parametrize("yaw", [0, 40])
def test_the_mask_is_the_raster_of_pixel_centres(head, neutrals, shoot, yaw):
    frame = shoot(yaw=yaw)
    gbuffer = ENGINE(neutrals[0], head.topology.faces, portrait_camera(neutrals[0], 192, yaw))
    np.testing.assert_array_equal(frame.mask > 0, gbuffer.mask)


@pytest.mark.parametrize(("yaw", "pitch"), list(product((-60, -30, 0, 30), (-20, 0, 20))))
def test_no_face_has_a_hole(shoot, pains, yaw, pitch):
    """All background pixels are connected to the border of the picture."""
    for vertices in pains:
        mask = shoot(vertices, yaw=yaw, pitch=pitch, size=128).mask
        beyond = cv2.copyMakeBorder(255 - mask, 1, 1, 1, 1, cv2.BORDER_CONSTANT, value=255)
        parts, _ = cv2.connectedComponents(beyond, connectivity=8)
        assert parts == 2  # the head and one background


def back_faces(vertices, faces, camera):
    """The number of pixels that show the inside of a head: the back of a triangle."""
    centres = vertices[faces].astype(float).mean(axis=1)
    away = ((position_of(camera) - centres) * face_vectors(vertices, faces)).sum(axis=1) < 0
    gbuffer = ENGINE(vertices, faces, camera)
    return int((away[gbuffer.face] & gbuffer.mask).sum())


@pytest.mark.parametrize("yaw", [-60, -30, 0, 30])
def test_the_inside_of_a_head_is_never_visible(head, neutrals, pains, yaw):
    heads = [*neutrals[::5], *pains]
    for vertices in heads:
        assert back_faces(vertices, head.topology.faces, portrait_camera(vertices, 256, yaw, 5)) <= 20


def test_a_hole_in_the_forehead_would_be_detected(head, neutrals):
    """The measure of the test above, on a head with a few missing triangles."""
    faces = head.topology.faces
    torn = faces[head.topology.region("forehead")[faces].min(axis=1) < 0.9]
    assert 10 < len(faces) - len(torn) < 400
    assert back_faces(neutrals[0], torn, portrait_camera(neutrals[0], 256)) > 200


def test_creases_are_visible_and_change_no_label(head, neutrals, pains, plain):
    group = assign(load_demographics("balanced"), 40, 5)[0]
    creases = Wrinkles.of(draw_identity(head, 5, 0, *group), head.topology, neutrals[0]).creases(
        np.array([5, 5, 5, 5, 5, 0]), np.zeros(6)
    )
    subject, heat = Subject(head.topology, plain(), neutrals[0]), np.linspace(0, 1, len(pains[1]), dtype=np.float32)
    camera, scene = portrait_camera(neutrals[0], 192), draw_scene(1, 0, "view")
    smooth, folded = (
        render_frame(subject, pains[1], heat, camera, scene=scene, rasteriser=ENGINE, creases=folds)
        for folds in (None, creases)
    )
    for name in ("mask", "heat", "landmarks", "landmarks_visible"):
        np.testing.assert_array_equal(getattr(smooth, name), getattr(folded, name))
    change = np.abs(smooth.image.astype(int) - folded.image).max(axis=2)
    left, top = folded.landmarks[[21, 22], 0].min(), folded.landmarks[[21, 22], 1].mean()
    between = change[int(top) - 10 : int(top) + 6, int(left) : int(folded.landmarks[22, 0]) + 1]
    assert between.max() > 25  # the frown
    assert (change[smooth.mask == 0] <= 8).all()  # apart from noise next to a different edge


def test_landmarks_are_on_the_head_and_visible_from_the_front(shoot, neutrals):
    for person in range(0, len(neutrals), 8):
        frame = shoot(person=person)
        columns, rows = (
            frame.landmarks[17:60].astype(int).T
        )  # without the jaw, a silhouette, and the inner rim of the lips
        assert (frame.mask[rows, columns] == MASK_HEAD).all()
        assert frame.landmarks_visible[17:60].mean() > 0.95


def test_in_profile_the_far_half_of_the_face_is_hidden(shoot):
    left, right = shoot(yaw=-80).landmarks_visible, shoot(yaw=80).landmarks_visible
    eyes = {"right": slice(36, 42), "left": slice(42, 48)}
    assert not right[eyes["left"]].any()
    assert right[eyes["right"]].any()
    assert not left[eyes["right"]].any()
    assert left[eyes["left"]].any()


def test_landmarks_are_the_projected_points(head, neutrals, shoot):
    topology, camera = head.topology, portrait_camera(neutrals[0], 192, 25)
    points = topology.landmarks(neutrals[0])
    np.testing.assert_allclose(shoot(yaw=25).landmarks, camera.project(points), atol=1e-3)


def test_heat_is_interpolated_from_the_vertices(head, neutrals, shoot):
    frame = shoot(heat=neutrals[0][:, 1], yaw=20)
    camera = portrait_camera(neutrals[0], 192, 20)
    gbuffer = ENGINE(neutrals[0], head.topology.faces, camera)
    rows, columns = np.nonzero(gbuffer.mask)
    rays = np.stack([columns + 0.5, rows + 0.5, np.ones(len(rows))], 1) @ np.linalg.inv(camera.intrinsics).T
    points = rays * gbuffer.depth[gbuffer.mask][:, None] - camera.extrinsics[:3, 3]
    np.testing.assert_allclose(frame.heat[gbuffer.mask], (points @ camera.extrinsics[:3, :3])[:, 1], atol=2e-6)
    assert not frame.heat[~gbuffer.mask].any()


def test_edges_are_blended_and_the_rest_of_the_background_is_unchanged(shoot, plain, head):
    """A dark and a light head on the same background differ outside the mask only next to the head."""
    dark, light = (shoot(subject=Subject(head.topology, plain((c, c, c)), head.template)) for c in (60, 235))
    change = np.abs(dark.image.astype(int) - light.image).sum(axis=2)
    grown = cv2.dilate(dark.mask, np.ones((5, 5), np.uint8))
    rim = (dark.mask == 0) & (cv2.dilate(dark.mask, np.ones((3, 3), np.uint8)) > 0)
    assert (change[rim] > 0).mean() > 0.3
    exposed = dark.image[grown == 0].astype(float), light.image[grown == 0].astype(float)
    assert np.corrcoef(exposed[0].ravel(), exposed[1].ravel())[0, 1] > 0.98  # the same background apart from exposure


@pytest.mark.parametrize("albedo", [(75, 45, 35), (140, 95, 75), (225, 190, 175)])
def test_dark_and_light_skin_are_well_exposed_in_every_light(shoot, plain, head, albedo):
    subject = Subject(head.topology, plain(albedo), head.template)
    for light in range(8):
        frame = shoot(subject=subject, light=light, size=96)
        x, y = frame.landmarks[27:36].mean(axis=0).astype(int)
        grey = cv2.cvtColor(frame.image, cv2.COLOR_RGB2GRAY)[y - 12 : y + 12, x - 12 : x + 12]
        assert 30 < grey.mean() < 235
        assert grey.std() > 3


def test_rendering_is_independent_of_order_and_repetition(shoot, pains, head, plain):
    fresh = Subject(head.topology, plain(), head.template)
    first = [shoot(vertices, yaw=yaw, subject=fresh).image for vertices in pains[:2] for yaw in (0, 30)]
    reordered = [shoot(vertices, yaw=yaw, subject=fresh).image for yaw in (30, 0) for vertices in pains[1::-1]]
    for a, b in ((0, 3), (1, 1), (2, 2), (3, 0)):
        np.testing.assert_array_equal(first[a], reordered[b])


def test_a_pose_changed_in_place_is_rendered_again(shoot, pains, head, plain):
    subject, vertices = Subject(head.topology, plain(), head.template), pains[0].copy()
    before = shoot(vertices, subject=subject)
    vertices[:] = pains[1]
    np.testing.assert_array_equal(shoot(vertices, subject=subject).image, shoot(pains[1]).image)
    assert (before.image != shoot(pains[1]).image).any()


_SCRIPT = """
import sys, hashlib, cv2, numpy as np
cv2.setNumThreads(int(sys.argv[1]))
from painctl.appearance.wrinkles import Wrinkles
from painctl.face.head import load_head
from painctl.face.identity import draw_identity
from painctl.images.encode import encode_jpeg, encode_png
from painctl.records import Textures
from painctl.render.camera import portrait_camera
from painctl.render.frame import render_frame
from painctl.render.outfit import outfit
from painctl.render.rasterise_opencv import OpenCVRasteriser
from painctl.render.scene import draw_scene
from painctl.render.subject import Subject
head = load_head()
person = draw_identity(head, 1, 4, "young", "woman", "White")
rng = np.random.default_rng(0)
maps = [cv2.resize(rng.integers(90, 200, (32, 32, 3), dtype=np.uint8), (512, 512)) for _ in range(2)]
overlay = outfit(person, head.topology, head.template)
creases = Wrinkles.of(person, head.topology, head.template).creases(np.array([5, 3, 2, 4, 5, 0]), np.zeros(6))
subject = Subject(head.topology, Textures(*maps, maps[0][..., 0].copy()), head.template, overlay)
frame = render_frame(
    subject, head.template, np.ones(len(head.template), np.float32), portrait_camera(head.template, 320, 20, 5),
    creases=creases, scene=draw_scene(1, 1, "view"), rasteriser=OpenCVRasteriser(),
)
print(hashlib.sha256(encode_jpeg(frame.image) + encode_png(frame.mask) + frame.heat.tobytes()).hexdigest())
"""


def test_the_number_of_threads_does_not_change_a_byte():
    def run(threads):
        environment = {**os.environ, "OMP_NUM_THREADS": threads, "OPENBLAS_NUM_THREADS": threads}
        return subprocess.run(
            [sys.executable, "-c", _SCRIPT, threads], env=environment, capture_output=True, text=True, check=True
        ).stdout

    assert len(run("1").strip()) == hashlib.sha256().digest_size * 2
    assert run("1") == run("4")


def test_a_jpeg_of_a_frame_is_the_same_twice(shoot):
    assert encode_jpeg(shoot(light=3).image) == encode_jpeg(shoot(light=3).image)
