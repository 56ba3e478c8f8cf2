import numpy as np
import pytest

from painctl.appearance.noise import field, grain


def test_a_field_is_normal_smooth_and_uncorrelated_beyond_its_wavelength():
    points = np.random.default_rng(0).uniform(0, 0.2, (3, 20000)).astype(np.float32)
    corner = np.array([[0, 0.3], [0, 0.3], [0, 0.3]], np.float32)  # the same lattice for all three

    def values(shift):
        moved = np.concatenate([points + np.float32([[shift], [0], [0]]), corner], axis=1)
        return field(np.random.default_rng(1), moved, 0.01)[:-2]

    still, near, far = values(0), values(0.001), values(0.03)
    assert still.dtype == np.float32
    assert still.mean() == pytest.approx(0, abs=0.05)
    assert still.std() == pytest.approx(1, abs=0.1)
    assert np.corrcoef(still, near)[0, 1] > 0.95
    assert abs(np.corrcoef(still, far)[0, 1]) < 0.1


def test_grain_has_the_diameter_that_is_asked_for():
    for texels in (2.0, 6.0):
        spots = grain(np.random.default_rng(0), 256, texels)
        assert spots.std() == pytest.approx(1, rel=1e-4)
        within, beyond = (np.mean(spots[:, :-shift] * spots[:, shift:]) for shift in (int(texels / 2), int(3 * texels)))
        assert within > 0.5 > 0.1 > abs(beyond)
