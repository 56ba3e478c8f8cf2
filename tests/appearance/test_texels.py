import numpy as np

from painctl.appearance.texels import texels


def test_nearly_every_vertex_has_a_texel_and_values_are_interpolated(head):
    layout = texels(head.topology, 1024)
    np.testing.assert_allclose(np.asarray(layout.weights.sum(1)).ravel(), 1, atol=1e-6)
    touched = np.unique(layout.weights.indices)
    assert len(touched) > 0.97 * len(head.template)
    height = layout.interpolate(head.template)[:, 1]
    assert head.template[:, 1].min() - 1e-6 <= height.min()
    assert height.max() <= head.template[:, 1].max() + 1e-6


def test_a_picture_has_the_values_of_its_texels(head):
    layout = texels(head.topology, 128)
    values = np.random.default_rng(0).random((len(layout.covered), 3))
    picture = layout.picture(values)
    assert picture.shape == (128, 128, 3)
    np.testing.assert_array_equal(layout.gather(picture), values)


def test_texels_beyond_an_island_have_the_value_of_the_nearest_one(head):
    layout = texels(head.topology, 128)
    flat = layout.picture(np.arange(len(layout.covered))).ravel()
    row, column = np.divmod(np.arange(128 * 128), 128)
    own_row, own_column = np.divmod(layout.covered, 128)
    empty = np.setdiff1d(np.arange(128 * 128), layout.covered)[::97]
    for texel in empty:
        distance = np.hypot(own_row - row[texel], own_column - column[texel])
        assert distance[flat[texel]] == distance.min()
