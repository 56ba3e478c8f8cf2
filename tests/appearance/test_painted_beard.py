from dataclasses import replace

import numpy as np
import pytest

from painctl.appearance.beards import beard_length, beard_style
from painctl.appearance.painted_beard import paint_beard


@pytest.fixture(scope="module")
def men(person):
    """A man with a full beard, and one who is shaved."""
    drawn = [replace(person, seed=seed) for seed in range(200)]
    bearded = next(man for man in drawn if beard_style(man).zone == "all" and beard_style(man).bearded)
    shaved = next(man for man in drawn if not beard_style(man).bearded and not beard_length(man))
    return bearded, shaved


def test_women_have_none(space_of, person):
    space = space_of(replace(person, gender="woman"))
    assert all(len(cover) == len(space.points) and not cover.any() for cover in paint_beard(space))


def test_coverage_is_a_share_below_the_nose_and_off_the_lips(space_of, men):
    for man in men:
        space = space_of(man)
        stubble, roots, hairs = paint_beard(space)
        for cover in (stubble, roots, hairs):
            assert 0 <= cover.min() <= cover.max() <= 1
            assert not cover[space.regions["forehead"] > 0.5].any()
            assert cover[space.regions["lips"] > 0.95].mean() < 0.02


def test_a_beard_has_hairs_and_more_cover_than_what_grows_within_a_day(space_of, men):
    (beard, _, hairs), (shadow, _, none) = (paint_beard(space_of(man)) for man in men)
    assert hairs.any()
    assert not none.any()
    assert beard.sum() > 2 * shadow.sum() > 0


def test_fair_roots_are_invisible(space_of, men):
    fair, dark = (paint_beard(space_of(replace(men[1], hair=np.full(3, tone, np.float32))))[1] for tone in (0.4, 0.01))
    assert not fair.any()
    assert dark.any()
