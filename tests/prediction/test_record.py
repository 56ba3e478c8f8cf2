from dataclasses import replace

import numpy as np
import pytest

from painctl import __version__
from painctl.pain.action_units import ACTION_UNITS
from painctl.prediction.answers import Answer
from painctl.prediction.cropping import FaceCrop, FaceError
from painctl.prediction.quality import Quality
from painctl.prediction.record import as_record, columns
from painctl.vitpain.inference import Prediction
from painctl.vitpain.model import build
from painctl.vitpain.model_folder import ModelIdentity

IDENTITY = ModelIdentity("model", "0123456789abcdef")
WHICH = {"model": "model", "model_sha256": "0123456789abcdef", "painctl_version": __version__}
PLACE = ("face_left", "face_top", "face_right", "face_bottom", "face_score")
FIGURES = ("face_pixels", "sharpness", "yaw", "pitch", "roll", "hidden", "landmark_error")
PREDICTION = Prediction(7.12345, {1: 0.56789}, np.array([1.23456, 0, 0, 0, 0, 1], np.float32))


def with_quality(record, compared=("likeness",)):
    """The columns that a record without quality belongs to."""
    image = ["reference_image"] if compared else []
    return [*list(record)[:-3], *image, *PLACE, *FIGURES, *compared, "warning", *WHICH, "error"]


@pytest.fixture(scope="module")
def model():
    return build("compact")


def test_a_picture(model):
    record = as_record(Answer("a.png", None, None, PREDICTION), IDENTITY)
    assert list(record) == ["image", "pspi", "probability", *ACTION_UNITS, "reference", *WHICH]
    assert [record[name] for name in ("image", "pspi", "probability", "AU4")] == ["a.png", 7.123, 0.5679, 1.235]
    assert columns(model, timed=False) == with_quality(record)


def test_the_expected_error_follows_the_estimate():
    record = as_record(Answer("a.png", None, None, Prediction(7.0, {1: 0.5}, None, 2.34567)), IDENTITY)
    assert [*record.items()][1:3] == [("pspi", 7.0), ("pspi_sd", 2.346)]
    assert columns(build("hybrid", action_units=False), timed=False) == with_quality(record)


def test_the_reference_is_given_or_there_is_none():
    alone, compared = (Answer("a.png", None, None, PREDICTION, neutral=faces) for faces in ([], [np.zeros((2, 2, 3))]))
    assert as_record(alone, IDENTITY)["reference"] == "none"
    assert as_record(compared, IDENTITY)["reference"] == "given"
    assert "reference_image" not in as_record(compared, IDENTITY)
    named = replace(compared, reference_images=("a.jpg", "b.jpg"))
    assert as_record(named, IDENTITY)["reference_image"] == "a.jpg|b.jpg"


def test_how_alike_the_faces_are_is_recorded_with_its_warning():
    quality = Quality(80.0, 0.9, 0.0, 0.0, 0.0, 0.0, 0.01)
    record = as_record(Answer("a.png", None, None, PREDICTION, quality=quality, likeness=-0.12345), IDENTITY)
    assert (record["likeness"], record["warning"]) == (-0.123, "another person?")


def test_the_quality_of_the_face_and_its_warnings():
    clear, poor = (
        Answer("a.png", None, None, PREDICTION, quality=Quality(*figures, -12.345, 4.0, 0.16, 0.123, 0.02345))
        for figures in ((99.6, 0.5555), (9, 0.1))
    )
    assert dict([*as_record(clear, IDENTITY).items()][-10:-3]) == dict(
        zip(FIGURES, (100, 0.555, -12.3, 4.0, 0.2, 0.12, 0.023), strict=True)
    )
    assert as_record(poor, IDENTITY)["warning"] == "small face; blurred face"


def test_the_place_of_a_face_that_was_detected():
    crop = FaceCrop(np.zeros((9, 9, 3), np.uint8), 1, np.array([-4.4, 10.6, 15.5, 30.6], np.float32), 0.87654)
    record = as_record(Answer("a.png", None, None, PREDICTION, crop=crop), IDENTITY)
    assert [record[name] for name in PLACE] == [-4, 11, 16, 31, 0.877]


def test_a_frame_of_a_video_has_its_number_and_time(model):
    record = as_record(Answer("a.avi", 7, 0.28, PREDICTION), IDENTITY)
    assert [*record.items()][1:3] == [("frame", 7), ("time", 0.28)]
    assert [*as_record(Answer("a.avi", 7, None, PREDICTION), IDENTITY).items()][1:3] == [("frame", 7), ("time", None)]
    assert columns(model, timed=True) == with_quality(record)


def test_a_model_with_fewer_outputs_has_fewer_keys():
    record = as_record(Answer("a.png", None, None, Prediction(1.0, {1: 0.5, 3: 0.2}, None)), IDENTITY)
    assert list(record) == ["image", "pspi", "probability", "probability>=3", "reference", *WHICH]
    alone = build("compact", reference=False, binary=(1, 3), action_units=False)
    assert columns(alone, timed=False) == with_quality(record, compared=())


def test_an_error_replaces_the_numbers():
    broken, faceless = OSError("gone"), FaceError("b.png", "no face found", "look")
    assert as_record(Answer("a.png", None, None, error=broken), IDENTITY) == {
        "image": "a.png",
        **WHICH,
        "error": "not readable",
    }
    assert as_record(Answer("b.png", None, None, error=faceless), IDENTITY) == {
        "image": "b.png",
        **WHICH,
        "error": "no face found",
    }


def test_a_high_estimate_of_the_neutral_faces_is_a_warning():
    answer = Answer("a.png", None, None, PREDICTION, neutral=[np.zeros((2, 2, 3))], rest=5.0)
    assert as_record(answer, IDENTITY)["rest"] == 5.0
    assert as_record(answer, IDENTITY)["warning"] == "doubtful neutral"
    assert "warning" not in as_record(answer, IDENTITY, rest=1.5)
