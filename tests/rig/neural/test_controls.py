import numpy as np
import torch

from painctl.pain.action_units import ACTION_UNITS
from painctl.rig.blendshapes import combine
from painctl.rig.neural.controls import CONTROL_SETS, FIELDS, UNITS, add_actions, combine_units


def test_controls_are_the_units_left_and_right():
    assert [control.split()[0] for control in UNITS[::2]] == list(ACTION_UNITS)
    assert [control.split()[1] for control in UNITS[:2]] == ["left", "right"]


def test_units_that_move_the_same_skin_are_combined_as_in_the_open_rig():
    rng = np.random.default_rng(0)
    fields, mixture = rng.normal(size=(40, 22, 3)), rng.random((3, 12))
    mixture[0, -2:], mixture[1, -2:] = 0, 2  # open eyes, closed ones, and partly closed
    result = combine_units(torch.from_numpy(mixture), torch.from_numpy(fields)).numpy()
    for face, amount in zip(result, mixture, strict=True):
        under = np.minimum(amount[:10], np.tile(amount[10:], 5))
        single = (amount[:10] - under)[:, None] * fields[:, :10] + under[:, None] * fields[:, 12:]
        by_unit = single.reshape(40, 5, 2, 3).sum(2).swapaxes(0, 1)
        wanted = combine(by_unit) + (amount[10:, None] * fields[:, 10:12]).sum(1)
        np.testing.assert_allclose(face, wanted, atol=1e-6)


def test_a_unit_alone_moves_by_its_field():
    fields = torch.randn(7, 22, 3)
    torch.testing.assert_close(
        combine_units(torch.eye(12), fields), fields[:, :12].transpose(0, 1), atol=1e-4, rtol=1e-4
    )


def test_fields_belong_to_the_eye_on_their_side():
    pain, arkit = CONTROL_SETS["pain"], CONTROL_SETS["arkit"]
    np.testing.assert_array_equal(pain.sides, np.tile(np.eye(2), (len(FIELDS) // 2, 1)))
    sides = dict(zip(arkit.fields, arkit.sides.tolist(), strict=True))
    assert (sides["eyeBlinkLeft"], sides["mouthSmileRight"], sides["jawOpen"]) == ([1, 0], [0, 1], [0.5, 0.5])
    for control_set in (pain, arkit):
        assert set(control_set.blinks) < set(control_set.controls)
        activations = control_set.activations(np.ones((3, 6), int), np.zeros((3, 6)))
        assert activations.shape == (3, len(control_set.controls))


def test_arkit_actions_add_up():
    fields = torch.randn(7, 52, 3)
    torch.testing.assert_close(
        add_actions(torch.eye(52)[:1] + torch.eye(52)[5:6], fields)[0], fields[:, 0] + fields[:, 5]
    )
