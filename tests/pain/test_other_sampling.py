from collections import Counter

import numpy as np
import pytest
from scipy.stats import chisquare

from painctl.pain.action_units import ACTION_UNITS, parse_action_units
from painctl.pain.other_actions import activations, parts
from painctl.pain.other_sampling import CONTRADICTIONS, NATURAL, OtherActions, draw_strengths, is_compatible
from painctl.pain.sampling import draw_action_units
from painctl.pain.vocabulary import OTHER_ACTIONS
from painctl.runs.draws import draws

MILD = parse_action_units("AU4=1")  # contradicts nothing


@pytest.fixture(scope="module")
def names(head):
    return head.topology.action_names


def test_the_natural_mixture_follows_its_table():
    count = 4000
    drawn = Counter(name for k in range(count) for name in draw_strengths(draws(1, k, "x"), MILD, "natural"))
    for share, shares in NATURAL:
        assert sum(shares.values()) == pytest.approx(1)
        observed = [drawn[name] for name in shares]
        expected = [count * share * weight for weight in shares.values()]
        rest = (count - sum(observed), count - sum(expected))
        assert chisquare([*observed, rest[0]], [*expected, rest[1]]).pvalue > 1e-3


def test_uniform_has_one_action_in_each_face():
    drawn = Counter(name for k in range(2300) for name in draw_strengths(draws(2, k, "x"), MILD, "uniform"))
    assert sum(drawn.values()) == 2300
    assert chisquare([drawn[name] for name in OTHER_ACTIONS]).pvalue > 1e-3


def test_a_face_without_units_never_rests_the_mouth():
    mouth = set(NATURAL[0][1])
    for k in range(200):
        assert mouth & set(draw_strengths(draws(3, k, "x"), np.zeros(6, int), "natural"))


@pytest.mark.parametrize("mode", ["natural", "uniform"])
def test_contradictions_are_not_drawn(mode):
    for seed in range(300):
        (units,) = draw_action_units(seed, 0, 1)
        for name in draw_strengths(draws(seed, 0, "x"), units, mode):
            for unit, lowest in CONTRADICTIONS.get(name, {}).items():
                assert units[ACTION_UNITS.index(unit)] < lowest
    assert not is_compatible("look-left", parse_action_units("AU43=1"))
    assert is_compatible("smile", np.array([5, 5, 5, 5, 5, 1]))


def test_a_face_does_not_depend_on_the_others(names):
    units = draw_action_units(7, 3, 10)
    other = OtherActions.parse("natural")
    labels, rows = other.draw(7, 3, units, names)
    fewer, first = other.draw(7, 3, units[:4], names)
    assert fewer == labels[:4]
    np.testing.assert_array_equal(first, rows[:4])
    assert other.draw(7, 4, units, names)[0] != labels
    assert other.draw(8, 3, units, names)[0] != labels


def test_activations_vary_and_are_nearly_symmetric(names):
    units = np.repeat(MILD[None], 300, axis=0)
    labels, rows = OtherActions.parse("uniform").draw(1, 0, units, names)
    left, right = (rows[:, names.index(f"mouthSmile{side}")] for side in ("Left", "Right"))
    smiles = np.array([label == "smile" for label in labels])
    assert len(set(left[smiles].tolist())) == smiles.sum() > 5
    assert 0.55 < (left[smiles] / right[smiles]).min() < (left[smiles] / right[smiles]).max() < 1.8
    assert 0.2 * 0.7 < left[smiles].min() < left[smiles].max() <= 2
    looks = [row for name, row in zip(labels, rows, strict=True) if name == "look-left"]
    for row in looks:  # both eyes look the same way
        assert row[names.index("eyeLookOutLeft")] == row[names.index("eyeLookInRight")]


def test_listed_faces_come_in_turn_and_exactly(names):
    units = np.repeat(MILD[None], 3, axis=0)
    labels, rows = OtherActions.parse("smile=0.5,speech-ah+worried").draw(1, 0, units, names)
    assert labels == ["smile", "speech-ah+worried", "smile"]
    np.testing.assert_allclose(rows[0], activations({"smile": 0.5}, names), rtol=1e-6)
    np.testing.assert_array_equal(rows[0], rows[2])


def test_none_is_none_on_any_head():
    labels, rows = OtherActions.parse("none").draw(1, 0, MILD[None], ())
    assert labels == [""]
    assert rows.shape == (1, 0)
    OtherActions.parse("none").require(())
    for text in ("natural", "uniform", "smile"):
        with pytest.raises(ValueError, match="has no mouthSmile"):
            OtherActions.parse(text).require(("jawOpen",))
    assert parts("") == []
