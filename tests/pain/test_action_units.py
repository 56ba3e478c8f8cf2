import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from painctl.pain.action_units import (
    ACTION_UNITS,
    parse_action_units,
    parse_pspi,
    parse_weights,
    pspi,
    vectors_with_pspi,
)


def test_pspi_of_every_vector_follows_the_published_formula():
    count = 0
    for score in range(17):
        for au4, au6, au7, au9, au10, au43 in vectors_with_pspi(score).tolist():
            assert au4 + max(au6, au7) + max(au9, au10) + au43 == score
            assert max(au4, au6, au7, au9, au10) <= 5
            assert au43 in (0, 1)
        count += len(np.unique(vectors_with_pspi(score), axis=0))
    assert count == 6**5 * 2  # all vectors, each once


def test_pspi_keeps_the_shape():
    assert pspi(np.array([[[3, 2, 4, 1, 0, 1]]])).tolist() == [[9]]


def test_a_score_above_16_is_rejected():
    with pytest.raises(ValueError, match="17"):
        vectors_with_pspi(17)


@given(st.fixed_dictionaries({name: st.integers(0, 1 if name == "AU43" else 5) for name in ACTION_UNITS}))
def test_action_units_are_parsed_in_any_order(units):
    text = ",".join(f"{name}={value}" for name, value in reversed(units.items()))
    assert parse_action_units(text).tolist() == [units[name] for name in ACTION_UNITS]


def test_units_that_are_not_given_are_absent():
    assert parse_action_units("AU10=2").tolist() == [0, 0, 0, 0, 2, 0]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("AU5=1", "AU5=1: unknown action unit"),
        ("AU4=6", "AU4 must be a whole number from 0 to 5"),
        ("AU43=2", "AU43 must be a whole number from 0 to 1"),
        ("AU4", "whole number"),
        ("AU4=-1", "whole number"),
        ("AU4=1,AU4=2", "AU4 is given twice"),
        ("", "unknown action unit"),
    ],
)
def test_invalid_units_are_quoted(text, message):
    with pytest.raises(ValueError, match=message):
        parse_action_units(text)


@pytest.mark.parametrize(("text", "expected"), [("0:16", (0, 16)), ("4", (4, 4)), ("3:3", (3, 3))])
def test_a_range_includes_both_ends(text, expected):
    assert parse_pspi(text) == expected


@pytest.mark.parametrize("text", ["", "16:0", "0:17", "-1:4", "a", "1:2:3", "1.5", "9" * 5000])
def test_invalid_ranges_are_rejected(text):
    with pytest.raises(ValueError, match="--pspi"):
        parse_pspi(text)


@pytest.mark.parametrize("text", ["1,2", "1,-1,1", "0,0,0", "a,b,c", "nan,1,1", "inf,1,1", "1e308,1e308,1"])
def test_invalid_weights_are_rejected(text):
    with pytest.raises(ValueError, match="--pspi-weights"):
        parse_weights(text, 0, 2)


def test_one_weight_per_score():
    assert parse_weights("1,0,2", 4, 6) == [1, 0, 2]
