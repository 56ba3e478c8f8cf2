import numpy as np
import pytest

from painctl.appearance.occluders.glasses import glasses, sunglasses
from painctl.face.head import eye_centres

LENSES = (-2, -1)


@pytest.mark.parametrize("kind", [glasses, sunglasses])
def test_a_lens_is_in_front_of_each_eye(wearers, kind):
    for wearer in wearers[:6]:
        parts = kind(wearer)
        eyes = eye_centres(wearer.topology, wearer.neutral)
        for eye in eyes:
            lens = min((parts[k].mesh.vertices for k in LENSES), key=lambda v: abs(v[:, 0].mean() - eye[0]))
            low, high = lens.min(0), lens.max(0)
            assert low[0] < eye[0] < high[0]
            assert low[1] < eye[1] < high[1]
            assert lens[:, 2].min() > eye[2] + 0.01  # in front of the cornea


def test_clear_lenses_let_light_through_and_dark_ones_cast_a_shadow(wearers):
    clear, dark = ([kind(wearers[0])[k] for k in LENSES] for kind in (glasses, sunglasses))
    assert all(lens.material.opacity < 0.1 and not lens.casts for lens in clear)
    assert all(lens.material.opacity > 0.8 and lens.casts for lens in dark)


def test_frames_are_symmetric_and_of_usual_size(wearers):
    for wearer in wearers[::2]:
        parts = glasses(wearer)
        left, right = (parts[k].mesh.vertices for k in LENSES)
        np.testing.assert_allclose(left.mean(0) * (-1, 1, 1), right.mean(0), atol=0.001)
        assert 0.040 < np.ptp(left[:, 0]) < 0.060  # of a lens
        everything = np.concatenate([part.mesh.vertices for part in parts])
        assert 0.11 < np.ptp(everything[:, 0]) < 0.20  # from ear to ear


def test_temples_reach_the_ears(wearers):
    for wearer in wearers[:4]:
        solid = np.concatenate([part.mesh.vertices for part in glasses(wearer)[: LENSES[0]]])
        for side in (1, -1):
            low, high = wearer.ear(side)
            near = (side * solid[:, 0] > 0.04) & (solid[:, 2] < high[2])
            assert near.any()
            assert low[1] - 0.02 < solid[near, 1].min() < high[1] + 0.01
