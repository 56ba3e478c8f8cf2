from dataclasses import replace

import numpy as np

from painctl.appearance.scalp import paint_scalp


def test_no_skin_shows_through_the_hair_and_no_hair_is_on_the_cheeks(paint, space_of, person):
    """Under dark hair the scalp is dark, up to a hairline of single hairs; the face beyond it is unchanged."""
    dark = replace(person, hair=np.full(3, 0.01, np.float32), haircut="crop", gender="woman")
    bald = replace(dark, haircut="bald")
    space = space_of(dark, 1024)
    albedo, bare = (space.texels.gather(paint(haircut, 1024).albedo.astype(int)) for haircut in (dark, bald))
    scalp = space.regions["scalp"]
    assert np.quantile(albedo[scalp > 0.99].max(1), 0.98) < 100  # skin has 180
    line = (scalp > 0.15) & (scalp < 0.4)
    assert albedo[line].max(1).std() > 15  # hairs with skin between them
    untouched = (scalp == 0) & (space.regions["cheeks"] > 0.5)
    np.testing.assert_array_equal(albedo[untouched], bare[untouched])


def test_a_receding_head_is_bare_above_and_hairy_at_the_sides(space_of, person):
    space = space_of(replace(person, haircut="receding", hair=np.zeros(3, np.float32)), 512)
    dark = 1 - paint_scalp(space, np.ones((len(space.points), 3), np.float32))[:, 0]
    scalp, height = space.regions["scalp"] > 0.95, space.points[:, 1]
    assert dark[scalp & (height > 0.09)].mean() < 0.15
    assert dark[scalp & (height < 0.01) & (np.abs(space.points[:, 0]) > 0.05)].mean() > 0.7
