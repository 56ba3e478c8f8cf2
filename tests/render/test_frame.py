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
from painctl.render.camera import portrait_camera
from painctl.render.frame import render_frame
from painctl.render.rasterise import rasteriser
from painctl.render.scene import draw_scene
from painctl.render.subject import Subject
from painctl.rig.blendshapes import BlendshapeRig

ENGINE = rasteriser("opencv")


@pytest.fixture(scope="module")
def shoot(head, neutrals, plain):
    """A frame of a person in plain skin."""
    sitter = Subject(head.topology, plain(), head.template)

    def shoot(vertices=None, person=0, yaw=0.0, pitch=0.0, size=192, heat=None, light=0, sitter=sitter):
        vertices = neutrals[person] if vertices is None else vertices
        heat = np.zeros(len(vertices), np.float32) if heat is None else heat
        camera = portrait_camera(neutrals[person], size, yaw, pitch)
        scene = draw_scene(1, light, "view")
        return render_frame(sitter, vertices, heat, camera, scene=scene, rasteriser=ENGINE)

    return shoot


@pytest.fixture(scope="module")
def pains(head, neutrals):
    """Faces of the first people: neutral, strongest pain, and eyes closed."""
    units = np.array([[0, 0, 0, 0, 0, 0], [5, 5, 5, 5, 5, 1], [0, 0, 0, 0, 0, 1]])
    return BlendshapeRig(head.topology).deform(neutrals[0], units, np.zeros((3, 6)))


def test_a_frame_has_the_shapes_and_ranges_it_states(shoot):
    frame = shoot()
    assert frame.image.shape == (192, 192, 3)
    assert frame.image.dtype == frame.mask.dtype == np.uint8
    assert set(np.unique(frame.mask)) == {0, 255}
    assert frame.heat.dtype == frame.landmarks.dtype == np.float32
    assert frame.landmarks.shape == (68, 2)
    assert frame.landmarks_visible.dtype == bool


@pytest.mark.parametrize("yaw", [0, 40])
def test_the_mask_is_the_raster_of_pixel_centres(head, neutrals, shoot, yaw):
    frame = shoot(yaw=yaw)
    seen = ENGINE(neutrals[0], head.topology.faces, portrait_camera(neutrals[0], 192, yaw))
    np.testing.assert_array_equal(frame.mask > 0, seen.mask)


@pytest.mark.parametrize(("yaw", "pitch"), list(product((-60, -30, 0, 30), (-20, 0, 20))))
def test_no_hole_in_any_face(shoot, pains, yaw, pitch):
    """Every background pixel is joined to the picture's border by background."""
    for vertices in pains:
        mask = shoot(vertices, yaw=yaw, pitch=pitch, size=128).mask
        beyond = cv2.copyMakeBorder(255 - mask, 1, 1, 1, 1, cv2.BORDER_CONSTANT, value=255)
        parts, _ = cv2.connectedComponents(beyond, connectivity=8)
        assert parts == 2  # the head and one background


def inner(vertices, faces, camera):
    """How many pixels see the inside of a head: the back of a triangle."""
    corners = vertices[faces].astype(float)
    normal = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    eye = -camera.extrinsics[:3, :3].T @ camera.extrinsics[:3, 3]
    away = ((eye - corners.mean(axis=1)) * normal).sum(axis=1) < 0
    seen = ENGINE(vertices, faces, camera)
    return int((away[seen.face] & seen.mask).sum())


@pytest.mark.parametrize("yaw", [-60, -30, 0, 30])
def test_nobody_s_head_shows_its_inside(head, neutrals, pains, yaw):
    heads = [*neutrals[::5], *pains]
    for vertices in heads:
        assert inner(vertices, head.topology.faces, portrait_camera(vertices, 256, yaw, 5)) <= 20


def test_a_hole_in_the_forehead_would_be_seen(head, neutrals):
    """The measure of the test above, where a few triangles are missing."""
    faces = head.topology.faces
    torn = faces[head.topology.region("forehead")[faces].min(axis=1) < 0.9]
    assert 10 < len(faces) - len(torn) < 400
    assert inner(neutrals[0], torn, portrait_camera(neutrals[0], 256)) > 200


def test_creases_show_and_change_no_label(head, neutrals, pains, plain):
    group = assign(load_demographics("balanced"), 40, 5)[0]
    creases = Wrinkles.of(draw_identity(head, 5, 0, *group), head.topology, neutrals[0]).creases(
        np.array([5, 5, 5, 5, 5, 0]), np.zeros(6)
    )
    sitter, heat = Subject(head.topology, plain(), neutrals[0]), np.linspace(0, 1, len(pains[1]), dtype=np.float32)
    camera, scene = portrait_camera(neutrals[0], 192), draw_scene(1, 0, "view")
    smooth, folded = (
        render_frame(sitter, pains[1], heat, camera, scene=scene, rasteriser=ENGINE, creases=each)
        for each in (None, creases)
    )
    for name in ("mask", "heat", "landmarks", "landmarks_visible"):
        np.testing.assert_array_equal(getattr(smooth, name), getattr(folded, name))
    change = np.abs(smooth.image.astype(int) - folded.image).max(axis=2)
    left, top = folded.landmarks[[21, 22], 0].min(), folded.landmarks[[21, 22], 1].mean()
    between = change[int(top) - 10 : int(top) + 6, int(left) : int(folded.landmarks[22, 0]) + 1]
    assert between.max() > 25  # the frown
    assert (change[smooth.mask == 0] <= 8).all()  # but for the noise of another edge


