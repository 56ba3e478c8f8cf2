import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from painctl.evidence.folds import by_index, by_lists, inner_split, leave_one_out

# the subjects of UNBC-McMaster
UNBC = [
    "042",
    "043",
    "047",
    "048",
    "049",
    "052",
    "059",
    "064",
    "066",
    "080",
    "092",
    "095",
    "096",
    "097",
    "101",
    "103",
    "106",
    "107",
    "108",
    "109",
    "115",
    "120",
    "121",
    "123",
    "124",
]


@given(st.lists(st.integers(0, 30), min_size=5).filter(lambda people: len(set(people)) >= 5), st.integers(2, 5))
def test_folds_keep_people_apart_and_test_each_frame_once(people, k):
    subjects = np.array(people)
    fold = by_index(subjects, k)
    assert fold.shape == subjects.shape
    assert set(fold) == set(range(k))
    for person in set(people):
        assert len(set(fold[subjects == person])) == 1
    sizes = [len(set(subjects[fold == f])) for f in range(k)]
    assert max(sizes) - min(sizes) <= 1


def test_five_folds_are_the_public_split():
    assert by_index(np.array(UNBC[::-1]), 5)[::-1].tolist() == [index % 5 for index in range(25)]


@pytest.mark.parametrize("k", [0, 1, 4])
def test_an_impossible_number_of_folds_is_rejected(k):
    with pytest.raises(ValueError, match=f"{k} folds of 3 people"):
        by_index(np.array(["a", "b", "c", "a"]), k)


def test_leave_one_out_tests_each_person_alone():
    fold = leave_one_out(np.array(["b", "a", "b", "c"]))
    assert fold.tolist() == [1, 0, 1, 2]


def test_folds_from_lists_of_people():
    subjects = np.array(["b", "a", "c", "a"])
    assert by_lists(subjects, [["a"], ["b", "c"]]).tolist() == [1, 0, 1, 0]
    with pytest.raises(ValueError, match="c is tested in no fold"):
        by_lists(subjects, [["a"], ["b"]])
    with pytest.raises(ValueError, match="a is tested in folds 1 and 2"):
        by_lists(subjects, [["a"], ["b", "c", "a"]])
    with pytest.raises(ValueError, match="fold 2 tests no one"):
        by_lists(subjects, [["a", "b", "c"], ["d"]])


@settings(deadline=None)
@given(st.lists(st.integers(0, 12), min_size=1))
def test_inner_split_is_by_person(people):
    subjects = np.array(people)
    fitted, validated = inner_split(subjects, np.arange(len(subjects)))
    assert sorted([*fitted, *validated]) == list(range(len(subjects)))
    assert not set(subjects[fitted]) & set(subjects[validated])
    assert len(fitted)
    assert bool(len(validated)) is (len(set(people)) >= 3)
