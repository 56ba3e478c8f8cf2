import numpy as np
import torch

from painctl.pain.action_units import ACTION_UNITS
from painctl.rig.blendshapes import _together
from painctl.rig.neural.vocabulary import FIELDS, UNITS, VOCABULARIES, added, shared


def test_controls_are_the_units_left_and_right():
    assert [control.split()[0] for control in UNITS[::2]] == list(ACTION_UNITS)
    assert [control.split()[1] for control in UNITS[:2]] == ["left", "right"]


def test_units_that_share_the_skin_follow_the_open_rigs_rule():
    rng = np.random.default_rng(0)
    carried, mixture = rng.normal(size=(40, 22, 3)), rng.random((3, 12))
    mixture[0, -2:], mixture[1, -2:] = 0, 2  # open eyes, closed ones, and partly closed
    found = shared(torch.from_numpy(mixture), torch.from_numpy(carried)).numpy()
    for face, amount in zip(found, mixture, strict=True):
        under = np.minimum(amount[:10], np.tile(amount[10:], 5))
        each = (amount[:10] - under)[:, None] * carried[:, :10] + under[:, None] * carried[:, 12:]
        moves = each.reshape(40, 5, 2, 3).sum(2).swapaxes(0, 1)
        wanted = _together(moves) + (amount[10:, None] * carried[:, 10:12]).sum(1)
        np.testing.assert_allclose(face, wanted, atol=1e-6)


def test_a_unit_alone_carries_as_far_as_its_texels_say():
    carried = torch.randn(7, 22, 3)
    torch.testing.assert_close(shared(torch.eye(12), carried), carried[:, :12].transpose(0, 1), atol=1e-4, rtol=1e-4)


def test_fields_are_told_by_the_eye_on_their_side():
    pain, arkit = VOCABULARIES["pain"], VOCABULARIES["arkit"]
    np.testing.assert_array_equal(pain.sides, np.tile(np.eye(2), (len(FIELDS) // 2, 1)))
    sides = dict(zip(arkit.fields, arkit.sides.tolist(), strict=True))
    assert (sides["eyeBlinkLeft"], sides["mouthSmileRight"], sides["jawOpen"]) == ([1, 0], [0, 1], [0.5, 0.5])
    for words in (pain, arkit):
        assert set(words.blinks) < set(words.controls)
        assert words.activations(np.ones((3, 6), int), np.zeros((3, 6))).shape == (3, len(words.controls))


def test_arkits_actions_add_up():
    carried = torch.randn(7, 52, 3)
    torch.testing.assert_close(added(torch.eye(52)[:1] + torch.eye(52)[5:6], carried)[0], carried[:, 0] + carried[:, 5])
