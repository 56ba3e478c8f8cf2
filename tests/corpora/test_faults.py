import pytest

from painctl.corpora.faults import Fault, Scope, is_incomplete

LEFT_OUT = "frames without a picture, left out"


@pytest.mark.parametrize(
    ("fault", "count", "expected"),
    [
        (Fault(LEFT_OUT, "a"), 0, False),
        (Fault(LEFT_OUT, "a"), 9, False),
        (Fault(LEFT_OUT, "a"), 10, True),
        (Fault("frames whose PSPI disagrees with their action units, kept", "a"), 90, False),
        (Fault("people with frames that are not labelled, left out", "a", "3 of 30", Scope.FRAME, 3), 3, False),
        (Fault("people with frames that are not labelled, left out", "a", "3 of 30", Scope.FRAME, 3), 4, True),
        (Fault("sequences without labels, of which another frame is used", "a", scope=Scope.FRAME), 10, True),
        (Fault("videos that cannot be read, left out", "a", scope=Scope.RECORDING), 1, False),
        (Fault("videos that cannot be read, left out", "a", scope=Scope.RECORDING), 2, True),
        (Fault("people without labels, left out", "a", scope=Scope.PERSON), 1, True),
    ],
)
def test_a_corpus_is_incomplete_if_a_tenth_of_frames_recordings_or_people_is_left_out(fault, count, expected):
    subject = [f"p{person}" for person in range(9) for _ in range(10)]
    names = [f"{person}/{recording}/{frame}" for person in subject[::10] for recording in "ab" for frame in range(5)]
    assert is_incomplete([fault] * count, names, subject) is expected
