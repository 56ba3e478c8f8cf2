import numpy as np
import pytest

from painctl.face.demographics import assign, load_demographics
from painctl.face.identity import draw_identity
from painctl.pain.other_actions import activations
from painctl.pain.sampling import draw_action_units, draw_asymmetry
from painctl.pain.vocabulary import OTHER_ACTIONS
from painctl.render.camera import portrait_camera
from painctl.render.rasterise_opencv import OpenCVRasteriser
from painctl.rig.blendshapes import BlendshapeRig
from painctl.rig.lids import NARROWEST, Eye
from painctl.runs.draws import draws

NOTHING = np.zeros((1, 6))


@pytest.fixture(scope="module")
def rig(head):
    return BlendshapeRig(head.topology)


def eyes_of(head, neutral):
    for side in ("left", "right"):
        blink = head.topology.actions[head.topology.action_names.index(f"eyeBlink{side.capitalize()}")]
        yield Eye.find(head.topology, side, neutral.astype(float), blink.astype(float))


def visible_pixels(head, neutral, face, yaw=0, pitch=0, region="eyes"):
    """Number of visible pixels of a region at 512 x 512."""
    raster = OpenCVRasteriser()(face, head.topology.faces, portrait_camera(neutral, 512, yaw, pitch))
    inside = (head.topology.region(region) > 0)[head.topology.faces].all(1)
    return int((inside[raster.face] & raster.mask).sum())


def test_closed_lids_cover_the_eyeballs(head, rig, neutrals):
    units = np.array([[0, 0, 0, 0, 0, 1], [5, 5, 5, 5, 5, 1], [2, 1, 3, 0, 4, 1]])
    for neutral in neutrals:
        assert visible_pixels(head, neutral, neutral) > 200
        for face in rig.deform(neutral, units, np.zeros((3, 6))):
            for yaw, pitch in ((-30, 0), (0, 0), (30, 0), (0, 20)):
                assert visible_pixels(head, neutral, face, yaw, pitch) == 0
                assert visible_pixels(head, neutral, face, yaw, pitch, "sockets") <= 2  # the fold at the eye's corner


def test_closed_lids_cover_the_eyeballs_of_many_people(head, rig):
    """Fifty seeds, drawn action units, four other actions at full strength: no visible pixel of an eyeball."""
    groups = assign(load_demographics("balanced"), 24, 0)
    for seed in range(50):
        neutral = head.neutral(draw_identity(head, seed, seed, *groups[seed % 24]).coefficients)
        drawn = draw_action_units(seed, seed, 12)
        units = np.array([[*drawn[-1][:5], 1]])
        names = draws(seed, seed, "test").choice(list(OTHER_ACTIONS), 4, replace=False).tolist()
        others = activations(dict.fromkeys(names, 1.0), head.topology.action_names)
        face = rig.deform(neutral, units, draw_asymmetry(seed, seed, units), others[None])[0]
        for yaw in (-45, -30, 0, 30, 45):
            uncovered = visible_pixels(head, neutral, face, yaw)
            assert uncovered == 0, f"seed {seed}, units {units[0]}, {names}, yaw {yaw}"


@pytest.mark.parametrize("names", [("wide", "look-up"), ("wide", "look-left"), ("look-down", "smile"), ("yawn",)])
def test_open_lids_show_no_socket_whatever_else_the_face_does(head, rig, neutrals, names):
    others = activations(dict.fromkeys(names, 1.0), head.topology.action_names)[None]
    for neutral in neutrals[::3]:
        face = rig.deform(neutral, np.zeros((1, 6), int), NOTHING, others)[0]
        assert visible_pixels(head, neutral, face) > 80
        for yaw in (-45, 0, 45):
            assert visible_pixels(head, neutral, face, yaw, region="sockets") <= 5


def test_squinting_narrows_the_eye_and_leaves_it_open(head, rig, neutrals):
    units = np.array([[0, 0, 2, 0, 0, 0], [0, 0, 5, 0, 0, 0], [0, 5, 5, 0, 0, 0], [5, 5, 5, 5, 5, 0]])
    for neutral in neutrals[:8]:
        area = [visible_pixels(head, neutral, face) for face in rig.deform(neutral, units, np.zeros((4, 6)))]
        start = visible_pixels(head, neutral, neutral)
        assert start > area[0] > area[1] > 0.15 * start
        assert area[1] < 0.6 * start
        assert area[2] > 0.15 * start
        assert area[3] > 0.1 * start


