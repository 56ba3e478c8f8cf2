import numpy as np
import pytest
from made_heads import both_sides

from painctl.face.jaw import Jaw
from painctl.pain.action_units import ACTION_UNITS
from painctl.rig.blendshapes import BlendshapeRig

INCISORS = np.array([0, -0.07, 0.02])  # about where the lower incisors are


@pytest.fixture(scope="module")
def moved(head):
    """How far the jaw's motion carries the incisors, [3], and its angle in degrees, for units and actions."""
    neutral = head.template.astype(np.float32)
    rig, jaw = BlendshapeRig(head.topology), Jaw.of(head.topology, neutral)
    names = head.topology.action_names

    def moved(units=(0,) * 6, **actions):
        face = rig.deform(neutral, np.array([units]), np.zeros((1, 6)), both_sides(names, **actions))[0]
        rotation, shift = jaw.motion(face)
        return rotation @ INCISORS + shift - INCISORS, np.degrees(np.arccos(min(1, (np.trace(rotation) - 1) / 2)))

    return moved


def test_the_jaw_opens_by_turning_about_an_axis_near_the_ears(moved):
    """At most it opens by 30 degrees or so, and the incisors go down and back."""
    (x, y, z), degrees = moved(jawOpen=1.0)
    assert 20 < degrees < 35
    assert abs(x) < 0.001
    assert -0.035 < y < -0.018
    assert -0.02 < z < -0.004


def test_it_goes_where_it_is_sent(moved):
    assert moved(jawLeft=1.0)[0][0] > 0.004
    assert moved(jawRight=1.0)[0][0] < -0.004
    assert moved(jawForward=1.0)[0][2] > 0.004


@pytest.mark.parametrize(
    "action",
    ["mouthSmile", "mouthFunnel", "mouthPucker", "mouthLowerDown", "mouthShrugLower", "mouthRollLower", "tongueOut"],
)
def test_the_lips_and_tongue_do_not_move_it(moved, action):
    assert np.abs(moved(**{action: 1.0})[0]).max() < 0.001


def test_the_six_units_do_not_move_it(moved):
    for unit in range(len(ACTION_UNITS)):
        units = [0] * 6
        units[unit] = 1 if ACTION_UNITS[unit] == "AU43" else 5
        assert np.abs(moved(units)[0]).max() < 0.0005


def test_without_an_action_that_opens_it_the_jaw_is_still(head):
    from dataclasses import replace

    kept = [row for row, name in enumerate(head.topology.action_names) if name != "jawOpen"]
    names = tuple(head.topology.action_names[row] for row in kept)
    topology = replace(head.topology, action_names=names, actions=head.topology.actions[kept])
    opened = head.template + head.topology.actions[head.topology.action_names.index("jawOpen")]
    rotation, shift = Jaw.of(topology, head.template).motion(opened)
    np.testing.assert_array_equal(rotation, np.eye(3))
    np.testing.assert_array_equal(shift, 0)
