import cv2
import numpy as np
import pytest
from made_heads import both_sides

from painctl.appearance.clothing import dress
from painctl.appearance.lashes import lashes
from painctl.face.demographics import assign, load_demographics
from painctl.face.identity import draw_identity
from painctl.pain.action_units import ACTION_UNITS
from painctl.render.camera import portrait_camera
from painctl.render.frame import MASK_HEAD, MASK_WORN, render_frame
from painctl.render.outfit import outfit
from painctl.render.overlay import Overlay
from painctl.render.rasterise_opencv import OpenCVRasteriser
from painctl.render.scene import draw_scene
from painctl.render.subject import Subject
from painctl.rig.blendshapes import BlendshapeRig

ENGINE, SIZE = OpenCVRasteriser(), 160
OPENINGS = (0.08, 0.25, 0.5, 1.0)


class Cast:
    """Four people on a head model, without hair, and pictures of their faces."""

    def __init__(self, head, plain):
        groups = assign(load_demographics("balanced"), 24, 8)
        self.topology, self.rig, self.textures = head.topology, BlendshapeRig(head.topology), plain()
        drawn = [draw_identity(head, 8, index, *groups[index]) for index in (0, 7, 13, 20)]
        self.neutrals = [head.neutral(person.coefficients) for person in drawn]
        self.people = [(person, head.topology, neutral) for person, neutral in zip(drawn, self.neutrals, strict=True)]
        self.subjects = [
            Subject(head.topology, self.textures, neutral, outfit(*person, hair=False))
            for person, neutral in zip(self.people, self.neutrals, strict=True)
        ]

    def face(self, number, units=(0,) * 6, **actions):
        """Vertices [V, 3] of a face of a person."""
        names = self.topology.action_names
        others = both_sides(names, **actions)
        return self.rig.deform(self.neutrals[number], np.array([units]), np.zeros((1, 6)), others)[0]

    def camera(self, number, yaw=0.0, pitch=0.0):
        """A camera that sees the mouth of a person large."""
        camera = portrait_camera(self.neutrals[number], SIZE, yaw, pitch)
        mouth = camera.project(self.topology.landmarks(self.neutrals[number])[[62, 66]].astype(float)).mean(0)
        camera.intrinsics[:2] *= 2
        camera.intrinsics[:2, 2] += SIZE / 2 - 2 * mouth
        return camera

    def shoot(self, number, face, yaw=0.0, pitch=0.0, mouth=True):
        subject = self.subjects[number]
        if not mouth:
            clothes = Overlay(None, *(part(*self.people[number]) for part in (dress, lashes)))
            subject = Subject(self.topology, self.textures, self.neutrals[number], clothes)
        scene = draw_scene(8, number, "view")
        heat, camera = np.zeros(len(face), np.float32), self.camera(number, yaw, pitch)
        return render_frame(subject, face, heat, camera, scene=scene, rasteriser=ENGINE)

    def surface(self, number, face, yaw=0.0, pitch=0.0):
        """What `shoot` sees of the bare head: where it is, and where it is the inside of its mouth, bool [H, W]."""
        gbuffer = ENGINE(face, self.topology.faces, self.camera(number, yaw, pitch))
        return gbuffer.mask, self.subjects[number].inside[gbuffer.face] & gbuffer.mask

    def lips(self, number, face, yaw=0.0, pitch=0.0, which=slice(60, 68)):
        """Landmarks of the inner lips, or others, in pixels [N, 2]."""
        points = self.topology.landmarks(face)[which].astype(float)
        return self.camera(number, yaw, pitch).project(points)

    def stray_teeth(self, number, face, yaw=0.0, pitch=0.0):
        """How many pixels of teeth near the lips are where the head does not show the inside of its mouth."""
        bare, inside = self.surface(number, face, yaw, pitch)
        hull = cv2.convexHull(np.round(self.lips(number, face, yaw, pitch, slice(48, 60))).astype(np.int32))
        lips = cv2.fillConvexPoly(np.zeros((SIZE, SIZE), np.uint8), hull, 1)
        near = bare & (cv2.dilate(lips, np.ones((21, 21), np.uint8)) > 0)
        stray = (self.shoot(number, face, yaw, pitch).mask == MASK_WORN) & near & ~grown(inside)
        if stray.any():  # or is it the collar?
            stray &= self.shoot(number, face, yaw, pitch, mouth=False).mask == MASK_HEAD
        return stray.sum()


@pytest.fixture(scope="module")
def cast(head, plain):
    return Cast(head, plain)


@pytest.fixture(scope="module")
def flame_cast(flame, plain):
    return Cast(flame, plain)