def test_squinting_turns_no_skin_inside_out(head, rig, neutrals):
    faces = head.topology.faces
    for neutral in neutrals[:8]:
        face = rig.deform(neutral, np.array([[5, 5, 5, 5, 5, 0]]), NOTHING)[0].astype(float)
        camera = portrait_camera(neutral, 512)
        corners = face[faces]
        normal = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
        eye = -camera.extrinsics[:3, :3].T @ camera.extrinsics[:3, 3]
        away = ((eye - corners.mean(1)) * normal).sum(1) < 0
        raster = OpenCVRasteriser()(face.astype(np.float32), faces, camera)
        assert (away[raster.face] & raster.mask).sum() <= 20  # of 150,000


def test_margins_meet_where_the_eye_is_closed_and_never_cross_where_it_is_open(head, rig, neutrals):
    units = np.array([[0, 0, 0, 0, 0, 1], [5, 5, 5, 5, 5, 1], [0, 5, 5, 0, 0, 0], [5, 5, 5, 5, 5, 0]])
    for neutral in neutrals:
        shut, all_shut, squint, all_open = rig.deform(neutral, units, np.zeros((4, 6))).astype(float)
        for eye in eyes_of(head, neutral):
            for face in (shut, all_shut):
                # the upper over the lower, by the thickness of a lid's edge
                assert (np.abs(eye.gap(face) + 0.0018) < 0.001).all()
            for face in (squint, all_open):
                assert (eye.gap(face) > -4e-4).all()  # the corners fold by as much
                assert eye.gap(face).max() > 0.99 * NARROWEST * eye.gap(neutral.astype(float)).max()


def test_units_below_the_eyes_do_not_move_the_lids(head, rig, neutrals):
    for neutral in neutrals[:6]:
        face = rig.deform(neutral, np.array([[0, 0, 0, 0, 5, 0]]), NOTHING)[0]
        for eye in eyes_of(head, neutral):
            lids = np.concatenate([eye.upper, eye.lower])
            np.testing.assert_array_equal(face[lids], neutral[lids])


def test_margins_belong_to_their_own_eye(head, neutrals):
    for neutral in neutrals:
        left, right = eyes_of(head, neutral)
        for eye, sign in ((left, 1), (right, -1)):
            margin = np.concatenate([eye.upper, eye.lower])
            centre = neutral[eye.ball].mean(0)
            assert (sign * neutral[margin, 0] > 0).all()
            assert len(set(margin)) == len(margin) == 28
            assert np.linalg.norm(neutral[margin] - centre, axis=1).max() < 0.025
            assert (eye.gap(neutral.astype(float)) > 0).all()


def test_the_upper_lid_does_most_of_the_closing(head, rig, neutrals):
    for neutral in neutrals[:6]:
        face = rig.deform(neutral, np.array([[0, 0, 0, 0, 0, 1]]), NOTHING)[0]
        for eye in eyes_of(head, neutral):
            down = (neutral - face)[eye.upper, 1].max()
            up = (face - neutral)[eye.lower, 1].max()
            assert down > 3 * up > 0.001


def test_a_squint_reaches_as_far_as_the_eye_is_open(head, neutrals):
    squint = head.topology.actions[head.topology.action_names.index("eyeSquintLeft")].astype(float)
    for neutral in neutrals[:6]:
        eye = next(eyes_of(head, neutral))
        assert eye.reach(0.01 * squint) == 1
        assert eye.reach(20 * squint) == pytest.approx(eye.reach(10 * squint) / 2)


def test_the_smallest_eyes_squint_in_even_steps(head, rig, neutrals):
    units = np.zeros((6, 6), int)
    units[:, 2] = range(6)
    neutral = min(neutrals, key=lambda v: next(eyes_of(head, v)).gap(v.astype(float)).max())
    eye = next(eyes_of(head, neutral))
    gap = np.array([eye.gap(face.astype(float)).max() for face in rig.deform(neutral, units, np.zeros((6, 6)))])
    assert np.ptp(np.diff(gap)) < 0.3 * (gap[0] - gap[5]) / 5
