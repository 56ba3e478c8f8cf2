import numpy as np

from painctl.images.sampling import sample


def test_values_are_interpolated_between_pixels_and_the_border_is_replicated():
    picture = np.arange(12, dtype=np.float32).reshape(3, 4, 1)[:, :3]
    values = sample(picture, np.array([0, 0.5, 1, -3, 2.4]), np.array([0, 0, 0.25, 0, 2.4]))
    np.testing.assert_allclose(values[:, 0], [0, 0.5, 2, 0, 10])


def test_no_points_have_no_values():
    assert sample(np.zeros((3, 4, 2), np.float32), np.empty(0), np.empty(0), outside=1).shape == (0, 2)


def test_more_points_can_be_sampled_than_a_picture_may_be_wide():
    picture = np.arange(12, dtype=np.float32).reshape(3, 4)
    columns = np.tile(np.float32([0, 0.5, 3, -9]), 20000)
    values = sample(picture, columns, np.ones_like(columns))
    np.testing.assert_allclose(values[:4], [4, 4.5, 7, 4])
    assert values.shape == (80000,)
    np.testing.assert_array_equal(values.reshape(-1, 4), values[:4][None].repeat(20000, 0))
    assert sample(picture, columns, np.ones_like(columns), outside=1)[3] == 1
