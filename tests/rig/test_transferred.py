"""The rigs on a FLAME head, whose actions come from the open head: they behave as on the open head."""

import cv2
import numpy as np
import pytest
from made_heads import flame_layout_head

from painctl.face.demographics import assign, load_demographics
from painctl.face.identity import draw_identity
from painctl.pain.other_actions import activations
from painctl.pain.sampling import draw_action_units, draw_asymmetry
from painctl.render.camera import portrait_camera
from painctl.render.rasterise_opencv import OpenCVRasteriser
from painctl.rig.blendshapes import BlendshapeRig
from painctl.rig.lids import NARROWEST, Eye
from painctl.rig.neural.rig import NeuralRig
from painctl.rig.neural.source_rig import people
from painctl.rig.neural.weights import read, shipped


@pytest.fixture(scope="module")
def rig(flame):
    return BlendshapeRig(flame.topology)


@pytest.fixture(scope="module")
def faces(flame):
    groups = assign(load_demographics("balanced"), 6, 5)
    return [flame.neutral(draw_identity(flame, 5, i, *group).coefficients) for i, group in enumerate(groups)]


def visible_pixels(flame, neutral, face, yaw=0, pitch=0, region="eyes"):
    raster = OpenCVRasteriser()(face, flame.topology.faces, portrait_camera(neutral, 512, yaw, pitch))
    inside = (flame.topology.region(region) > 0)[flame.topology.faces].all(1)
    return int((inside[raster.face] & raster.mask).sum())


def test_closed_lids_cover_the_eyeballs(flame, rig, faces):
    for number, neutral in enumerate(faces):
        assert visible_pixels(flame, neutral, neutral) > 200
        drawn = np.array([[*draw_action_units(5, number, 1)[0][:5], 1], [5, 5, 5, 5, 5, 1]])
        for face in rig.deform(neutral, drawn, draw_asymmetry(5, number, drawn)):
            for yaw, pitch in ((-30, 0), (0, 0), (30, 0), (0, 20)):
                assert visible_pixels(flame, neutral, face, yaw, pitch) == 0
                assert visible_pixels(flame, neutral, face, yaw, pitch, "sockets") == 0


def test_squinting_narrows_the_eye_and_leaves_it_open(flame, rig, faces):
    units = np.array([[0, 0, 2, 0, 0, 0], [0, 0, 5, 0, 0, 0], [5, 5, 5, 5, 5, 0]])
    for neutral in faces:
        start = visible_pixels(flame, neutral, neutral)
        areas = [visible_pixels(flame, neutral, face) for face in rig.deform(neutral, units, np.zeros((3, 6)))]
        assert start > areas[0] > areas[1] > 0.15 * start
        assert areas[2] > 0.1 * start


def test_margins_meet_and_part(flame, rig, faces):
    topology = flame.topology
    for neutral in faces:
        shut, squint = rig.deform(neutral, np.array([[0, 0, 0, 0, 0, 1], [5, 5, 5, 5, 5, 0]]), np.zeros((2, 6)))
        for side in ("left", "right"):
            blink = topology.actions[topology.action_names.index(f"eyeBlink{side.capitalize()}")].astype(float)
            eye = Eye.find(topology, side, neutral.astype(float), blink)
            assert (np.abs(eye.gap(shut.astype(float)) + 0.0018) < 0.001).all()  # the upper over the lower
            widest = eye.gap(neutral.astype(float)).max()
            assert eye.gap(squint.astype(float)).max() > 0.99 * NARROWEST * widest


def test_without_units_the_face_is_the_neutral_and_more_intensity_moves_it_farther(flame, rig, faces):
    for neutral in faces[:3]:
        for unit in range(5):
            units = np.zeros((6, 6), int)
            units[:, unit] = range(6)
            moved = np.linalg.norm(rig.deform(neutral, units, np.zeros((6, 6))) - neutral, axis=2)
            assert moved[0].max() == 0
            assert (np.diff(moved.max(1)) > 7e-4).all()
            assert 0.004 < moved[5].max() < 0.016


