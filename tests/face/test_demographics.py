import json
from collections import Counter
from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from painctl.face.demographics import GROUPS, PUBLISHED, assign, largest_remainder, load_demographics

NUMBERS = st.integers(0, 3000)
WEIGHTS = st.lists(st.integers(0, 1000), min_size=1, max_size=8).filter(any)


def counts(people, group):
    return Counter(person[list(GROUPS).index(group)] for person in people)


def test_the_published_table_is_exact_at_2500():
    people = assign(load_demographics("3dpain"), 2500, seed=1)
    assert {group: dict(counts(people, group)) for group in GROUPS} == PUBLISHED
    assert len(set(people)) == 24


@given(WEIGHTS, NUMBERS)
def test_largest_remainder_keeps_every_share_within_one(weights, number):
    shares = largest_remainder(np.array(weights, float), number)
    exact = np.array(weights) * number / sum(weights)
    assert shares.sum() == number
    assert (np.abs(shares - exact) < 1 + 1e-9).all()
    rounded_up, floor = shares > np.floor(exact + 1e-9), np.floor(exact + 1e-9)
    if rounded_up.any() and not rounded_up.all():
        assert (exact - floor)[rounded_up].min() >= (exact - floor)[~rounded_up].max() - 1e-9


@given(NUMBERS, st.integers(0, 2**32))
def test_any_number_has_the_published_proportions(number, seed):
    people = assign(load_demographics("3dpain"), number, seed)
    assert len(people) == number
    for group, weights in PUBLISHED.items():
        for label, weight in weights.items():
            assert abs(counts(people, group)[label] - weight * number / 2500) < 1


@given(NUMBERS, st.integers(0, 2**32))
def test_balanced_cells_differ_by_one_at_most(number, seed):
    people = assign(load_demographics("balanced"), number, seed)
    cells = Counter(people)
    sizes = [cells[cell] for cell in product(*GROUPS.values())]
    assert sum(sizes) == number
    assert max(sizes) - min(sizes) <= 1


@given(st.integers(1, 10).map(lambda n: 12 * n), st.integers(0, 2**32))
def test_balanced_groups_are_even_after_each_dozen(number, seed):
    people = assign(load_demographics("balanced"), number, seed)
    for group, labels in GROUPS.items():
        assert set(counts(people, group).values()) == {number // len(labels)}


def test_the_first_few_are_varied():
    for seed in range(20):
        people = assign(load_demographics("balanced"), 4, seed)
        assert [len(counts(people, group)) for group in GROUPS] == [2, 2, 4]


def test_assignments_depend_on_the_seed_alone():
    for name in ("balanced", "3dpain"):
        demographics = load_demographics(name)
        assert assign(demographics, 50, 1) == assign(demographics, 50, 1)
        assert assign(demographics, 50, 1) != assign(demographics, 50, 2)


def test_a_file_of_weights(tmp_path):
    weights = {"age_group": {"elderly": 1}, "gender": {"man": 1, "woman": 3}, "ethnicity": {"White": 2, "Black": 2}}
    file = tmp_path / "ward.json"
    file.write_text(json.dumps(weights))
    people = assign(load_demographics(str(file)), 40, 0)
    assert counts(people, "age_group") == {"elderly": 40}
    assert counts(people, "gender") == {"man": 10, "woman": 30}
    assert counts(people, "ethnicity") == {"White": 20, "Black": 20}


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("{", "not valid JSON: line 1, column 2"),
        ("[]", "age_group, gender, ethnicity"),
        ('{"age_group": {"young": 1}, "gender": {"man": 1}}', "age_group, gender, ethnicity"),
        (
            '{"age_group": {"old": 1}, "gender": {"man": 1}, "ethnicity": {"White": 1}}',
            "age_group has unknown labels; expected some",
        ),
        ('{"age_group": {"young": 1}, "gender": {"man": -1}, "ethnicity": {"White": 1}}', "weights of gender"),
        ('{"age_group": {"young": 1}, "gender": {"man": 1}, "ethnicity": {"White": 0}}', "weights of ethnicity"),
        ('{"age_group": {"young": true}, "gender": {"man": 1}, "ethnicity": {"White": 1}}', "weights of age_group"),
        ('{"age_group": {"young": NaN}, "gender": {"man": 1}, "ethnicity": {"White": 1}}', "NaN is not a number"),
    ],
)
def test_an_invalid_file_is_reported_with_its_key_in_one_line(tmp_path, text, words):
    file = tmp_path / "ward.json"
    file.write_text(text)
    with pytest.raises(ValueError, match=words) as error:
        load_demographics(str(file))
    assert str(file) in str(error.value)
    assert "\n" not in str(error.value)


WEIGHTS = b'{"age_group": {"young": 1}, "gender": {"man": 1},\r\n"ethnicity": {"White": 1}}\r\n'


@pytest.mark.parametrize("data", [b"\xef\xbb\xbf" + WEIGHTS, WEIGHTS.decode().encode("utf-16")])
def test_a_file_is_read_as_editors_save_it(tmp_path, data):
    (tmp_path / "ward.json").write_bytes(data)
    weights = load_demographics(str(tmp_path / "ward.json")).weights
    assert weights == {"age_group": {"young": 1}, "gender": {"man": 1}, "ethnicity": {"White": 1}}


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b'{"age_group": "caf\xe9"}', "line 1: byte 18 of the file is not UTF-8 text; save it as UTF-8"),
        (b"[" * 100_000, "not valid JSON: nested too deeply"),
        (WEIGHTS.replace(b"1", b"9" * 5000), "not valid JSON: Exceeds the limit"),
        (WEIGHTS.replace(b"1", b"1e400"), "the weights of age_group must be numbers"),
        (b" " * 1_000_001, "larger than the limit of 1 MB"),
    ],
)
def test_a_hostile_file_is_named(tmp_path, data, words):
    (tmp_path / "ward.json").write_bytes(data)
    with pytest.raises(ValueError, match=rf"ward\.json: {words}"):
        load_demographics(str(tmp_path / "ward.json"))


def test_a_device_is_not_read():
    with pytest.raises(ValueError, match="/dev/zero: a device, not a file"):
        load_demographics("/dev/zero")


def test_an_unknown_name():
    with pytest.raises(FileNotFoundError, match="balancd: no such file; give balanced, 3dpain or"):
        load_demographics("balancd")
