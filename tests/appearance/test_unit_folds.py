"""The height fields themselves; their effect on a texture is tested in test_wrinkles.py."""

from dataclasses import replace

import numpy as np
import pytest

from painctl.appearance.texels import texels
from painctl.appearance.unit_folds import MIDDLE, unit_folds


@pytest.fixture(scope="module")
def points(head, neutral):
    layout = texels(head.topology, 512)
    face = layout.interpolate(head.topology.region("face")[:, None])[:, 0] > 0.5
    return layout.interpolate(neutral)[face]


@pytest.fixture(scope="module")
def heights(person, points, landmarks):
    return unit_folds(person, points, landmarks)


def test_a_unit_folds_a_valley_and_a_ridge_of_millimetres(heights, points):
    assert heights.shape == (5, len(points))
    assert (heights.min(axis=1) < -4e-4).all()
    assert (heights.max(axis=1) > 1e-4).all()
    assert np.abs(heights).max() < 3e-3


def test_a_unit_folds_both_sides(heights, points):
    for side in (points[:, 0] < -MIDDLE, points[:, 0] > MIDDLE):
        assert (heights[:, side].min(axis=1) < -3e-4).all()


def test_another_seed_gives_other_folds(person, points, landmarks, heights):
    assert (unit_folds(replace(person, seed=person.seed + 1), points, landmarks) != heights).any(axis=1).all()
    np.testing.assert_array_equal(unit_folds(person, points, landmarks), heights)
