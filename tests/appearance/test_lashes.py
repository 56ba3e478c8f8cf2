from dataclasses import replace

import numpy as np
import pytest
from scipy.stats import kstest

from painctl.appearance.lashes import lashes
from painctl.face.head import eye_centres
from painctl.rig.blendshapes import BlendshapeRig


@pytest.fixture(scope="module")
def faces(head, person):
    """The neutral face, and the same with eyes closed."""
    neutral = head.neutral(person.coefficients)
    units = np.array([[0, 0, 0, 0, 0, 0], [0, 0, 0, 0, 0, 1]])
    return BlendshapeRig(head.topology).deform(neutral, units, np.zeros((2, 6)))


def test_lashes_point_off_the_eyeball_and_move_down_with_the_lid(head, person, faces):
    grown = lashes(person, head.topology, faces[0])
    opened, closed = (np.concatenate([eye.points for eye in grown.pose(face)]) for face in faces)
    for points, face in ((opened, faces[0]), (closed, faces[1])):
        centre = eye_centres(head.topology, face)[grown.eye]
        distance = np.linalg.norm(points - centre[:, None], axis=2)
        assert (np.diff(distance[:, [0, -1]], axis=1) > 0.0015).all()
    drop = (opened[:, 0, 1] - closed[:, 0, 1]).reshape(2, -1)
    assert (np.median(drop, axis=1) > 0.004).all()
    assert (closed[:, -1, 1] < opened[:, -1, 1]).mean() > 0.95


def test_women_have_longer_lashes(head, person, faces):
    man, woman = (lashes(replace(person, gender=g), head.topology, faces[0]).length.mean() for g in ("man", "woman"))
    assert woman > 1.2 * man


def test_lashes_are_equally_dense_along_the_lid(head, person, faces):
    """Although the vertices of the lid are ten times closer to each other at its outer end than in its middle."""
    grown = lashes(person, head.topology, faces[0])
    a, b = faces[0][grown.ends].transpose(1, 0, 2)
    roots = a + grown.share[:, None] * (b - a)
    for eye in (0, 1):
        along = np.append(0, np.cumsum(np.linalg.norm(np.diff(roots[grown.eye == eye], axis=0), axis=1)))
        assert kstest(along / along[-1], "uniform").pvalue > 0.01
