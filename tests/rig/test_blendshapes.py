import cv2
import numpy as np
import pytest
from scipy.spatial import cKDTree

from painctl.face.head import eye_centres
from painctl.render.camera import portrait_camera
from painctl.render.rasterise_opencv import OpenCVRasteriser
from painctl.rig.blendshapes import BlendshapeRig

NONE = np.zeros((1, 6))


@pytest.fixture(scope="module")
def rig(head):
    return BlendshapeRig(head.topology)


def deform_one(rig, neutral, *units, asymmetry=NONE):
    return rig.deform(neutral, np.array([units]), asymmetry)[0]


def test_without_units_the_face_is_exactly_the_neutral(rig, neutrals):
    for neutral in neutrals[:6]:
        np.testing.assert_array_equal(deform_one(rig, neutral, 0, 0, 0, 0, 0, 0), neutral)


def test_eyeballs_and_neck_do_not_move(rig, head, neutrals):
    still = head.topology.region("eyes") > 0
    for neutral in neutrals[:6]:
        face = deform_one(rig, neutral, 5, 5, 5, 5, 5, 1)
        np.testing.assert_array_equal(face[still], neutral[still])
        low = neutral[:, 1] < -0.15
        np.testing.assert_array_equal(face[low], neutral[low])


@pytest.mark.parametrize("unit", range(5))
def test_more_intensity_moves_every_vertex_further(rig, neutrals, unit):
    units = np.zeros((6, 6), int)
    units[:, unit] = range(6)
    for neutral in neutrals[:8]:
        moved = np.linalg.norm(rig.deform(neutral, units, np.zeros((6, 6))) - neutral, axis=2)
        step = np.diff(moved, axis=0)
        assert step.min() > -3e-4  # AU7 alone: the lower lid yields at the corners of the eye
        assert (step.mean(1) > 0).all()
        assert (np.diff(moved.max(1)) > 7e-4).all()  # an intensity of 1 is a visible trace


def test_units_on_the_same_skin_do_not_add_up(rig, head, neutrals):
    brows = head.topology.region("brows") > 0.5
    moved = [
        np.linalg.norm(deform_one(rig, neutrals[0], *units) - neutrals[0], axis=1)[brows]
        for units in ([5, 0, 0, 0, 0, 0], [0, 0, 0, 5, 0, 0], [5, 0, 0, 5, 0, 0])
    ]
    assert (moved[2] < np.hypot(moved[0], moved[1]) + 1e-6).all()
    assert moved[2].mean() > max(moved[0].mean(), moved[1].mean())


def test_a_symmetric_head_makes_symmetric_faces(rig, head):
    template = head.template
    flipped = template * np.array([-1, 1, 1], np.float32)
    mirror = cKDTree(template).query(flipped)[1]
    np.testing.assert_allclose(template[mirror], flipped, atol=1e-6)
    for units in ([5, 0, 0, 0, 0, 0], [0, 5, 5, 0, 0, 0], [0, 0, 0, 5, 5, 0], [5, 5, 5, 5, 5, 1]):
        face = deform_one(rig, template, *units)
        np.testing.assert_allclose(face[mirror] * (-1, 1, 1), face, atol=3e-4)  # the head's own actions differ by this


def test_no_hole_opens_between_parted_lips(rig, head, neutrals):
    for neutral in neutrals[:6]:
        face = deform_one(rig, neutral, 0, 0, 0, 5, 5, 0)
        for yaw, pitch in ((0, 0), (30, 0), (0, 20)):
            raster = OpenCVRasteriser()(face, head.topology.faces, portrait_camera(neutral, 256, yaw, pitch))
            _, tree = cv2.findContours(raster.mask.astype(np.uint8), cv2.RETR_CCOMP, cv2.CHAIN_APPROX_NONE)
            assert (tree[0, :, 3] == -1).all()  # no contour is inside another


def test_brows_and_eyes_do_not_move_the_inside_of_the_mouth(rig, head, neutrals):
    face = deform_one(rig, neutrals[0], 5, 5, 5, 0, 0, 1)
    inside = head.topology.region("mouth_inside") > 0
    np.testing.assert_array_equal(face[inside], neutrals[0][inside])


def test_the_brows_come_down_and_together_with_au4(rig, head, neutrals):
    for neutral in neutrals[:6]:
        before = head.topology.landmarks(neutral)
        after = head.topology.landmarks(deform_one(rig, neutral, 5, 0, 0, 0, 0, 0))
        assert (before[17:27, 1] - after[17:27, 1] > 0.001).all()
        assert after[22, 0] - after[21, 0] < before[22, 0] - before[21, 0]


def test_the_upper_lip_rises_with_au10(rig, head, neutrals):
    corners = head.topology.faces[head.topology.landmark_faces[50:53]]
    for neutral in neutrals[:6]:
        rise = (deform_one(rig, neutral, 0, 0, 0, 0, 5, 0) - neutral)[corners][..., 1].mean()
        assert rise > 0.002


def test_asymmetry_makes_one_side_act_more(rig, neutrals):
    lopsided = np.zeros((1, 6))
    lopsided[0, 0] = 0.15
    neutral = neutrals[0]
    moved = np.linalg.norm(deform_one(rig, neutral, 4, 0, 0, 0, 0, 0, asymmetry=lopsided) - neutral, axis=1)
    left, right = moved[neutral[:, 0] > 0.01].sum(), moved[neutral[:, 0] < -0.01].sum()
    assert 1.2 < left / right < 1.5  # 1.15 / 0.85 = 1.35


def test_an_expression_does_not_depend_on_others_in_its_batch(rig, neutrals):
    units = np.array([[3, 2, 1, 4, 0, 1], [0, 0, 5, 0, 5, 0]])
    together = rig.deform(neutrals[3], units, np.zeros((2, 6)))
    np.testing.assert_array_equal(together[1], rig.deform(neutrals[3], units[1:], NONE)[0])


def test_eye_centres_are_symmetric_about_the_origin(head, neutrals):
    for neutral in neutrals:
        left, right = eye_centres(head.topology, neutral)
        np.testing.assert_allclose(left + right, 0, atol=1e-6)
        assert 0.05 < left[0] - right[0] < 0.075
