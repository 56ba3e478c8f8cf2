import numpy as np
import pytest

from painctl.rig.neural.activation import ARKIT, activations, arkit_activations


def test_units_act_by_intensity_and_side():
    result = activations(np.array([[5, 0, 2, 0, 0, 1]]), np.array([[0.1, 0, -0.05, 0, 0, 0]]))
    np.testing.assert_allclose(result, [[1.1, 0.9, 0, 0, 0.38, 0.42, 0, 0, 0, 0, 1, 1]], rtol=1e-6)
    assert result.dtype == np.float32


def test_units_are_mixed_from_arkit_actions_as_in_the_open_rig():
    result = arkit_activations(np.array([[5, 5, 5, 0, 0, 1]]), np.array([[0.1, 0, 0, 0, 0, 0]]))
    nonzero = {name: amount for name, amount in zip(ARKIT, result[0], strict=True) if amount}
    assert nonzero == pytest.approx(
        {
            "browDownLeft": 1.1 * 1.9,
            "browDownRight": 0.9 * 1.9,
            "cheekSquintLeft": 0.95,
            "cheekSquintRight": 0.95,
            "eyeSquintLeft": 2.9,  # 1.0 of the cheek raiser, 1.9 of the lid tightener
            "eyeSquintRight": 2.9,
            "eyeBlinkLeft": 1,
            "eyeBlinkRight": 1,
        }
    )
    assert result.dtype == np.float32
