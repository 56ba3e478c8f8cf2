from dataclasses import replace

import numpy as np
import pytest

from painctl.appearance.hair_bundles import bundles
from painctl.appearance.hair_guides import Growth
from painctl.appearance.haircuts import CROWN_KNOT, HAIRCUTS, KNOT
from painctl.appearance.head_surface import HeadSurface

POINTS = 12


@pytest.fixture(scope="module")
def bundle_of(head, person, neutral):
    """The bundle of a man's tied hair of a length, without the loose hair that frames women's faces."""

    def bundle_of(cut, length=0.3, seed=7):
        generator = np.random.default_rng(seed)
        surface = HeadSurface.of(head.topology, neutral, generator)
        wearer = replace(person, haircut=cut, hair_length=length)
        return *bundles(Growth(wearer, HAIRCUTS[cut], surface, 0.02, generator), POINTS), surface

    return bundle_of


def test_loose_hair_has_none(bundle_of):
    points, outward, _ = bundle_of("long")
    assert points.shape == outward.shape == (0, POINTS, 3)


@pytest.mark.parametrize("cut", ["tied", "bun", "plaits"])
def test_bundles_are_finite_with_unit_directions(bundle_of, cut):
    points, outward, _ = bundle_of(cut)
    assert points.shape == outward.shape
    assert np.isfinite(points).all()
    np.testing.assert_allclose(np.linalg.norm(outward, axis=2), 1, atol=1e-6)


def test_a_tail_hangs_from_its_knot_and_longer_hair_lower(bundle_of):
    lowest = {}
    for length in (0.15, 0.3):
        points, *_ = bundle_of("tied", length)
        assert np.linalg.norm(points[:, 0].mean(0) - KNOT) < 0.01
        lowest[length] = points[:, -1, 1].mean()
    assert lowest[0.3] < lowest[0.15] < KNOT[1]


def test_a_bun_is_a_ball_on_the_crown(bundle_of):
    points, outward, surface = bundle_of("bun")
    middle = points.mean((0, 1))
    assert np.linalg.norm(middle - CROWN_KNOT) < 0.04
    radius = np.linalg.norm(points - middle, axis=2)
    assert 0.015 < np.quantile(radius, 0.02) < np.quantile(radius, 0.98) < 0.05
    assert surface.nearest(middle[None])[0][0] > 0
    assert ((points - middle) * outward).sum(2).mean() > 0.015


def test_plaits_hang_on_both_sides_alike(bundle_of):
    points, *_ = bundle_of("plaits")
    left, right = points[points[:, 0, 0] > 0], points[points[:, 0, 0] < 0]
    assert len(left) == len(right) == len(points) / 2
    np.testing.assert_allclose(left.mean((0, 1)) * (-1, 1, 1), right.mean((0, 1)), atol=0.003)
    assert points[:, -1, 1].max() < points[:, 0, 1].min()