def test_no_hole_opens_between_parted_lips(flame, rig, faces):
    for neutral in faces:
        face = rig.deform(neutral, np.array([[0, 0, 0, 5, 5, 0]]), np.zeros((1, 6)))[0]
        for yaw, pitch in ((0, 0), (30, 0), (0, 20)):
            raster = OpenCVRasteriser()(face, flame.topology.faces, portrait_camera(neutral, 256, yaw, pitch))
            _, tree = cv2.findContours(raster.mask.astype(np.uint8), cv2.RETR_CCOMP, cv2.CHAIN_APPROX_NONE)
            assert (tree[0, :, 3] == -1).all()


def test_other_actions_move_flame_heads_too(flame, rig, faces):
    """Smiles, jaws and gaze come from the open head as the units do; closed lids stay closed, and no hole opens."""
    topology = flame.topology
    smile, yawn, busy = (
        activations(dict.fromkeys(names, 1.0), topology.action_names)
        for names in (("smile",), ("yawn",), ("laugh", "wide", "look-left"))
    )
    for neutral in faces[:3]:
        smiling, yawning, closed = rig.deform(
            neutral, np.array([[0] * 6, [0] * 6, [5, 5, 5, 5, 5, 1]]), np.zeros((3, 6)), np.stack([smile, yawn, busy])
        )
        rest = topology.landmarks(neutral)
        assert (topology.landmarks(smiling)[[48, 54], 1] - rest[[48, 54], 1] > 0.002).all()
        assert topology.landmarks(yawning)[8, 1] - rest[8, 1] < -0.012
        assert [visible_pixels(flame, neutral, closed, yaw) for yaw in (-45, 0, 45)] == [0, 0, 0]
        raster = OpenCVRasteriser()(yawning, topology.faces, portrait_camera(neutral, 256))
        _, tree = cv2.findContours(raster.mask.astype(np.uint8), cv2.RETR_CCOMP, cv2.CHAIN_APPROX_NONE)
        assert (tree[0, :, 3] == -1).all()


@pytest.fixture(scope="module")
def neural(flame):
    """The bundled weights on the same head."""
    return NeuralRig(flame.topology, read(shipped()))


def test_the_neural_rig_is_closer_to_the_open_head_than_transferred_actions(flame, rig, neural, head):
    """The skin of this head is the open head's own, so its true displacements are available, except on the sockets."""
    triangulation = flame_layout_head(head, flame.topology.faces)
    (neutral,) = people(head, 1, 1000)
    units, even = np.diag([5, 5, 5, 5, 5, 1]), np.zeros((6, 6))
    displacements = BlendshapeRig(head.topology).deform(neutral, units, even) - neutral
    truth = np.stack([triangulation(field) for field in displacements])
    points = triangulation(neutral).astype(np.float32)
    skin = (triangulation.mixture.max(1).toarray()[:, 0] == 1) & (np.linalg.norm(truth, axis=2).max(0) > 2e-5)
    transferred, learned = (
        np.linalg.norm((engine.deform(points, units, even) - points - truth)[:, skin], axis=2).sum(1)
        / np.linalg.norm(truth[:, skin], axis=2).sum(1)
        for engine in (rig, neural)
    )
    assert (learned[:5] < 0.12).all()
    assert learned[5] < 0.15
    assert (learned < 0.6 * transferred).all()


def test_the_neural_rig_adds_the_heads_own_actions(flame, rig, neural, faces):
    laugh = activations({"laugh": 1.0, "look-down": 1.0}, flame.topology.action_names)[None]
    none, even = np.zeros((1, 6), int), np.zeros((1, 6))
    by_network, by_shapes = (engine.deform(faces[0], none, even, laugh)[0] for engine in (neural, rig))
    np.testing.assert_allclose(by_network, by_shapes, atol=1e-5)
    assert np.linalg.norm(by_network - faces[0], axis=1).max() > 0.01


def test_the_neural_rig_closes_lids_over_eyeballs_that_do_not_move(flame, neural, faces):
    still = flame.topology.region("eyes") > 0
    for neutral in faces[:2]:
        shut = neural.deform(neutral, np.array([[0, 0, 0, 0, 0, 1], [5, 5, 5, 5, 5, 1]]), np.zeros((2, 6)))
        np.testing.assert_array_equal(shut[:, still], np.tile(neutral[still], (2, 1, 1)))
        for face in shut:
            assert [visible_pixels(flame, neutral, face, yaw) for yaw in (-30, 0, 30)] == [0, 0, 0]
