import cv2
import numpy as np
import pytest

from painctl.face.gaze import line_of_sight, turned
from painctl.face.head import eye_centres
from painctl.pain.other_actions import activations
from painctl.pain.vocabulary import OTHER_ACTIONS
from painctl.render.camera import portrait_camera
from painctl.render.rasterise_opencv import OpenCVRasteriser
from painctl.rig.blendshapes import BlendshapeRig
from painctl.rig.facial_actions import LOOK, rotated

EVEN = np.zeros((1, 6))


@pytest.fixture(scope="module")
def rig(head):
    return BlendshapeRig(head.topology)


def show(head, rig, neutral, units=(0, 0, 0, 0, 0, 0), **strengths):
    row = activations({name.replace("_", "-"): s for name, s in strengths.items()}, head.topology.action_names)
    return rig.deform(neutral, np.array([units]), EVEN, row[None])[0]


def test_without_units_and_actions_the_face_is_exactly_the_neutral(head, rig, neutrals):
    still = np.zeros((1, len(head.topology.action_names)))
    np.testing.assert_array_equal(rig.deform(neutrals[0], np.zeros((1, 6), int), EVEN, still)[0], neutrals[0])


def test_an_eyeball_turns_about_its_centre_as_one_piece(head, rig, neutrals):
    topology = head.topology
    for neutral in neutrals[:6]:
        face = show(head, rig, neutral, look_left=1.0, look_down=0.6)
        for name, centre in zip(("left_eye", "right_eye"), eye_centres(topology, neutral), strict=True):
            ball = topology.region(name) > 0
            before, after = (vertices[ball].astype(float) for vertices in (neutral, face))
            np.testing.assert_allclose(
                np.linalg.norm(after - centre, axis=1), np.linalg.norm(before - centre, axis=1), atol=1e-7
            )
            np.testing.assert_allclose(
                np.linalg.norm(np.diff(after, axis=0), axis=1),
                np.linalg.norm(np.diff(before, axis=0), axis=1),
                atol=1e-6,
            )


@pytest.mark.parametrize(
    ("action", "axis", "sign", "shape"),
    [
        ("look_left", 0, 1, "Out"),
        ("look_right", 0, -1, "Out"),
        ("look_up", 1, 1, "Up"),
        ("look_down", 1, -1, "Down"),
    ],
)
def test_both_eyes_look_where_the_action_says(head, rig, neutrals, action, axis, sign, shape):
    neutral = neutrals[2]
    ahead = line_of_sight(head.topology, neutral)
    face = show(head, rig, neutral, **{action: 1.0})
    amount = max(OTHER_ACTIONS[action.replace("_", "-")].values())
    for sight in turned(head.topology, neutral, face, ahead):
        assert sign * (sight - ahead)[axis] > 0.1
        assert np.degrees(np.arccos(sight @ ahead)) == pytest.approx(amount * LOOK[shape], abs=0.6)
    np.testing.assert_allclose(turned(head.topology, neutral, neutral, ahead), [ahead, ahead], atol=1e-6)


def test_rotation_keeps_the_axis_and_turns_by_the_angle():
    turned_points = rotated(np.eye(3), np.array([0, np.pi / 2, 0]))
    np.testing.assert_allclose(turned_points, [[0, 0, -1], [0, 1, 0], [1, 0, 0]], atol=1e-12)


def test_displacements_of_actions_are_added_to_those_of_units(head, rig, neutrals):
    neutral, units = neutrals[1], (3, 0, 0, 2, 3, 0)
    both = show(head, rig, neutral, units, smile=0.8, jaw_drop=0.5).astype(float)
    alone = rig.deform(neutral, np.array([units]), EVEN)[0].astype(float)
    beside = show(head, rig, neutral, smile=0.8, jaw_drop=0.5).astype(float)
    far = np.linalg.norm(neutral - eye_centres(head.topology, neutral)[:, None], axis=2).min(0) > 0.04  # from the lids
    np.testing.assert_allclose((both - beside)[far], (alone - neutral)[far], atol=2e-7)


def test_closed_lids_neither_widen_nor_follow_the_gaze(head, rig, neutrals):
    closed = (0, 0, 0, 0, 0, 1)
    lids = head.topology.region("eyes") == 0
    plain = rig.deform(neutrals[4], np.array([closed]), EVEN)[0]
    np.testing.assert_array_equal(show(head, rig, neutrals[4], closed, wide=1.0, look_down=1.0)[lids], plain[lids])


def test_actions_move_what_they_are_named_for(head, rig, neutrals):
    for neutral in neutrals[:4]:
        rest = head.topology.landmarks(neutral)
        landmarks = {
            name: head.topology.landmarks(show(head, rig, neutral, **{name: 1.0})) - rest
            for name in ("smile", "corners_down", "jaw_drop", "yawn", "brows_up", "worried", "pucker", "jaw_left")
        }
        corners = [48, 54]
        assert (landmarks["smile"][corners, 1] > 0.002).all()
        assert (landmarks["corners_down"][corners, 1] < -0.002).all()
        assert landmarks["jaw_drop"][8, 1] < -0.006 > landmarks["yawn"][8, 1] + 0.006
        assert (landmarks["brows_up"][17:27, 1] > 0.001).all()
        assert (landmarks["worried"][[21, 22], 1] > 0.003).all()
        assert landmarks["worried"][17, 1] < landmarks["worried"][21, 1] / 2
        assert landmarks["pucker"][54, 0] - landmarks["pucker"][48, 0] < -0.004
        assert landmarks["jaw_left"][8, 0] > 0.003


def test_no_hole_opens_in_an_open_mouth(head, rig, neutrals):
    for neutral in neutrals[:6]:
        for strength in (0.3, 0.6, 1.0):
            face = show(head, rig, neutral, (0, 0, 0, 5, 5, 0), yawn=strength)
            for yaw in (0, 40):
                raster = OpenCVRasteriser()(face, head.topology.faces, portrait_camera(neutral, 256, yaw))
                # Joined at corners, since the chin's outline may leave the neck at an acute angle
                background = np.pad(~raster.mask, 1, constant_values=True).astype(np.uint8)
                assert cv2.connectedComponents(background, connectivity=8)[0] == 2  # the head, and what is around it
