"""Occluders in pictures: what they hide, and that they change no other label."""

import cv2
import numpy as np
import pytest

from painctl.appearance.occluders.kinds import KINDS, put_on, set_up
from painctl.appearance.occluders.wearer import Wearer
from painctl.face.demographics import assign, load_demographics
from painctl.face.identity import draw_identity
from painctl.render.camera import portrait_camera
from painctl.render.frame import MASK_HEAD, render_frame
from painctl.render.outfit import outfit
from painctl.render.rasterise_opencv import OpenCVRasteriser
from painctl.render.scene import draw_scene
from painctl.render.subject import Subject

SIZE = 160
PRESSING = ("bandage", "cap", "headscarf")  # they move hair beside them


@pytest.fixture(scope="module")
def shoot(head, plain):
    """A function that renders a person wearing the objects of some names."""
    groups = assign(load_demographics("balanced"), 24, 5)
    made = {}

    def shoot(number, names, yaw=0.0, pitch=0.0, roll=0.0):
        if number not in made:
            person = draw_identity(head, 5, number, *groups[number])
            neutral = head.neutral(person.coefficients)
            made[number] = (
                person,
                neutral,
                Subject(head.topology, plain(), neutral, outfit(person, head.topology, neutral)),
            )
        person, neutral, subject = made[number]
        wearer = Wearer(person, head.topology, neutral, neutral, subject.skin)
        camera = portrait_camera(neutral, SIZE, yaw, pitch, roll)
        heat = head.topology.region("face")
        occluders = [*put_on(wearer, names), *set_up(wearer, camera, names)]
        scene = draw_scene(5, number, "view")
        return render_frame(
            subject, neutral, heat, camera, scene=scene, rasteriser=OpenCVRasteriser(), occluders=occluders
        )

    return shoot


@pytest.mark.parametrize("name", KINDS)
def test_a_mask_covers_exactly_what_an_occluder_hides(shoot, name):
    for number, yaw in ((4, 0.0), (7, 35.0)):
        bare, worn = shoot(number, [], yaw), shoot(number, [name], yaw)
        here = worn.mask == KINDS[name].value
        if name == "fringe" and not here.any():
            continue
        assert here.any()
        elsewhere = ~here
        if name not in PRESSING:
            np.testing.assert_array_equal(worn.mask[elsewhere], bare.mask[elsewhere])
        else:  # where hair was pressed away, what was behind it is visible
            changed = elsewhere & (worn.mask != bare.mask)
            assert set(np.unique(np.stack([worn.mask, bare.mask])[:, changed])) <= {0, 128, MASK_HEAD}
            assert ((bare.mask == 128) | (worn.mask == 128))[changed].all()
        np.testing.assert_array_equal(worn.heat, bare.heat)
        np.testing.assert_array_equal(worn.landmarks, bare.landmarks)


@pytest.mark.parametrize("name", ["mask", "sunglasses", "headscarf", "pillow"])
def test_what_is_hidden_looks_different(shoot, name):
    bare, worn = shoot(4, []), shoot(4, [name])
    here = cv2.erode((worn.mask == KINDS[name].value).astype(np.uint8), np.ones((3, 3))) > 0
    changed = np.abs(worn.image[here].astype(int) - bare.image[here]).max(1) > 2
    assert changed.mean() > 0.97


@pytest.mark.parametrize("number", [1, 4, 7, 12])
def test_a_face_hides_only_what_is_turned_away(shoot, number):
    """Its lids lie in folds, but are in sight."""
    jaw, near_eye, far_jaw = range(2, 15), range(36, 42), range(14, 17)
    front, turned = (shoot(number, [], yaw).landmarks_visible for yaw in (0.0, 35.0))
    assert front[[*jaw, *range(27, 60)]].all()
    assert turned[[*near_eye, *range(27, 34)]].mean() > 0.9
    assert not turned[[*far_jaw]].any()