def test_landmarks_lie_on_the_head_and_are_seen_from_the_front(shoot, neutrals):
    for person in range(0, len(neutrals), 8):
        frame = shoot(person=person)
        columns, rows = frame.landmarks[17:60].astype(int).T  # without the jaw, a silhouette, and the lips' inner rim
        assert (frame.mask[rows, columns] == 255).all()
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
    points = (topology.landmark_barycentric[..., None] * neutrals[0][topology.faces[topology.landmark_faces]]).sum(
        axis=1
    )
    np.testing.assert_allclose(shoot(yaw=25).landmarks, camera.project(points), atol=1e-3)


def test_heat_is_what_the_vertices_carry(head, neutrals, shoot):
    frame = shoot(heat=neutrals[0][:, 1], yaw=20)
    camera = portrait_camera(neutrals[0], 192, 20)
    seen = ENGINE(neutrals[0], head.topology.faces, camera)
    rows, columns = np.nonzero(seen.mask)
    rays = np.stack([columns + 0.5, rows + 0.5, np.ones(len(rows))], 1) @ np.linalg.inv(camera.intrinsics).T
    points = rays * seen.depth[seen.mask][:, None] - camera.extrinsics[:3, 3]
    np.testing.assert_allclose(frame.heat[seen.mask], (points @ camera.extrinsics[:3, :3])[:, 1], atol=2e-6)
    assert not frame.heat[~seen.mask].any()


def test_edges_are_blended_and_all_else_of_the_background_is_left(shoot, plain, head):
    """Of a black and of a white head before the same place, only pixels beside the head differ outside the mask."""
    dark, light = (shoot(sitter=Subject(head.topology, plain((c, c, c)), head.template)) for c in (60, 235))
    change = np.abs(dark.image.astype(int) - light.image).sum(axis=2)
    grown = cv2.dilate(dark.mask, np.ones((5, 5), np.uint8))
    rim = (dark.mask == 0) & (cv2.dilate(dark.mask, np.ones((3, 3), np.uint8)) > 0)
    assert (change[rim] > 0).mean() > 0.3
    exposed = dark.image[grown == 0].astype(float), light.image[grown == 0].astype(float)
    assert np.corrcoef(exposed[0].ravel(), exposed[1].ravel())[0, 1] > 0.98  # but for exposure the same place


@pytest.mark.parametrize("albedo", [(75, 45, 35), (140, 95, 75), (225, 190, 175)])
def test_dark_and_light_skin_are_legible_in_every_light(shoot, plain, head, albedo):
    sitter = Subject(head.topology, plain(albedo), head.template)
    for light in range(8):
        frame = shoot(sitter=sitter, light=light, size=96)
        x, y = frame.landmarks[27:36].mean(axis=0).astype(int)
        grey = cv2.cvtColor(frame.image, cv2.COLOR_RGB2GRAY)[y - 12 : y + 12, x - 12 : x + 12]
        assert 30 < grey.mean() < 235
        assert grey.std() > 3


def test_order_and_repetition_do_not_change_a_byte(shoot, pains, head, plain):
    fresh = Subject(head.topology, plain(), head.template)
    first = [shoot(vertices, yaw=yaw, sitter=fresh).image for vertices in pains[:2] for yaw in (0, 30)]
    again = [shoot(vertices, yaw=yaw, sitter=fresh).image for yaw in (30, 0) for vertices in pains[1::-1]]
    for one, other in ((0, 3), (1, 1), (2, 2), (3, 0)):
        np.testing.assert_array_equal(first[one], again[other])


def test_a_pose_changed_in_place_is_seen(shoot, pains, head, plain):
    sitter, vertices = Subject(head.topology, plain(), head.template), pains[0].copy()
    before = shoot(vertices, sitter=sitter)
    vertices[:] = pains[1]
    np.testing.assert_array_equal(shoot(vertices, sitter=sitter).image, shoot(pains[1]).image)
    assert (before.image != shoot(pains[1]).image).any()


_SCRIPT = """
import sys, hashlib, cv2, numpy as np
cv2.setNumThreads(int(sys.argv[1]))
from painctl.appearance.textures import Textures
from painctl.appearance.wrinkles import Wrinkles
from painctl.face.head import load_head
from painctl.face.identity import draw_identity
from painctl.render import camera, encode, frame, rasterise, scene
from painctl.stages.wear import overlay_of
head = load_head()
person = draw_identity(head, 1, 4, "young", "woman", "White")
rng = np.random.default_rng(0)
maps = [cv2.resize(rng.integers(90, 200, (32, 32, 3), dtype=np.uint8), (512, 512)) for _ in range(2)]
worn = overlay_of(person, head.topology, head.template)
creases = Wrinkles.of(person, head.topology, head.template).creases(np.array([5, 3, 2, 4, 5, 0]), np.zeros(6))
sitter = frame.Sitter(head.topology, Textures(*maps, maps[0][..., 0].copy()), head.template, worn)
shot = frame.render_frame(
    sitter, head.template, np.ones(len(head.template), np.float32), camera.portrait_camera(head.template, 320, 20, 5),
    creases=creases, scene=scene.draw_scene(1, 1, "view"), rasteriser=rasterise.rasteriser("opencv"),
)
print(hashlib.sha256(encode.encode_jpeg(shot.image) + encode.encode_png(shot.mask) + shot.heat.tobytes()).hexdigest())
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
