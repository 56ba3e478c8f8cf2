from dataclasses import replace

import numpy as np
import pytest

from painctl.appearance.hair_guides import Growth, grow_guides
from painctl.appearance.haircuts import CROWN_KNOT, HAIRCUTS, KNOT
from painctl.appearance.head_surface import HeadSurface, scatter_points


@pytest.fixture(scope="module")
def guides_of(head, person, neutral):
    """Guides of 12 cm from 60 roots of the scalp, for a haircut."""

    def guides_of(cut, length=0.12):
        generator, topology = np.random.default_rng(3), head.topology
        surface = HeadSurface.of(topology, neutral, generator)
        scalp = topology.region("scalp")[topology.faces].min(1)
        roots, normals = scatter_points(neutral.astype(float), topology.faces, scalp, 60, generator)
        brows = float(topology.landmarks(neutral)[17:27, 1].max())
        growth = Growth(replace(person, haircut=cut), HAIRCUTS[cut], surface, brows, generator)
        return roots, grow_guides(growth, roots, normals, np.full(60, length)), surface

    return guides_of


@pytest.mark.parametrize("cut", ["crop", "long", "fringe", "bob", "afro"])
def test_guides_start_at_their_roots_and_stay_outside_the_head(guides_of, cut):
    roots, guides, surface = guides_of(cut)
    np.testing.assert_array_equal(guides.points[:, 0], roots)
    np.testing.assert_allclose(np.linalg.norm(guides.outward, axis=2), 1, atol=1e-6)
    tips = guides.points[:, 1:].reshape(-1, 3)
    assert np.quantile(surface.nearest(tips)[0], 0.02) > -0.003
    assert guides.height[:, 1:].min() > 0


def test_guides_have_their_length(guides_of):
    for length in (0.05, 0.12):
        _, guides, _ = guides_of("long", length)
        run = np.linalg.norm(np.diff(guides.points, axis=1), axis=2).sum(1)
        assert np.median(run) == pytest.approx(length, rel=0.2)


def test_long_hair_hangs_and_an_afro_stands(guides_of):
    roots, long, _ = guides_of("long", 0.25)
    assert (long.points[:, -1, 1] < roots[:, 1]).mean() > 0.95
    _, afro, _ = guides_of("afro", 0.06)
    assert np.median(afro.height[:, -1]) > 0.045


@pytest.mark.parametrize(("cut", "knot"), [("tied", KNOT), ("bun", CROWN_KNOT)])
def test_tied_hair_runs_to_its_knot(guides_of, cut, knot):
    roots, guides, _ = guides_of(cut)
    left = np.linalg.norm(guides.points[:, -1] - knot, axis=1)
    assert np.median(left) < 0.02
    assert (left < np.linalg.norm(roots - knot, axis=1)).mean() > 0.9
