from dataclasses import replace

import numpy as np

from painctl.appearance.scalp import paint_scalp


def test_no_skin_shows_through_the_hair_and_no_hair_on_the_forehead(paint, canvas_of, person):
    """Of dark hair the scalp is as dark, up to a hairline of single hairs; the bare forehead is not touched by it."""
    dark = replace(person, hair=np.full(3, 0.01, np.float32), haircut="crop", gender="woman")
    bald = replace(dark, haircut="bald")
    canvas = canvas_of(dark, 1024)
    albedo, bare = (canvas.texels.gather(paint(who, 1024).albedo.astype(int)) for who in (dark, bald))
    scalp = canvas.regions["scalp"]
    assert np.quantile(albedo[scalp > 0.99].max(1), 0.98) < 100  # skin has 180
    line = (scalp > 0.15) & (scalp < 0.4)
    assert albedo[line].max(1).std() > 15  # hairs and skin between
    untouched = (scalp == 0) & (canvas.regions["cheeks"] > 0.5)
    np.testing.assert_array_equal(albedo[untouched], bare[untouched])


def test_a_receding_head_is_bare_above_and_hairy_at_the_sides(canvas_of, person):
    canvas = canvas_of(replace(person, haircut="receding", hair=np.zeros(3, np.float32)), 512)
    dark = 1 - paint_scalp(canvas, np.ones((len(canvas.points), 3), np.float32))[:, 0]
    scalp, height = canvas.regions["scalp"] > 0.95, canvas.points[:, 1]
    assert dark[scalp & (height > 0.09)].mean() < 0.15
    assert dark[scalp & (height < 0.01) & (np.abs(canvas.points[:, 0]) > 0.05)].mean() > 0.7
