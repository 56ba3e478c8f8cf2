import numpy as np
import pytest
from scipy.stats import chisquare

from painctl.pain.action_units import ACTION_UNITS, HIGHEST, pspi, vectors_with_pspi
from painctl.pain.priors import FREQUENCIES, PAIN_FRAMES, probabilities, shares
from painctl.pain.sampling import draw_action_units, draw_with_scores
from painctl.stages import PRIORS


def test_the_table_has_each_unit_at_each_intensity():
    assert tuple(FREQUENCIES) == ACTION_UNITS
    for unit, highest in zip(ACTION_UNITS, HIGHEST, strict=True):
        assert len(shares(unit)) == highest + 1
        assert shares(unit).sum() == pytest.approx(1)
    # the totals reported for the archive
    assert {unit: sum(counts) for unit, counts in FREQUENCIES.items()} == {
        **{"AU4": 1074, "AU6": 5557, "AU7": 3366, "AU9": 423, "AU10": 525, "AU43": 2434},
    }
    assert PAIN_FRAMES == 48398 - 40029


@pytest.mark.parametrize("prior", PRIORS)
def test_probabilities_add_up_for_every_score(prior):
    for score in range(17):
        p = probabilities(prior, score)
        assert len(p) == len(vectors_with_pspi(score))
        assert p.min() > 0
        assert p.sum() == pytest.approx(1)


def test_natural_closes_the_eyes_as_often_as_people_do():
    for score in range(1, 16):
        closed = vectors_with_pspi(score)[:, 5] > 0
        assert probabilities("natural", score)[closed].sum() == pytest.approx(2434 / 8369)


def test_natural_odds_of_two_vectors_are_those_of_the_table():
    vectors, p = vectors_with_pspi(6).tolist(), probabilities("natural", 6)
    a, b = p[vectors.index([2, 4, 0, 0, 0, 0])], p[vectors.index([0, 4, 2, 0, 2, 0])]
    table = [shares(unit) for unit in ACTION_UNITS]
    assert a / b == pytest.approx(table[0][2] * table[2][0] * table[4][0] / (table[0][0] * table[2][2] * table[4][2]))


@pytest.mark.parametrize("score", [1, 3, 16])
def test_draws_follow_the_natural_prior(score):
    drawn = np.concatenate([draw_action_units(5, person, 20, score, score, prior="natural") for person in range(100)])
    vectors, p = vectors_with_pspi(score).tolist(), probabilities("natural", score)
    counts = np.bincount([vectors.index(vector) for vector in drawn.tolist()], minlength=len(p))
    often = p * len(drawn) > 5
    observed = [*counts[often], counts[~often].sum()]
    expected = [*(p[often] * len(drawn)), p[~often].sum() * len(drawn)]
    keep = np.array(expected) > 0
    assert chisquare(np.array(observed)[keep], np.array(expected)[keep]).pvalue > 1e-3


def test_a_prior_does_not_change_the_score_nor_depend_on_the_count():
    natural, uniform = (draw_action_units(7, 3, 10, prior=prior) for prior in ("natural", "uniform"))
    np.testing.assert_array_equal(pspi(natural), pspi(uniform))
    np.testing.assert_array_equal(natural[:5], draw_action_units(7, 3, 5, prior="natural"))
    assert pspi(draw_with_scores(7, 3, [4, 16, 0], "natural")).tolist() == [4, 16, 0]
