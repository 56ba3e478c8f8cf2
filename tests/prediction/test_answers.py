import numpy as np
import pytest

from painctl.images.resize import center_crop
from painctl.likeness.likeness import likeness
from painctl.prediction.answers import AT_ONCE, Answer, answers
from painctl.prediction.cropping import FaceCrop, FaceError
from painctl.prediction.faces import Reference, face_for
from painctl.prediction.quality import LEAST_LIKENESS
from painctl.prediction.shard_frames import ShardFrames
from painctl.prediction.shots import Shot
from painctl.vitpain.inference import predict_pairs
from painctl.vitpain.model import build
from painctl.vitpain.sources import blank_picture

RNG = np.random.default_rng(0)
FACES = list(RNG.integers(0, 256, (AT_ONCE + 3, 40, 40, 3), dtype=np.uint8))
NEUTRAL = list(RNG.integers(0, 256, (2, 40, 40, 3), dtype=np.uint8))
REFERENCES = [*map(Reference, NEUTRAL)]


@pytest.fixture(scope="module")
def model():
    return build("compact")


def shots(faces, **fields):
    return [Shot(f"{i}.png", lambda face=face: face, **fields) for i, face in enumerate(faces)]


def predict(model, pain, neutral):
    """Each face by itself, with every neutral one, at the size and crop of the model."""
    preprocess = model.architecture.preprocess

    def fitted(image):
        return center_crop(image, preprocess.size, preprocess.crop)

    return [predict_pairs(model, [[(fitted(face), fitted(reference)) for reference in neutral]])[0] for face in pain]


def assert_close(prediction, expected):
    assert prediction.pspi == pytest.approx(expected.pspi, rel=1e-4)
    assert prediction.probability == pytest.approx(expected.probability, rel=1e-4)
    assert prediction.aus == pytest.approx(expected.aus, rel=1e-4)


def test_answers_are_the_predictions_in_order(model):
    results = list(answers(model, shots(FACES), REFERENCES, None))
    assert [answer.name for answer in results] == [f"{i}.png" for i in range(len(FACES))]
    for answer, expected in zip(results, predict(model, FACES, NEUTRAL), strict=True):
        assert_close(answer.prediction, expected)


def test_at_most_a_batch_of_pictures_is_read_ahead(model):
    read = []
    faces = ((read.append(i), Shot(str(i), lambda: FACES[0]))[1] for i in range(10 * AT_ONCE))
    next(answers(model, faces, REFERENCES, None))
    assert len(read) == AT_ONCE


def test_a_failed_picture_does_not_affect_the_others(model):
    def crop(image, name):
        if name == "1.png":
            raise FaceError(name, "no face found", "look")
        return FaceCrop(image)

    def broken():
        raise OSError("gone")

    three = shots(FACES[:3])
    three.insert(1, Shot("broken.png", broken))
    results = list(answers(model, three, REFERENCES, crop))
    assert [answer.prediction is None for answer in results] == [False, True, True, False]
    assert [answer.reason for answer in results[1:3]] == ["not readable", "no face found"]
    assert_close(results[3].prediction, predict(model, FACES[2:3], NEUTRAL)[0])


def test_the_crop_is_applied_unless_the_shot_is_framed(model):
    def crop(image, name):
        return FaceCrop(image[10:30, 10:30])

    (cropped,), (uncropped,) = (
        list(answers(model, shots(FACES[:1], framed=f), REFERENCES, crop)) for f in (False, True)
    )
    assert_close(cropped.prediction, predict(model, [FACES[0][10:30, 10:30]], NEUTRAL)[0])
    assert_close(uncropped.prediction, predict(model, FACES[:1], NEUTRAL)[0])


def test_without_a_neutral_face_the_blank_picture_takes_its_place(model):
    (answer,) = answers(model, shots(FACES[:1]), [], None)
    size = model.architecture.preprocess.size
    face = center_crop(FACES[0], size, model.architecture.preprocess.crop)
    assert_close(answer.prediction, predict_pairs(model, [[(face, blank_picture(size))]])[0])
    assert len(answer.neutral) == 0


def test_frames_of_a_shard_are_compared_with_their_own_neutrals(model, portraits):
    results = list(answers(model, ShardFrames(portraits), [], None))
    assert [answer.name.split("/")[-2] for answer in results] == ["1"] * 6
    expected = [predict(model, [s.read()], s.references())[0] for s in ShardFrames(portraits) if not s.is_neutral]
    for answer, prediction in zip(results, expected, strict=True):
        assert_close(answer.prediction, prediction)
    assert len(list(answers(model, ShardFrames(portraits), REFERENCES, None))) == 12


def test_a_face_unlike_the_neutral_one_gets_a_warning_and_with_strict_an_error(model):
    vector = np.eye(1, 8, dtype=np.float32)[0]
    own, other = Answer("a.png", None, None, likeness=1.0), Answer("a.png", None, None, likeness=LEAST_LIKENESS - 0.01)
    assert "another person?" not in own.warnings
    assert "below" in other.warnings["another person?"]
    assert likeness(vector, [vector, -vector, 0 * vector]) == -1
    assert likeness(vector, []) is None
    (answer,) = answers(
        model, shots(FACES[:1]), [Reference(FACES[0], face_for(model, FaceCrop(FACES[0])).vector)], None
    )
    assert answer.likeness == pytest.approx(1, abs=1e-5)
    (opposite,) = answers(model, shots(FACES[:1]), [Reference(FACES[0], -answer.vector)], None)
    assert (opposite.error, "another person?" in opposite.warnings) == (None, True)
