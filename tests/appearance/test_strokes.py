import numpy as np
import pytest

from painctl.appearance.strokes import draw_strokes, stroke_paths


@pytest.fixture(scope="module")
def hairs(space_of, person):
    """A texture, and 300 hairs of 1 cm down the forehead and cheeks."""
    space, generator = space_of(person, 512), np.random.default_rng(0)
    flat = np.flatnonzero((space.regions["forehead"] > 0.9) | (space.regions["cheeks"] > 0.9))
    roots = generator.choice(flat, 300)
    headings = np.broadcast_to((0.0, -1.0, 0.0), (2, 300, 3))
    return space, roots, stroke_paths(space, roots, headings, np.full(300, 0.010), generator)


def test_a_stroke_starts_in_its_texel_and_has_its_length_on_the_skin(hairs):
    space, roots, paths = hairs
    column, row = np.floor(paths[:, 0]).astype(int).T
    np.testing.assert_array_equal(row * space.size + column, space.texels.covered[roots])
    points = space.texels.picture(space.points)
    start, end = (points[tuple(np.floor(paths[:, i]).astype(int)[:, ::-1].T)] for i in (0, -1))
    down = start[:, 1] - end[:, 1]
    assert np.median(down) == pytest.approx(0.010, rel=0.15)
    assert np.median(np.abs(end[:, 0] - start[:, 0])) < 0.001


def test_only_texels_along_the_strokes_are_covered(hairs):
    space, _, paths = hairs
    cover = space.texels.picture(draw_strokes(space, paths))
    assert 0 <= cover.min() < cover.max() <= 1
    middle = np.floor(paths[:, 1]).astype(int)
    assert (cover[middle[:, 1], middle[:, 0]] > 0).mean() > 0.9
    far = np.ones(cover.shape, bool)
    low, high = np.floor(paths.min(1)).astype(int) - 1, np.ceil(paths.max(1)).astype(int) + 2
    for (left, top), (right, bottom) in zip(low, high, strict=True):
        far[top:bottom, left:right] = False
    covered = np.zeros(far.size, bool)
    covered[space.texels.covered] = True
    assert not cover[far & covered.reshape(far.shape)].any()


def test_no_strokes_cover_nothing(space_of, person):
    assert not draw_strokes(space_of(person), np.zeros((0, 3, 2))).any()
