"""What each unit does to the face, as FACS describes it, in millimetres, and more with every intensity."""

import numpy as np
import pytest

from painctl.mesh.normals import vertex_normals
from painctl.pain.action_units import ACTION_UNITS
from painctl.rig.blendshapes import BlendshapeRig
from painctl.rig.lids import Eye
from painctl.rig.skin_shapes import PUSHES, skin_shapes

# millimetres; on the right side of the face, where landmarks 36 and 39 are the outer and the inner corner of the eye,
# 31 is the wing of the nose and 48 the corner of the mouth
UNDER_EYE = {"pouch": ((40, 41), (0, -8.5)), "cheek": ((36, 39), (0, -26))}
BESIDE_NOSE = {"wing": ((31,), (-3, 4)), "side": ((28,), (-8, -4)), "infraorbital": ((39, 31), (-6, -2))}


@pytest.fixture(scope="module")
def rig(head):
    return BlendshapeRig(head.topology)


def movement(rig, head, neutral, unit, points):
    """Millimetres [6, 3] by which the skin at each of `points` moves at intensities 0 to 5 of a unit."""
    units = np.zeros((6, 6), int)
    units[:, ACTION_UNITS.index(unit)] = range(6)
    moved = 1000 * (rig.deform(neutral, units, np.zeros((6, 6))) - neutral)
    landmarks, ahead = head.topology.landmarks(neutral), np.flatnonzero(facing_skin(head.topology, neutral))
    result = {}
    for name, (anchors, offset) in points.items():
        target = landmarks[list(anchors), :2].mean(0) + np.array(offset) / 1000
        result[name] = moved[:, ahead[np.linalg.norm(neutral[ahead, :2] - target, axis=1).argmin()]]
    return result


def facing_skin(topology, neutral):
    hidden = topology.behind_lids() | (topology.region("mouth_inside") + topology.region("eyes") > 0)
    return (vertex_normals(neutral, topology.faces)[:, 2] > 0.3) & (neutral[:, 2] > -0.03) & ~hidden


def landmark_movement(rig, head, neutral, unit):
    """Millimetres [6, 68, 3] by which the landmarks move at intensities 0 to 5 of a unit."""
    units = np.zeros((6, 6), int)
    units[:, ACTION_UNITS.index(unit)] = range(6)
    faces = rig.deform(neutral, units, np.zeros((6, 6))).astype(float)
    return 1000 * np.stack([head.topology.landmarks(face - neutral) for face in faces])


def rises(values):
    return (np.diff(values) > 0).all()


def test_au6_lifts_the_cheek_up_and_forwards_and_the_lower_lid(rig, head, neutrals):
    for neutral in neutrals[:6]:
        moved = movement(rig, head, neutral, "AU6", UNDER_EYE)
        cheek, pouch = moved["cheek"], moved["pouch"]
        assert rises(cheek[:, 1])
        assert cheek[5, 1] > 4
        assert cheek[5, 0] > -1.0  # not outwards, as the head's own action moves it
        assert rises(pouch[:, 2])
        assert pouch[5, 2] > 1.5
        lids = landmark_movement(rig, head, neutral, "AU6")[:, [40, 41], 1].mean(1)
        assert rises(lids)
        assert lids[5] > 1.5


def test_au7_raises_the_lower_lid_and_leaves_the_cheek_lower_than_au6_does(rig, head, neutrals):
    for neutral in neutrals[:6]:
        lids = landmark_movement(rig, head, neutral, "AU7")[:, [40, 41], 1].mean(1)
        assert rises(lids)
        assert 2 < lids[5] < 6
        cheek = [movement(rig, head, neutral, unit, UNDER_EYE)["cheek"][5, 1] for unit in ("AU6", "AU7")]
        assert cheek[1] < 0.6 * cheek[0]


def test_au9_lifts_the_wings_bunches_the_sides_of_the_nose_and_lowers_the_inner_brows(rig, head, neutrals):
    for neutral in neutrals[:6]:
        moved = movement(rig, head, neutral, "AU9", BESIDE_NOSE)
        assert rises(moved["wing"][:, 1])
        assert moved["wing"][5, 1] > 4
        assert rises(moved["side"][:, 2])
        assert moved["side"][5, 2] > 0.8
        assert rises(moved["infraorbital"][:, 1])
        assert moved["infraorbital"][5, 1] > 2
        brow = -landmark_movement(rig, head, neutral, "AU9")[:, :, 1]
        assert rises(brow[:, 21])
        assert 1.5 < brow[5, 21] < 5
        assert brow[5, 17] < 0.5 * brow[5, 21]


def test_au10_lifts_the_middle_of_the_lip_more_than_its_corners(rig, head, neutrals):
    for neutral in neutrals[:6]:
        up = landmark_movement(rig, head, neutral, "AU10")[:, :, 1]
        assert rises(up[:, 51])
        assert up[5, 51] > 4
        assert up[5, 48] < 0.5 * up[5, 51]
        cheek = movement(rig, head, neutral, "AU10", {"over the fold": ((31,), (-12, 2))})["over the fold"]
        assert rises(cheek[:, 2])
        assert cheek[5, 2] > 0.2


def test_au4_brings_the_inner_brows_down_also_when_the_eyes_are_closed(rig, head, neutrals):
    for neutral in neutrals[:6]:
        faces = rig.deform(neutral, np.array([[4, 0, 0, 0, 0, 0], [4, 0, 0, 0, 0, 1]]), np.zeros((2, 6)))
        opened, closed = (head.topology.landmarks(face - neutral)[17:27, 1] for face in faces.astype(float))
        np.testing.assert_allclose(closed, opened, atol=2e-4)
        assert -opened[4] > 0.004


def test_pushes_leave_eyeballs_lid_margins_and_the_neck_where_they_are(head, neutrals):
    topology = head.topology
    still = topology.lid_margins() | topology.behind_lids() | (topology.region("eyes") > 0.5)
    still |= topology.region("neck") > 0.5
    for neutral in neutrals[:3]:
        shapes = skin_shapes(topology, neutral.astype(float), 1)
        assert shapes.shape == (len(PUSHES), *neutral.shape)
        assert not shapes[:, still].any()
        assert 0.001 < np.linalg.norm(shapes, axis=2).max() < 0.008


def test_the_sides_share_the_midline(head):
    template = head.template.astype(float)
    middle = np.abs(template[:, 0]) < 1e-6
    left, right = (skin_shapes(head.topology, template, sign)[:, middle] for sign in (1, -1))
    np.testing.assert_allclose(left * (-1, 1, 1), right, atol=5e-5)


def test_a_squint_does_not_hold_closed_lids_up(rig, head, neutrals):
    """The lower lid of a closed eye rests, or it would cover the lashes."""
    for neutral in neutrals[:6]:
        plain, squinting = rig.deform(
            neutral, np.array([[0, 0, 0, 0, 0, 1], [0, 5, 5, 0, 0, 1]]), np.zeros((2, 6))
        ).astype(float)
        blink = head.topology.actions[head.topology.action_names.index("eyeBlinkLeft")].astype(float)
        eye = Eye.find(head.topology, "left", neutral.astype(float), blink)
        middle = eye.lower[3:-3]
        assert np.abs(plain - squinting)[middle].max() < 6e-4
        assert np.abs(neutral - plain)[middle, 1].max() < 1e-3
