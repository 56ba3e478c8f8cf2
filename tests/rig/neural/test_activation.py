import numpy as np

from painctl.rig.neural.activation import activations


def test_units_act_by_intensity_and_side():
    found = activations(np.array([[5, 0, 2, 0, 0, 1]]), np.array([[0.1, 0, -0.05, 0, 0, 0]]))
    np.testing.assert_allclose(found, [[1.1, 0.9, 0, 0, 0.38, 0.42, 0, 0, 0, 0, 1, 1]], rtol=1e-6)
    assert found.dtype == np.float32
