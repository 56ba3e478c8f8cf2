from dataclasses import replace

import numpy as np
import pytest

from painctl.appearance.hair_guides import Growth, grow_guides
from painctl.appearance.hair_locks import follow
from painctl.appearance.haircuts import HAIRCUTS
from painctl.appearance.head_surface import HeadSurface, scatter_points


@pytest.fixture(scope="module")
def strands_of(head, person, neutral):
    """Strands of 10 cm from 2,000 roots, as `follow` returns them, and their roots."""

    def strands_of(cut, lock=None, **changes):
        generator, topology = np.random.default_rng(5), head.topology
        surface = HeadSurface.of(topology, neutral, generator)
        scalp = topology.region("scalp")[topology.faces].min(1)
        roots, normals = scatter_points(neutral.astype(float), topology.faces, scalp, 2000, generator)
        style = HAIRCUTS[cut] if lock is None else replace(HAIRCUTS[cut], lock=lock)
        wearer = replace(person, haircut=cut, hair_length=0.1, **{"hair_curl": 0.0, **changes})
        brows = float(topology.landmarks(neutral)[17:27, 1].max())
        growth = Growth(wearer, style, surface, brows, generator)
        guides = grow_guides(growth, roots[:300], normals[:300], np.full(300, 0.1))
        return roots, *follow(growth, guides, roots, np.ones(2000)), surface

    return strands_of


@pytest.mark.parametrize("cut", ["permed", "long", "fringe"])
def test_strands_start_near_their_roots_and_do_not_enter_the_head(strands_of, cut):
    roots, points, outward, end, surface = strands_of(cut)
    assert points.shape == outward.shape
    assert np.linalg.norm(points[:, 0] - roots, axis=1).max() < 1e-9
    assert np.quantile(surface.nearest(points[:, 1:].reshape(-1, 3))[0], 0.01) > -0.003
    assert 0 < end.min() <= end.max() <= 1


def test_locks_gather_strands_towards_their_tips(strands_of):
    def spread(points):
        """Mean distance of tips from the next tip."""
        tips = points[:, -1]
        apart = np.linalg.norm(tips[:, None] - tips[None], axis=2)
        return np.sort(apart, axis=1)[:, 1].mean()

    loose, gathered = (spread(strands_of("permed", lock=lock)[1]) for lock in (0.0, 0.8))
    assert gathered < 0.8 * loose


def test_a_fringe_ends_at_the_brows(strands_of, head, neutral):
    _, points, _, end, _ = strands_of("fringe")
    brows = head.topology.landmarks(neutral)[17:27, 1].max()
    number = points.shape[1] - 1
    last = points[np.arange(len(points)), np.floor(end * number).astype(int)]
    front = last[:, 2] > -0.01
    assert front.any()
    assert last[front, 1].min() > brows - 0.012
    assert (points[front, -1, 1] < brows - 0.012).any()  # uncut, some would hang lower
