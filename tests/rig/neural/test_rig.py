"""The neural rig as the stage uses it, on the open head and on a head like FLAME's."""

from dataclasses import replace

import numpy as np
import pytest
from made_heads import flame_like

from painctl.pain.sampling import draw_action_units, draw_asymmetry
from painctl.render.camera import portrait_camera
from painctl.render.rasterise_opencv import OpenCVRasteriser
from painctl.rig.blendshapes import BlendshapeRig
from painctl.rig.lids import NARROWEST, Eye
from painctl.rig.neural.rig import NeuralRig

EVEN = np.zeros((6, 6))


@pytest.fixture(scope="module")
def flame(head):
    """A topology with eyeballs as its only regions: (triangulation, `Topology`)."""
    triangulation = flame_like(head)
    names = ("eyes", "left_eye", "right_eye")
    count = len(triangulation.faces)
    topology = replace(
        head.topology,
        faces=triangulation.faces.astype(np.int32),
        uvs=np.zeros((triangulation.mixture.shape[0], 2), np.float32),
        uv_faces=triangulation.faces.astype(np.int32),
        region_names=names,
        regions=np.stack([triangulation(head.topology.region(name)[:, None])[:, 0] for name in names]).astype(
            np.float32
        ),
        landmark_faces=np.zeros(68, np.int32) + count - 1,
        action_names=(),
        actions=np.zeros((0, triangulation.mixture.shape[0], 3), np.float32),
    )
    return triangulation, topology


def visible_pixels(topology, neutral, face, region="eyes", yaw=0):
    """Pixels of a region in a picture of 512 x 512."""
    pixels = OpenCVRasteriser()(face.astype(np.float32), topology.faces, portrait_camera(neutral, 512, yaw))
    inside = (topology.region(region) > 0.5)[topology.faces].all(1)
    return int((inside[pixels.face] & pixels.mask).sum())


def test_no_units_give_the_neutral_exactly(head, flame, weights, held_out):
    triangulation, topology = flame
    for tested, neutral in ((head.topology, held_out[0]), (topology, triangulation(held_out[0]).astype(np.float32))):
        faces = NeuralRig(tested, weights).deform(neutral, np.zeros((2, 6), int), EVEN[:2])
        assert faces.dtype == np.float32
        np.testing.assert_array_equal(faces[0], neutral)


def test_eyeballs_do_not_move(head, flame, weights, held_out):
    triangulation, topology = flame
    for tested, neutral in ((head.topology, held_out[1]), (topology, triangulation(held_out[1]).astype(np.float32))):
        face = NeuralRig(tested, weights).deform(neutral, np.array([[5, 5, 5, 5, 5, 1]]), EVEN[:1])[0]
        still = tested.region("eyes") > 0.5
        np.testing.assert_array_equal(face[still], neutral[still])


def test_closed_lids_cover_the_open_heads_eyes(head, weights, held_out):
    units = np.array([[0, 0, 0, 0, 0, 1], [5, 5, 5, 5, 5, 1], [2, 1, 3, 0, 4, 1]])
    for neutral in held_out:
        rig = NeuralRig(head.topology, weights)
        assert visible_pixels(head.topology, neutral, neutral) > 200
        for face in rig.deform(neutral, units, EVEN[:3]):
            assert [visible_pixels(head.topology, neutral, face, yaw=yaw) for yaw in (-30, 0, 30)] == [0, 0, 0]


def test_margins_meet_or_stay_apart_on_the_open_head(head, weights, held_out):
    blink = head.topology.actions[head.topology.action_names.index("eyeBlinkLeft")].astype(float)
    for neutral in held_out:
        shut, squint = NeuralRig(head.topology, weights).deform(
            neutral, np.array([[0, 0, 0, 0, 0, 1], [0, 5, 5, 0, 0, 0]]), EVEN[:2]
        )
        eye = Eye.find(head.topology, "left", neutral.astype(float), blink)
        assert (np.abs(eye.gap(shut.astype(float)) + 0.0018) < 0.001).all()
        assert eye.gap(squint.astype(float)).max() > 0.99 * NARROWEST * eye.gap(neutral.astype(float)).max()


def test_lids_close_without_margins_in_the_topology(flame, weights, held_out):
    """Without the margins of the lids in the topology, the network closes the lids except for a slit."""
    triangulation, topology = flame
    for neutral in held_out:
        points = triangulation(neutral).astype(np.float32)
        face = NeuralRig(topology, weights).deform(points, np.array([[0, 0, 0, 0, 0, 1]]), EVEN[:1])[0]
        assert visible_pixels(topology, points, face) < 0.15 * visible_pixels(topology, points, points)


def test_faces_are_within_a_fraction_of_a_millimetre_of_the_open_rigs(head, weights, held_out):
    for seed, neutral in enumerate(held_out):
        units = draw_action_units(2000, seed, 6, 4, 16)
        asymmetry = draw_asymmetry(2000, seed, units)
        truth = BlendshapeRig(head.topology).deform(neutral, units, asymmetry)
        faces = NeuralRig(head.topology, weights).deform(neutral, units, asymmetry)
        error = np.linalg.norm(faces - truth, axis=2)
        assert error.mean() < 1.5e-4
        assert error.mean() < 0.15 * np.linalg.norm(truth - neutral, axis=2).mean()


def test_asymmetry_makes_one_side_act_more(head, weights, held_out):
    lopsided = np.zeros((1, 6))
    lopsided[0, 0] = 0.15
    face = NeuralRig(head.topology, weights).deform(held_out[0], np.array([[4, 0, 0, 0, 0, 0]]), lopsided)[0]
    moved = np.linalg.norm(face - held_out[0], axis=1)
    left, right = moved[held_out[0][:, 0] > 0.01].sum(), moved[held_out[0][:, 0] < -0.01].sum()
    assert 1.2 < left / right < 1.5  # 1.15 / 0.85 = 1.35


def test_an_expression_does_not_depend_on_others_in_its_batch(head, weights, held_out):
    units = np.array([[3, 2, 1, 4, 0, 1], [0, 0, 5, 0, 5, 0]])
    rig = NeuralRig(head.topology, weights)
    together = rig.deform(held_out[3], units, EVEN[:2])
    np.testing.assert_allclose(together[1], rig.deform(held_out[3], units[1:], EVEN[:1])[0], atol=2e-7)


def test_an_alignment_is_reported(flame, weights, held_out):
    triangulation, topology = flame
    points = triangulation(held_out[0]).astype(np.float32)
    lines = []
    NeuralRig(topology, weights, lines.append).deform(points, np.zeros((1, 6), int), EVEN[:1])
    assert lines == []
    NeuralRig(topology, weights, lines.append).deform(
        1000 * points[:, [2, 1, 0]] * (1, 1, -1), np.zeros((1, 6), int), EVEN[:1]
    )
    assert len(lines) == 1
    assert lines[0].startswith("aligned a head that was rotated by yaw")
    assert lines[0].endswith("in millimetres")
