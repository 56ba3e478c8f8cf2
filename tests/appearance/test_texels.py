import numpy as np

from painctl.appearance.texels import texels


def test_every_triangle_of_some_size_has_a_texel_and_values_are_interpolated(head):
    here = texels(head.topology, 1024)
    np.testing.assert_allclose(np.asarray(here.weights.sum(1)).ravel(), 1, atol=1e-6)
    touched = np.unique(here.weights.indices)
    assert len(touched) > 0.97 * len(head.template)
    height = here.interpolate(head.template)[:, 1]
    assert head.template[:, 1].min() - 1e-6 <= height.min()
    assert height.max() <= head.template[:, 1].max() + 1e-6


def test_a_picture_and_its_texels_go_back_and_forth(head):
    here = texels(head.topology, 128)
    values = np.random.default_rng(0).random((len(here.covered), 3))
    picture = here.picture(values)
    assert picture.shape == (128, 128, 3)
    np.testing.assert_array_equal(here.gather(picture), values)


def test_beyond_an_island_the_nearest_texel_goes_on(head):
    here = texels(head.topology, 128)
    flat = here.picture(np.arange(len(here.covered))).ravel()
    row, column = np.divmod(np.arange(128 * 128), 128)
    own_row, own_column = np.divmod(here.covered, 128)
    empty = np.setdiff1d(np.arange(128 * 128), here.covered)[::97]
    for texel in empty:
        distance = np.hypot(own_row - row[texel], own_column - column[texel])
        assert distance[flat[texel]] == distance.min()
