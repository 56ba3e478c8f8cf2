import numpy as np
import pytest

from painctl.rig.neural.activation import ARKIT, activations, arkit_activations


def test_units_act_by_intensity_and_side():
    found = activations(np.array([[5, 0, 2, 0, 0, 1]]), np.array([[0.1, 0, -0.05, 0, 0, 0]]))
    np.testing.assert_allclose(found, [[1.1, 0.9, 0, 0, 0.38, 0.42, 0, 0, 0, 0, 1, 1]], rtol=1e-6)
    assert found.dtype == np.float32


def test_units_are_mixed_of_arkits_actions_as_the_open_rig_mixes_them():
    found = arkit_activations(np.array([[5, 5, 5, 0, 0, 1]]), np.array([[0.1, 0, 0, 0, 0, 0]]))
    asked = {name: amount for name, amount in zip(ARKIT, found[0], strict=True) if amount}
    assert asked == pytest.approx(
        {
            "browDownLeft": 1.1 * 1.9,
            "browDownRight": 0.9 * 1.9,
            "cheekSquintLeft": 0.95,
            "cheekSquintRight": 0.95,
            "eyeSquintLeft": 2.9,  # of the cheek raiser and of the lid tightener
            "eyeSquintRight": 2.9,
            "eyeBlinkLeft": 1,
            "eyeBlinkRight": 1,
        }
    )
    assert found.dtype == np.float32
