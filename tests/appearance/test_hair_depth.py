from itertools import pairwise

import numpy as np
import pytest

from painctl.appearance.hair_depth import away_from_body, buried


def curtain(depth, number=12):
    """Vertical strands at a depth [S] behind a plane, evenly spread over 10 cm: points [S, P, 3]."""
    across = np.linspace(-0.05, 0.05, len(depth))
    down = np.linspace(0, -0.05, number)
    shape = (len(depth), number)
    return np.stack([np.broadcast_to(part, shape) for part in (across[:, None], down, -depth[:, None])], 2)


def test_hair_is_darker_the_deeper_it_is():
    depth = np.tile(np.linspace(0, 0.03, 6), 500)
    points = curtain(depth)
    outward = np.broadcast_to((0.0, 0, 1), points.shape)
    share = buried(points, outward, np.full(points.shape[:2], 4e-4)).mean(1)
    means = [share[depth == level].mean() for level in np.unique(depth)]
    assert 0 <= share.min() <= share.max() <= 1
    assert means[0] < 0.35
    assert all(inner > outer for outer, inner in pairwise(means[:4]))  # a few layers take all light


def test_wider_strands_take_more_light():
    points = curtain(np.tile([0.0, 0.012], 600))
    outward = np.broadcast_to((0.0, 0, 1), points.shape)
    thin, wide = (buried(points, outward, np.full(points.shape[:2], width)).mean() for width in (2e-4, 8e-4))
    assert wide > 1.5 * thin


def test_away_from_the_head_it_is_the_normal_and_beside_the_neck_away_from_the_neck():
    points = np.array([[[0.06, 0.05, 0.0], [0.06, -0.15, -0.085]]])
    outward = np.array([[[0.0, 2.0, 0], [0, 0, -1.0]]])
    high, low = away_from_body(points, outward)[0]
    assert high == pytest.approx([0, 1, 0])
    assert low == pytest.approx([1, 0, 0])