def test_landmarks_under_occluders_are_hidden(shoot):
    bare = shoot(4, []).landmarks_visible
    for name, hidden, visible in (
        ("mask", range(48, 68), range(36, 48)),
        ("sunglasses", range(36, 48), range(48, 68)),
        ("chin-mask", (7, 8, 9), range(36, 48)),
        ("glasses", (), range(48, 68)),
        ("oxygen-mask", (), range(36, 48)),
        ("bed-rail", (), range(36, 48)),
    ):
        frame = shoot(4, [name])
        assert not frame.landmarks_visible[list(hidden)].any(), name
        np.testing.assert_array_equal(frame.landmarks_visible[list(visible)], bare[list(visible)])
        columns, rows = frame.landmarks.astype(int).T
        under = np.isin(frame.mask[rows, columns], [kind.value for kind in KINDS.values()])
        np.testing.assert_array_equal(frame.landmarks_visible, bare & ~under)


def test_clear_lenses_hide_nothing_and_dark_ones_do(shoot):
    clear, dark = shoot(4, ["glasses"]), shoot(4, ["sunglasses"])
    assert clear.landmarks_visible[36:48].sum() >= 10  # a rim may cross a corner of an eye
    assert not dark.landmarks_visible[36:48].any()
    assert (dark.mask == KINDS["sunglasses"].value).sum() > 2 * (clear.mask == KINDS["glasses"].value).sum()


def test_the_face_is_visible_through_an_oxygen_mask(shoot):
    bare, worn = shoot(4, []), shoot(4, ["oxygen-mask"])
    assert worn.landmarks_visible[48:68].sum() >= 6
    seen = (worn.mask == MASK_HEAD) & (np.abs(worn.image.astype(int) - bare.image).max(2) > 2)
    assert seen.sum() > 100  # changed by the shell, and yet the head


def test_cloth_has_no_holes(shoot):
    for number in (4, 7, 10):
        for name in ("mask", "cap", "bandage"):
            mask = shoot(number, [name]).mask
            cloth = (mask == KINDS[name].value).astype(np.uint8)
            outside = np.pad(1 - cloth, 1, constant_values=1)
            cv2.floodFill(outside, None, (0, 0), 2)
            holes = (outside[1:-1, 1:-1] == 1) & (mask == MASK_HEAD)
            parts, *_, areas = (
                *cv2.connectedComponentsWithStats(holes.astype(np.uint8))[:1],
                cv2.connectedComponentsWithStats(holes.astype(np.uint8))[2][:, cv2.CC_STAT_AREA],
            )
            # loops and bands enclose skin in large pieces; a hole in the cloth is small
            assert not any(area < 12 for area in areas[1:parts]), (name, number)


def test_several_occluders_each_have_their_value(shoot):
    worn = shoot(4, ["glasses", "mask", "pillow"])
    assert {KINDS[name].value for name in ("glasses", "mask", "pillow")} <= set(np.unique(worn.mask).tolist())


@pytest.mark.parametrize(
    ("yaw", "pitch", "roll"),
    [(90, 0, 0), (0, 90, 0), (0, -90, 0), (0, 0, 90), (0, 0, -90), (90, 90, 90), (-90, 45, -90)],
)
def test_extreme_angles_are_rendered(shoot, yaw, pitch, roll):
    frame = shoot(4, ["glasses", "cannula", "pillow", "bed-rail", "monitor"], yaw, pitch, roll)
    assert frame.image.std() > 5


def test_roll_turns_the_picture_of_the_head(shoot):
    upright, rolled = shoot(4, []), shoot(4, [], roll=90.0)
    turned = cv2.rotate(upright.mask, cv2.ROTATE_90_CLOCKWISE)
    assert ((turned == MASK_HEAD) == (rolled.mask == MASK_HEAD)).mean() > 0.98
    eyes, mouth = rolled.landmarks[36:48].mean(0), rolled.landmarks[48:68].mean(0)
    assert eyes[0] > mouth[0] + 20  # the top of the head is on the right, at its own left
    assert abs(eyes[1] - mouth[1]) < 8


def test_a_monitor_lights_the_side_that_it_is_on(shoot):
    for number in (4, 7, 10):
        bare, lit = shoot(number, []), shoot(number, ["monitor"])
        column = np.argwhere(lit.mask == KINDS["monitor"].value)[:, 1].mean()
        skin = (bare.mask == MASK_HEAD) & (lit.mask == MASK_HEAD)
        gain = np.where(skin, lit.image[..., 2].astype(int) - bare.image[..., 2], 0)
        left, right = gain[:, : SIZE // 2].sum(), gain[:, SIZE // 2 :].sum()
        assert (right > left) == (column > SIZE / 2)
