from dataclasses import replace

import numpy as np
import pytest

from painctl.appearance.facial_hair import paint_facial_hair

BLACK, GREY = (np.full(3, level, np.float32) for level in (0.01, 0.30))


@pytest.fixture(scope="module")
def painted(space_of, person):
    """The albedo of plain skin with the facial hair of a woman, and her texture space."""

    def painted(hair, **changes):
        space = space_of(replace(person, **{"gender": "woman", "hair": hair, **changes}), 512)
        return paint_facial_hair(space, np.full((len(space.points), 3), 0.4, np.float32)), space

    return painted


def test_brows_and_the_lash_line_are_dark_and_the_rest_is_skin(painted):
    albedo, space = painted(BLACK)
    brows, lids = space.regions["brows"] > 0.5, space.regions["lids"] > 0.5
    assert albedo[brows].mean() < 0.37
    assert albedo[lids].min() < 0.1
    forehead = (space.points[:, 1] > space.landmarks[17:27, 1].max() + 0.012) & (space.points[:, 2] > 0)
    cheeks = (np.abs(space.points[:, 1] - space.landmarks[30, 1]) < 0.004) & (np.abs(space.points[:, 0]) > 0.03)
    for place in (forehead & (space.regions["face"] > 0.99), cheeks & (space.regions["face"] > 0.99)):
        assert place.any()
        np.testing.assert_allclose(albedo[place], 0.4, atol=1e-6)


def test_colours_stay_between_hair_and_skin(painted):
    albedo, _ = painted(BLACK)
    assert 0 < albedo.min() <= albedo.max() <= 0.4 + 1e-6


def test_brows_of_grey_people_are_lighter(painted):
    (dark, space), (grey, _) = painted(BLACK), painted(GREY)
    brows = space.regions["brows"] > 0.5
    assert grey[brows].mean() > dark[brows].mean() + 0.01
