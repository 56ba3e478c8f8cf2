import numpy as np

from painctl.images.sampling import sample


def test_values_are_interpolated_between_pixels_and_the_border_is_replicated():
    picture = np.arange(12, dtype=np.float32).reshape(3, 4, 1)[:, :3]
    values = sample(picture, np.array([0, 0.5, 1, -3, 2.4]), np.array([0, 0, 0.25, 0, 2.4]))
    np.testing.assert_allclose(values[:, 0], [0, 0.5, 2, 0, 10])
