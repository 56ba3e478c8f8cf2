import numpy as np
import pytest

from painctl.render.painting import box, defocus, discs, glow, polygon


@pytest.fixture
def canvas():
    return np.zeros((100, 100, 3), np.float32)


@pytest.mark.parametrize("radius", [2.5, 3.5, 5.0, 8.0, 14.0])
def test_defocus_preserves_the_light_and_spreads_it_over_a_disc(canvas, radius):
    canvas[49:51, 49:51] = 400
    blurred = defocus(canvas, radius)[..., 0]
    assert blurred.sum() == pytest.approx(1600, rel=0.03)
    rows, columns = np.nonzero(blurred > 0.2 * blurred.max())
    assert np.hypot(rows - 49.5, columns - 49.5).max() < radius + 4.5
    assert blurred[50, 50 + int(0.6 * radius)] > 0.5 * blurred.max()  # flat inside, unlike a Gaussian
    flat = np.full((64, 64, 3), 0.3, np.float32)
    np.testing.assert_allclose(defocus(flat, radius), 0.3, rtol=1e-4)


def test_shapes_are_drawn_where_they_are_placed(canvas):
    box(canvas, (0.2, 0.3, 0.4, 0.1), np.array([1.0, 2.0, 3.0]))
    np.testing.assert_allclose(canvas.sum(axis=(0, 1)) / 400, [1, 2, 3], rtol=0.15)
    np.testing.assert_array_equal(canvas[35, 40], [1, 2, 3])
    polygon(canvas, np.array([(-1.0, -1.0), (3.0, -1.0), (3.0, 3.0), (-1.0, 3.0)]), np.zeros(3))
    assert not canvas.any()


def test_light_is_added(canvas):
    for x in (-0.5, 0.5, 0.5, 1.0, 2.0):
        discs(canvas, np.array([(x, 0.5)]), np.array([0.05]), np.ones((1, 3)))
    assert canvas[50, 50, 0] == pytest.approx(1.6, rel=0.05)
    assert not canvas[:40].any()
    before = canvas.copy()
    glow(canvas, 0.1, 0.1, 0.2, np.array([0.4, 0.2, 0.1]))
    added = canvas - before
    assert added.min() > 0
    np.testing.assert_allclose(added[9, 29], [0.1, 0.05, 0.025], rtol=0.1)