def between(lips):
    """Pixels inside the inner edge of the lips, in pixels [8, 2]: bool [H, W]."""
    corners = np.round(lips * 16 - 8).astype(np.int32)
    return cv2.fillPoly(np.zeros((SIZE, SIZE), np.uint8), [corners], 1, shift=4) > 0


def grown(pixels):
    return cv2.dilate(pixels.astype(np.uint8), np.ones((3, 3), np.uint8)) > 0


@pytest.mark.parametrize("yaw", [-45, -20, 0, 20, 45])
def test_the_mouth_has_no_hole_at_any_opening(cast, flame_cast, yaw):
    """No background between the lips, nor anywhere inside the outline of the head, on either head model."""
    for actors in (cast, flame_cast):
        for number, opening in enumerate(OPENINGS):
            for who, pitch in ((number, 0), (3 - number, -20), (number, 20)):
                face = actors.face(who, jawOpen=opening, mouthLowerDown=0.3)
                bare, _ = actors.surface(who, face, yaw, pitch)
                assert bare[between(actors.lips(who, face, yaw, pitch))].all()
                beyond = cv2.copyMakeBorder((~bare).astype(np.uint8), 1, 1, 1, 1, cv2.BORDER_CONSTANT, value=1)
                assert cv2.connectedComponents(beyond, connectivity=8)[0] == 2  # the head and one background


def test_no_teeth_at_rest(cast):
    """Lips that part by a fraction of a millimetre show a few pixels of them, in pictures that are this large."""
    for number, neutral in enumerate(cast.neutrals):
        frame = cast.shoot(number, neutral)
        assert (frame.mask[between(frame.landmarks[60:68])] == MASK_WORN).sum() < 30
        assert cast.stray_teeth(number, neutral) == 0


@pytest.mark.parametrize("unit", [*ACTION_UNITS, "all"])
def test_teeth_are_seen_between_the_lips_only_with_any_unit_at_its_most(cast, unit):
    most = [1 if name == "AU43" else 5 for name in ACTION_UNITS]
    units = [most[k] if unit in (name, "all") else 0 for k, name in enumerate(ACTION_UNITS)]
    for number in range(4):
        face = cast.face(number, units)
        assert [cast.stray_teeth(number, face, yaw) for yaw in (-40, 0, 40)] == [0, 0, 0]
        if unit in ("AU10", "all"):
            frame = cast.shoot(number, face)
            assert (frame.mask[between(frame.landmarks[60:68])] == MASK_WORN).mean() > 0.4


def test_nor_through_lips_and_cheeks_whatever_the_mouth_does(cast):
    """Random combinations of all actions of mouth, jaw and cheeks, most of which no person can make."""
    rng = np.random.default_rng(3)
    names = [name for name in cast.topology.action_names if name.startswith(("mouth", "jaw", "cheek"))]
    for round_ in range(16):
        number = round_ % 4
        chosen = rng.choice(names, 6, replace=False)
        face = cast.face(number, **dict(zip(chosen, rng.random(6), strict=True)))
        yaw, pitch = rng.uniform(-45, 45), rng.uniform(-20, 20)
        assert cast.stray_teeth(number, face, yaw, pitch) == 0


def test_an_open_mouth_is_dark_and_its_tongue_part_of_the_head(cast):
    for number in range(4):
        frame = cast.shoot(number, cast.face(number, jawOpen=0.8))
        inside = cv2.erode(between(frame.landmarks[60:68]).astype(np.uint8), np.ones((5, 5), np.uint8)) > 0
        flesh = inside & (frame.mask == MASK_HEAD)
        skin = (frame.mask == MASK_HEAD) & ~grown(grown(between(frame.landmarks[60:68])))
        assert flesh.sum() > 0.3 * inside.sum()
        assert frame.image[flesh].mean() < 0.6 * frame.image[skin].mean()
        red, _, blue = frame.image[flesh].mean(axis=0)
        assert red > 1.1 * blue


def test_the_inside_of_the_mouth_is_darker_at_its_back(cast):
    face = cast.face(0, jawOpen=0.8)
    sky = np.zeros(len(face))
    sky[cast.subjects[0].corners.vertex] = cast.subjects[0].pose(face)[:, 10]
    inside = cast.topology.region("mouth_inside") > 0.5
    depth = cast.topology.landmarks(face)[62, 2] - face[:, 2]
    front, back = sky[inside & (depth > 0.01) & (depth < 0.03)], sky[inside & (depth > 0.07)]
    assert back.mean() < 0.5 * front.mean()
