import numpy as np
import pytest

from painctl.appearance.strokes import drawn, strokes


@pytest.fixture(scope="module")
def hairs(canvas_of, person):
    """A canvas, and a few hundred hairs of 1 cm down the forehead and cheeks."""
    canvas, generator = canvas_of(person, 512), np.random.default_rng(0)
    flat = np.flatnonzero((canvas.regions["forehead"] > 0.9) | (canvas.regions["cheeks"] > 0.9))
    roots = generator.choice(flat, 300)
    headings = np.broadcast_to((0.0, -1.0, 0.0), (2, 300, 3))
    return canvas, roots, strokes(canvas, roots, headings, np.full(300, 0.010), generator)


def test_a_stroke_starts_in_its_texel_and_runs_its_length_over_the_skin(hairs):
    canvas, roots, paths = hairs
    column, row = np.floor(paths[:, 0]).astype(int).T
    np.testing.assert_array_equal(row * canvas.size + column, canvas.texels.covered[roots])
    place = canvas.texels.picture(canvas.points)
    start, end = (place[tuple(np.floor(paths[:, at]).astype(int)[:, ::-1].T)] for at in (0, -1))
    down = start[:, 1] - end[:, 1]
    assert np.median(down) == pytest.approx(0.010, rel=0.15)
    assert np.median(np.abs(end[:, 0] - start[:, 0])) < 0.001


def test_cover_is_where_the_strokes_are(hairs):
    canvas, _, paths = hairs
    cover = canvas.texels.picture(drawn(canvas, paths))
    assert 0 <= cover.min() < cover.max() <= 1
    middle = np.floor(paths[:, 1]).astype(int)
    assert (cover[middle[:, 1], middle[:, 0]] > 0).mean() > 0.9
    far = np.ones(cover.shape, bool)
    low, high = np.floor(paths.min(1)).astype(int) - 1, np.ceil(paths.max(1)).astype(int) + 2
    for (left, top), (right, bottom) in zip(low, high, strict=True):
        far[top:bottom, left:right] = False
    covered = np.zeros(far.size, bool)
    covered[canvas.texels.covered] = True
    assert not cover[far & covered.reshape(far.shape)].any()


def test_no_strokes_cover_nothing(canvas_of, person):
    assert not drawn(canvas_of(person), np.zeros((0, 3, 2))).any()
