import numpy as np

from painctl.render.planar import cross, dot, unit

A, B = np.random.default_rng(0).normal(size=(2, 3, 20))


def test_products_are_those_of_numpy():
    np.testing.assert_allclose(dot(A, B), (A * B).sum(axis=0))
    np.testing.assert_allclose(dot(A[:, 0], B), A[:, 0] @ B)
    np.testing.assert_allclose(cross(A, B), np.cross(A.T, B.T).T)


def test_unit_vectors_have_length_one_and_zero_stays_zero():
    np.testing.assert_allclose(np.linalg.norm(unit(A), axis=0), 1)
    assert not unit(np.zeros((3, 2))).any()
