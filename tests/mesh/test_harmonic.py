import numpy as np

from painctl.mesh.harmonic import filled


def test_missing_values_are_the_mean_of_their_neighbours():
    # a strip of triangles along a line: the harmonic function is linear
    count = 8
    faces = np.array([[i, i + 1, i + 2] for i in range(count - 2)])
    values = np.arange(count, dtype=float)[:, None] * (1, -2)
    missing = (np.arange(count) > 1) & (np.arange(count) < count - 2)
    wrong = np.where(missing[:, None], 99, values)
    result = filled(wrong, missing, faces)
    np.testing.assert_allclose(result, values, atol=1e-9)
    np.testing.assert_array_equal(result[~missing], values[~missing])
