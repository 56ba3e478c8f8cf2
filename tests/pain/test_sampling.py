import numpy as np
from scipy.stats import chisquare

from painctl.pain.action_units import pspi, vectors_with_pspi
from painctl.pain.sampling import draw_action_units, draw_asymmetry, draw_with_scores


def test_pspi_is_uniform_over_the_range():
    drawn = np.concatenate([draw_action_units(1, person, 20, 3, 12) for person in range(150)])
    counts = np.bincount(pspi(drawn), minlength=17)
    assert counts[:3].sum() == counts[13:].sum() == 0
    assert chisquare(counts[3:13]).pvalue > 1e-3


def test_scores_follow_the_weights():
    drawn = np.concatenate([draw_action_units(1, person, 20, 0, 2, [1, 0, 3]) for person in range(100)])
    counts = np.bincount(pspi(drawn), minlength=3)
    assert counts[1] == 0
    assert chisquare(counts[[0, 2]], [500, 1500]).pvalue > 1e-3


def test_every_vector_of_a_score_can_be_drawn():
    possible = vectors_with_pspi(15)
    drawn = np.concatenate([draw_action_units(2, person, 20, 15, 15) for person in range(20 * len(possible) // 20)])
    vectors, counts = np.unique(drawn, axis=0, return_counts=True)
    np.testing.assert_array_equal(vectors, possible)
    assert chisquare(counts).pvalue > 1e-3


def test_an_expression_does_not_depend_on_how_many_are_drawn():
    np.testing.assert_array_equal(draw_action_units(7, 3, 5), draw_action_units(7, 3, 10)[:5])
    assert (draw_action_units(7, 3, 10) != draw_action_units(7, 4, 10)).any()
    assert (draw_action_units(7, 3, 10) != draw_action_units(8, 3, 10)).any()


def test_expressions_have_the_given_scores():
    drawn = draw_with_scores(7, 3, [4, 16, 0, 9])
    assert pspi(drawn).tolist() == [4, 16, 0, 9]
    np.testing.assert_array_equal(draw_with_scores(7, 3, [4, 16])[:2], drawn[:2])


def test_asymmetry_is_slight_and_zero_for_absent_units():
    units = np.concatenate([draw_action_units(1, person, 10) for person in range(50)])
    asymmetry = draw_asymmetry(1, 0, units)
    assert np.abs(asymmetry).max() <= 0.15
    assert (asymmetry[units == 0] == 0).all()
    assert (asymmetry[:, 5] == 0).all()
    assert 0.04 < asymmetry[:, :5][units[:, :5] > 0].std() < 0.07
