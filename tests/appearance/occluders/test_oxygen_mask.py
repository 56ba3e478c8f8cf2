import numpy as np

from painctl.appearance.occluders.oxygen_mask import oxygen_mask

SHELL, RIM, CONNECTOR = 0, 1, 4


def test_the_shell_is_clear_and_over_nose_and_mouth(wearers):
    for wearer in wearers[::2]:
        parts = oxygen_mask(wearer)
        shell = parts[SHELL]
        assert shell.material.opacity < 0.5
        assert not shell.casts
        low, high = shell.mesh.vertices.min(0), shell.mesh.vertices.max(0)
        inside = wearer.landmarks[[30, 31, 35, 48, 54, 57]]
        assert (low[:2] < inside[:, :2].min(0)).all()
        assert (high[:2] > inside[:, :2].max(0)).all()
        assert high[2] > wearer.landmarks[30, 2]


def test_the_rim_lies_on_the_skin_below_the_eyes(wearers):
    for wearer in wearers[::2]:
        rim = oxygen_mask(wearer)[RIM].mesh.vertices.astype(float)
        above, _ = wearer.height(rim)
        assert above.min() > -0.004
        assert np.median(above) < 0.006
        assert rim[:, 1].max() < wearer.landmarks[[37, 44], 1].max() + 0.01


def test_connector_and_tube_hang_below_the_lips_and_block_light(wearers):
    for wearer in wearers[:6:2]:
        barrel, pipe = oxygen_mask(wearer)[CONNECTOR : CONNECTOR + 2]
        assert barrel.material.opacity == pipe.material.opacity == 1
        assert barrel.mesh.vertices[:, 1].mean() < wearer.landmarks[62, 1]
        assert pipe.mesh.vertices[:, 1].min() < wearer.landmarks[8, 1] - 0.1


def test_a_strap_goes_to_the_back_on_each_side(wearers):
    for wearer in wearers[:6:2]:
        for band, side in zip(oxygen_mask(wearer)[-2:], (-1, 1), strict=True):
            points = band.mesh.vertices
            assert (side * points[:, 0]).max() > 0.04
            assert points[:, 2].min() < wearer.centre[2] - 0.04
