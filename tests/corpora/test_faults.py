import pytest

from painctl.corpora.faults import Fault, is_incomplete


@pytest.mark.parametrize(
    ("kind", "count", "frames", "people", "expected"),
    [
        ("frames without a picture, left out", 0, 90, 5, False),
        ("frames without a picture, left out", 9, 90, 5, False),
        ("frames without a picture, left out", 10, 90, 5, True),
        ("frames whose PSPI disagrees with their action units, kept", 90, 90, 5, False),
        ("people without labels, left out", 1, 90, 10, False),
        ("people without labels, left out", 1, 900, 9, True),  # of whom there may be many frames
    ],
)
def test_a_corpus_is_incomplete_if_a_tenth_is_left_out(kind, count, frames, people, expected):
    assert is_incomplete([Fault(kind, str(number)) for number in range(count)], frames, people) is expected
