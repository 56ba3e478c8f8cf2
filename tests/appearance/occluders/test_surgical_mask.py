import numpy as np

from painctl.appearance.occluders.surgical_mask import chin_mask, surgical_mask


def in_front(wearer, points):
    return points[points[:, 2] > wearer.landmarks[[2, 14], 2].mean()]


def test_a_mask_covers_nose_mouth_and_chin_and_leaves_the_eyes(wearers):
    for wearer in wearers[::2]:
        cloth = in_front(wearer, surgical_mask(wearer)[0].mesh.vertices)
        at = wearer.landmarks
        assert cloth[:, 1].max() < at[36:48, 1].max() + 0.004
        assert cloth[:, 1].min() < at[8, 1]
        assert cloth[:, 2].max() > at[30, 2]


def test_below_the_chin_nose_and_lips_are_free(wearers):
    for wearer in wearers[::2]:
        cloth = in_front(wearer, chin_mask(wearer)[0].mesh.vertices)
        middle = cloth[np.abs(cloth[:, 0]) < 0.02]
        assert middle[:, 1].max() < wearer.landmarks[57, 1]
        assert middle[:, 1].min() < wearer.landmarks[8, 1]


def test_a_loop_goes_around_each_ear(wearers):
    for wearer in wearers[:6:2]:
        for kind in (surgical_mask, chin_mask):
            _, *loops = kind(wearer)
            for loop, side in zip(loops, (-1, 1), strict=True):
                low, high = wearer.ear(side)
                points = loop.mesh.vertices
                assert (side * points[:, 0] > 0).all()
                assert points[:, 2].min() < low[2] + 0.01  # behind it
                assert points[:, 1].max() > (low[1] + high[1]) / 2


def test_the_cloth_is_one_colour_with_darker_pleats(wearers):
    colour = surgical_mask(wearers[0])[0].mesh.colour
    hue = colour / colour.mean(1, keepdims=True)
    assert hue.std(0).max() < 0.02
    assert colour.min() < 0.85 * np.median(colour, 0).min()
