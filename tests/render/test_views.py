import numpy as np

from painctl.render.views import WIDEST, draw_angles


def test_angles_are_the_requested_ones_plus_seeded_jitter():
    drawn = np.array([draw_angles(7, identity, "view/0/1", -30, 5, 2.0) for identity in range(500)])
    np.testing.assert_array_equal(draw_angles(7, 3, "view/0/1", -30, 5, 2.0), drawn[3])
    np.testing.assert_allclose(drawn.mean(axis=0), [-30, 5], atol=0.3)
    np.testing.assert_allclose(drawn.std(axis=0), 2, atol=0.2)
    assert np.abs(drawn - (-30, 5)).max() <= WIDEST * 2.0
    assert abs(np.corrcoef(drawn.T)[0, 1]) < 0.15


def test_without_jitter_the_angles_are_exact_and_views_differ():
    assert draw_angles(7, 0, "view/0/0", 12.5, -3, 0.0) == (12.5, -3.0)
    assert draw_angles(7, 0, "view/0/0", 0, 0, 2.0) != draw_angles(7, 0, "view/0/1", 0, 0, 2.0)
