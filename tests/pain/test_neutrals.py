import numpy as np

from painctl.pain.neutrals import same_view_first


def test_the_neutral_of_the_same_view_comes_first():
    views = np.array([2, 0, 1, 1, 0])
    assert same_view_first([0, 1, 2], view=1, views=views) == [2, 1, 0]
    assert same_view_first([0, 1, 2], view=2, views=views) == [0, 1, 2]
    assert same_view_first([0, 1], view=1, views=views) == [1, 0]
