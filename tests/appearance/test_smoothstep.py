import numpy as np
import pytest

from painctl.appearance.smoothstep import smoothstep


def test_it_rises_from_0_to_1_between_its_limits_and_stays_there():
    value = np.array([-5.0, 2.0, 3.0, 4.0, 9.0])
    np.testing.assert_allclose(smoothstep(value, 2.0, 4.0), [0, 0, 0.5, 1, 1])
    assert (np.diff(smoothstep(np.linspace(2, 4, 50), 2.0, 4.0)) > 0).all()


def test_it_is_level_at_both_limits_and_symmetric():
    slope = np.diff(smoothstep(np.array([0, 1e-4, 0.5, 0.5001, 1 - 1e-4, 1]), 0.0, 1.0))[::2] / 1e-4
    assert slope == pytest.approx([0, 1.5, 0], abs=1e-3)
    t = np.linspace(0, 1, 20)
    np.testing.assert_allclose(smoothstep(t, 0.0, 1.0) + smoothstep(1 - t, 0.0, 1.0), 1)
