import numpy as np

from painctl.render.camera import portrait_camera
from painctl.render.rasterise import rasteriser
from painctl.rig.blendshapes import BlendshapeRig
from painctl.rig.lids import NARROWEST, Eye


def seen_of(head, neutral, face, yaw=0, region="eyes"):
    """Pixels of a region in a picture of 512 x 512."""
    seen = rasteriser("opencv")(face, head.topology.faces, portrait_camera(neutral, 512, yaw))
    inside = (head.topology.region(region) > 0)[head.topology.faces].all(1)
    return int((inside[seen.face] & seen.mask).sum())


def test_closed_lids_cover_the_eyeballs(head, neutrals):
    units = np.array([[0, 0, 0, 0, 0, 1], [5, 5, 5, 5, 5, 1], [2, 1, 3, 0, 4, 1]])
    rig = BlendshapeRig(head.topology)
    for neutral in neutrals:
        open_eyes = seen_of(head, neutral, neutral)
        assert open_eyes > 200
        for face in rig.deform(neutral, units, np.zeros((3, 6))):
            for yaw in (-30, 0, 30):
                assert seen_of(head, neutral, face, yaw) <= 0.015 * open_eyes
                assert seen_of(head, neutral, face, yaw, "sockets") <= 0.015 * open_eyes


def test_squinting_narrows_the_eye_and_leaves_it_open(head, neutrals):
    units = np.array([[0, 0, 2, 0, 0, 0], [0, 0, 5, 0, 0, 0], [0, 5, 5, 0, 0, 0]])
    rig = BlendshapeRig(head.topology)
    for neutral in neutrals[:8]:
        area = [seen_of(head, neutral, face) for face in rig.deform(neutral, units, np.zeros((3, 6)))]
        start = seen_of(head, neutral, neutral)
        assert start > area[0] > area[1] >= area[2] > 0.1 * start


def test_the_gap_is_what_was_asked_for(head, neutrals):
    units = np.array([[0, 5, 5, 0, 0, 0]])
    for neutral in neutrals[:8]:
        face = BlendshapeRig(head.topology).deform(neutral, units, np.zeros((1, 6)))[0].astype(float)
        for side in ("Left", "Right"):
            eye = Eye.find(head.topology, side, neutral.astype(float))
            before, after = eye.gap(neutral.astype(float)), eye.gap(face)
            assert (after > 0.5 * NARROWEST * before).all()


def test_both_eyes_are_alike(head):
    left, right = (Eye.find(head.topology, side, head.template.astype(float)) for side in ("Left", "Right"))
    assert len(left.upper) == len(right.upper)
    assert len(left.lower) == len(right.lower)
    assert set(left.skin).isdisjoint(right.skin)
    assert (head.template[left.upper, 0] > 0).all()
