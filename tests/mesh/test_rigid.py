import numpy as np

from painctl.mesh.rigid import rigid_motion


def turned(degrees, axis):
    a = np.radians(degrees) * np.array(axis) / np.linalg.norm(axis)
    cross = np.array([[0, -a[2], a[1]], [a[2], 0, -a[0]], [-a[1], a[0], 0]])
    angle = np.linalg.norm(a)
    return np.eye(3) + np.sin(angle) / angle * cross + (1 - np.cos(angle)) / angle**2 * cross @ cross


def test_a_rigid_motion_is_recovered():
    rng = np.random.default_rng(0)
    before, rotation, shift = rng.normal(size=(30, 3)), turned(23, (3, -1, 2)), np.array((0.2, -3, 1))
    estimated, moved = rigid_motion(before, before @ rotation.T + shift, rng.random(30))
    np.testing.assert_allclose(estimated, rotation, atol=1e-12)
    np.testing.assert_allclose(moved, shift, atol=1e-12)


def test_points_without_weight_do_not_count():
    rng = np.random.default_rng(1)
    before, rotation = rng.normal(size=(30, 3)), turned(10, (1, 0, 0))
    after = before @ rotation.T
    after[20:] += rng.normal(size=(10, 3))
    estimated, _ = rigid_motion(before, after, np.arange(30) < 20)
    np.testing.assert_allclose(estimated, rotation, atol=1e-12)


def test_a_mirrored_set_of_points_is_not_reflected():
    before = np.random.default_rng(2).normal(size=(12, 3))
    rotation, _ = rigid_motion(before, before * (-1, 1, 1), np.ones(12))
    np.testing.assert_allclose(np.linalg.det(rotation), 1)
