"""Folds of facial actions beside the six units: where they are, how deep, and how they go together with the units'."""

from dataclasses import replace

import numpy as np
import pytest

from painctl.appearance.other_folds import fold_shares
from painctl.appearance.texels import texels
from painctl.appearance.wrinkles import SIZE, Wrinkles
from painctl.pain.action_units import ACTION_UNITS
from painctl.pain.other_actions import activations

EVEN, NONE, AU10 = np.zeros(6), np.zeros(6, int), np.array([0, 0, 0, 0, 4, 0])
FOLDED = ("smile", "corners-down", "chin-up", "pucker", "brows-up", "worried")
VISIBLE = 1e-4  # metres


@pytest.fixture(scope="module")
def wrinkles(head, person, neutral):
    return Wrinkles.of(person, head.topology, neutral, others=True)


@pytest.fixture(scope="module")
def positions(head, neutral, wrinkles):
    """Position of each texel of the wrinkles on the neutral head, [H, W, 3], metres."""
    height, width = wrinkles.side.shape
    picture = texels(head.topology, SIZE).picture(texels(head.topology, SIZE).interpolate(neutral))
    return picture[wrinkles.top : wrinkles.top + height, wrinkles.left : wrinkles.left + width]


@pytest.fixture(scope="module")
def shares(head):
    def shares(**strengths):
        names = head.topology.action_names
        return fold_shares(activations({k.replace("_", "-"): v for k, v in strengths.items()}, names), names)

    return shares


def of(shares, action, strength=1.0):
    return shares(**{action.replace("-", "_"): strength})


def test_an_action_folds_the_skin_where_it_acts_and_nowhere_else(wrinkles, positions, landmarks, shares):
    brows, lips, nose, chin = landmarks[17:27, 1].min(), landmarks[48:60, 1], landmarks[27, 1], landmarks[8, 1]
    for action in FOLDED:
        folded = positions[np.abs(wrinkles.height(NONE, EVEN, of(shares, action))) > VISIBLE][:, 1]
        assert len(folded) > 100, action
        low, high = {
            "brows-up": (brows, np.inf),
            "worried": (brows, np.inf),
            "smile": (lips.mean() - 0.035, nose),
            "pucker": (lips.min() - 0.012, lips.max() + 0.012),
            "corners-down": (chin - 0.01, lips.max() + 0.012),
            "chin-up": (chin - 0.02, lips.mean()),
        }[action]
        assert low < folded.min(), action
        assert folded.max() < high, action


def test_worried_brows_line_the_middle_of_the_forehead_and_raised_ones_all_of_it(wrinkles, positions, shares):
    x = {
        action: np.abs(positions[np.abs(wrinkles.height(NONE, EVEN, of(shares, action))) > VISIBLE][:, 0]).max()
        for action in ("worried", "brows-up")
    }
    assert x["worried"] < 0.8 * x["brows-up"]


@pytest.mark.parametrize("action", FOLDED)
def test_folds_deepen_with_strength_on_both_sides(wrinkles, positions, shares, action):
    heights = np.stack([wrinkles.height(NONE, EVEN, of(shares, action, s)) for s in (0.25, 0.5, 1.0)])
    for side in (positions[..., 0] < -0.004, positions[..., 0] > 0.004):
        deepest = -heights[:, side].min(axis=1)
        np.testing.assert_allclose(deepest, deepest[2] * np.array((0.25, 0.5, 1.0)), rtol=0.01)
        assert 2e-4 < deepest[2] < 2e-3


@pytest.mark.parametrize("action", FOLDED)
def test_folds_are_deeper_in_the_elderly(head, person, neutral, shares, action):
    young, old = (Wrinkles.of(replace(person, age=age), head.topology, neutral, others=True) for age in (22.0, 80.0))
    of_action = of(shares, action)
    assert old.height(NONE, EVEN, of_action).min() < 1.15 * young.height(NONE, EVEN, of_action).min()


def test_a_smile_of_one_side_folds_that_side(wrinkles, positions):
    height = np.abs(wrinkles.height(NONE, EVEN, fold_shares(np.array([0.9]), ["mouthSmileLeft"])))
    assert height[positions[..., 0] > 0.004].max() > 5e-4
    assert height[positions[..., 0] < -0.004].max() == 0


def test_actions_without_folds_of_their_own_leave_the_skin_alone(wrinkles, shares):
    for action in ("lips-part", "jaw-drop", "yawn", "wide", "look-left", "look-down", "puff"):
        assert not of(shares, action).any(), action
    for units in (NONE, AU10):
        plain, beside = wrinkles.creases(units, EVEN), wrinkles.creases(units, EVEN, of(shares, "jaw-drop"))
        assert plain.picture.tobytes() == beside.picture.tobytes()


def test_units_fold_the_same_whether_or_not_other_folds_are_made(head, person, neutral, wrinkles):
    plain = Wrinkles.of(person, head.topology, neutral)
    for unit in range(len(ACTION_UNITS) - 1):
        units = np.eye(6, dtype=int)[unit] * 5
        assert plain.creases(units, EVEN).picture.tobytes() == wrinkles.creases(units, EVEN).picture.tobytes()


def test_where_a_smile_and_au10_fold_the_same_skin_they_do_not_add_up(wrinkles, shares):
    """Valleys are deeper than either's, and less deep than their sum. The flush is the unit's alone."""
    smile = of(shares, "smile")
    one, other, both = (wrinkles.height(*a) for a in ((AU10, EVEN), (NONE, EVEN, smile), (AU10, EVEN, smile)))
    shared = (one < -1e-4) & (other < -1e-4)
    assert shared.sum() > 50
    assert (both[shared] < np.minimum(one, other)[shared]).all()
    assert (both[shared] > (one + other)[shared]).all()
    flush = [wrinkles.creases(AU10, EVEN, others).picture[..., 3].tobytes() for others in (None, smile)]
    assert flush[0] == flush[1]
