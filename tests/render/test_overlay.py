from itertools import product

import cv2
import numpy as np
import pytest

from painctl.face.demographics import assign, load_demographics
from painctl.face.identity import draw_identity
from painctl.mesh.boundary import boundary_loops
from painctl.render import overlay
from painctl.render.camera import portrait_camera
from painctl.render.frame import MASK_HEAD, MASK_WORN, render_frame
from painctl.render.outfit import outfit
from painctl.render.rasterise_opencv import OpenCVRasteriser
from painctl.render.scene import draw_scene
from painctl.render.subject import Subject
from painctl.rig.blendshapes import BlendshapeRig

ENGINE = OpenCVRasteriser()


@pytest.fixture(scope="module")
def people(head):
    groups = assign(load_demographics("balanced"), 24, 5)
    drawn = [draw_identity(head, 5, index, *groups[index]) for index in range(0, 24, 3)]
    return [(person, head.neutral(person.coefficients)) for person in drawn]


@pytest.fixture(scope="module")
def shoot(head, people, plain):
    outfits = [outfit(person, head.topology, vertices) for person, vertices in people]

    def shoot(number, vertices=None, yaw=0.0, pitch=0.0, dressed=True, size=160):
        neutral = people[number][1]
        vertices = neutral if vertices is None else vertices
        subject = Subject(head.topology, plain(), neutral, outfits[number] if dressed else None)
        camera = portrait_camera(neutral, size, yaw, pitch)
        heat = np.linalg.norm(vertices - neutral, axis=1).astype(np.float32)
        scene = draw_scene(5, number, "view")
        return render_frame(subject, vertices, heat, camera, scene=scene, rasteriser=ENGINE)

    return shoot


def test_clothes_and_hair_change_no_label(head, people, shoot):
    faces = BlendshapeRig(head.topology).deform(people[0][1], np.array([[4, 3, 2, 1, 5, 0]]), np.zeros((1, 6)))
    dressed, bare = (shoot(0, faces[0], 25, 5, on) for on in (True, False))
    np.testing.assert_array_equal(dressed.heat, bare.heat)
    np.testing.assert_array_equal(dressed.landmarks, bare.landmarks)
    np.testing.assert_array_equal(dressed.landmarks_visible, bare.landmarks_visible)
    assert (dressed.image != bare.image).any()


def test_the_mask_separates_the_head_from_what_is_worn(shoot):
    for number in range(8):
        dressed, bare = (shoot(number, dressed=on).mask for on in (True, False))
        assert set(np.unique(dressed)) == {0, MASK_WORN, MASK_HEAD}
        assert set(np.unique(bare)) == {0, MASK_HEAD}
        assert (bare[dressed == MASK_HEAD] == MASK_HEAD).all()  # only the head counts as skin
        assert ((dressed > 0) >= (bare > 0)).all()  # and none of the head is lost


@pytest.mark.parametrize(("yaw", "pitch"), list(product((-35, 0, 35), (-20, 0, 20))))
def test_the_cut_below_the_neck_is_never_visible(head, people, shoot, yaw, pitch):
    rim = np.unique(np.concatenate(boundary_loops(head.topology.faces)))
    for number, (_, vertices) in enumerate(people):
        at = portrait_camera(vertices, 160, yaw, pitch).project(vertices[rim])
        columns, rows = at[((at >= 0) & (at < 160)).all(axis=1)].astype(int).T
        mask = shoot(number, yaw=yaw, pitch=pitch).mask
        near = cv2.dilate(mask, np.ones((3, 3), np.uint8))[rows, columns]
        assert (near > 0).all()
        bottom = mask[-1]
        assert (bottom > 0).sum() > 0.3 * len(bottom)  # the body continues below the picture


@pytest.mark.parametrize("yaw", [-60, -30, 0, 30])
def test_no_head_has_a_hole(head, people, shoot, yaw):
    """No background inside the silhouette of the bare head, for any person and expression."""
    units = np.array([[0, 0, 0, 0, 0, 0], [5, 5, 5, 5, 5, 1], [3, 0, 4, 0, 5, 0]])
    for number, (_, vertices) in enumerate(people):
        for face in BlendshapeRig(head.topology).deform(vertices, units, np.zeros((3, 6))):
            mask = shoot(number, face, yaw, dressed=False, size=128).mask
            beyond = cv2.copyMakeBorder(255 - mask, 1, 1, 1, 1, cv2.BORDER_CONSTANT, value=255)
            assert cv2.connectedComponents(beyond, connectivity=8)[0] == 2  # the head and one background


def test_hair_shades_the_skin_under_it(head, people, shoot):
    """The edge of the scalp is darker under hair than without it, on average over people."""
    darker = []
    for number, (person, _) in enumerate(people):
        if person.haircut == "bald":
            continue
        dressed, bare = (shoot(number, dressed=on) for on in (True, False))
        skin = (dressed.mask == MASK_HEAD) & (
            cv2.dilate((dressed.mask == MASK_WORN).astype(np.uint8), np.ones((5, 5))) > 0
        )
        darker.append(bare.image[skin].mean() - dressed.image[skin].mean())
    assert np.mean(darker) > 1


def test_lashes_are_drawn_at_a_sufficient_resolution(head, people, shoot, monkeypatch):
    """Thinner than a pixel, they are lines rather than dots: the picture is close to one of higher resolution."""
    closed = BlendshapeRig(head.topology).deform(people[0][1], np.array([[0, 0, 0, 0, 0, 1]]), np.zeros((1, 6)))[0]
    actual = shoot(0, closed).image.astype(float)
    monkeypatch.setattr(overlay, "_FINEST", 1)
    coarse = shoot(0, closed).image.astype(float)
    monkeypatch.setattr(overlay, "_FINEST", 16)
    fine = shoot(0, closed).image.astype(float)
    assert np.square(actual - fine).mean() < 0.25 * np.square(coarse - fine).mean()


def test_teeth_are_visible_only_when_the_lip_is_raised(head, people, shoot):
    shares = []
    for number, (_, vertices) in enumerate(people):
        face = BlendshapeRig(head.topology).deform(vertices, np.array([[0, 0, 0, 0, 5, 0]]), np.zeros((1, 6)))[0]
        row = []
        for pose in (vertices, face):
            frame = shoot(number, pose, size=256)
            lips = cv2.convexHull(frame.landmarks[48:60].astype(np.int32))
            mouth = cv2.fillConvexPoly(np.zeros((256, 256), np.uint8), lips, 1) > 0
            row.append(((frame.mask == MASK_WORN) & mouth).sum() / mouth.sum())
        shares.append(row)
    closed, raised = np.transpose(shares)
    assert (raised > 0.05).all()
    assert np.median(closed) < 0.03
