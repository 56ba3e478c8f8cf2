import numpy as np
import pytest

from painctl.images.resize import center_crop
from painctl.pain.action_units import ACTION_UNITS
from painctl.prediction.answers import AT_ONCE, answers, as_record, columns
from painctl.prediction.cropping import FaceError
from painctl.prediction.shard_frames import ShardFrames
from painctl.prediction.shots import Shot
from painctl.vitpain.inference import predict_pairs
from painctl.vitpain.model import build

RNG = np.random.default_rng(0)
FACES = list(RNG.integers(0, 256, (AT_ONCE + 3, 40, 40, 3), dtype=np.uint8))
NEUTRAL = list(RNG.integers(0, 256, (2, 40, 40, 3), dtype=np.uint8))


@pytest.fixture(scope="module")
def model():
    return build("compact")


def shots(faces, **fields):
    return [Shot(f"{i}.png", lambda face=face: face, **fields) for i, face in enumerate(faces)]


def predict(model, pain, neutral):
    """Each face alone, beside every neutral one, at the size and of the part that the model looks at."""
    preprocess = model.architecture.preprocess

    def seen(image):
        return center_crop(image, preprocess.size, preprocess.crop)

    return [predict_pairs(model, [[(seen(face), seen(other)) for other in neutral]])[0] for face in pain]


def same(said, expected):
    assert said.pspi == pytest.approx(expected.pspi, rel=1e-4)
    assert said.probability == pytest.approx(expected.probability, rel=1e-4)
    assert said.aus == pytest.approx(expected.aus, rel=1e-4)


def test_answers_are_the_predictions_in_order(model):
    found = list(answers(model, shots(FACES), NEUTRAL, None))
    assert [answer.name for answer in found] == [f"{i}.png" for i in range(len(FACES))]
    for answer, expected in zip(found, predict(model, FACES, NEUTRAL), strict=True):
        same(answer.said, expected)


def test_no_more_than_a_few_pictures_are_read_ahead(model):
    read = []
    faces = ((read.append(i), Shot(str(i), lambda: FACES[0]))[1] for i in range(10 * AT_ONCE))
    next(answers(model, faces, NEUTRAL, None))
    assert len(read) == AT_ONCE


def test_a_picture_that_fails_leaves_the_others_their_answers(model):
    def crop(image, name):
        if name == "1.png":
            raise FaceError(name, "no face found", "look")
        return image

    def broken():
        raise OSError("gone")

    three = shots(FACES[:3])
    three.insert(1, Shot("broken.png", broken))
    found = list(answers(model, three, NEUTRAL, crop))
    assert [answer.said is None for answer in found] == [False, True, True, False]
    assert as_record(found[1]) == {"image": "broken.png", "error": "not readable"}
    assert as_record(found[2]) == {"image": "1.png", "error": "no face found"}
    same(found[3].said, predict(model, FACES[2:3], NEUTRAL)[0])


def test_the_crop_is_what_the_model_sees_unless_it_is_framed(model):
    def crop(image, name):
        return image[10:30, 10:30]

    (cut,), (whole,) = (list(answers(model, shots(FACES[:1], framed=f), NEUTRAL, crop)) for f in (False, True))
    same(cut.said, predict(model, [FACES[0][10:30, 10:30]], NEUTRAL)[0])
    same(whole.said, predict(model, FACES[:1], NEUTRAL)[0])


def test_frames_of_a_shard_are_compared_with_their_own_neutrals(model, portraits):
    found = list(answers(model, ShardFrames(portraits), [], None))
    assert [answer.name.split("/")[-2] for answer in found] == ["1"] * 6
    expected = [predict(model, [s.read()], s.references())[0] for s in ShardFrames(portraits) if not s.is_neutral]
    for answer, one in zip(found, expected, strict=True):
        same(answer.said, one)
    assert len(list(answers(model, ShardFrames(portraits), NEUTRAL, None))) == 12


def test_records_of_pictures_videos_and_models_of_fewer_heads(model):
    (still,) = answers(model, shots(FACES[:1]), NEUTRAL, None)
    assert list(as_record(still)) == ["image", "pspi", "probability", *ACTION_UNITS]
    assert columns(model, timed=False) == [*as_record(still), "error"]
    (frame,) = answers(model, shots(FACES[:1], frame=7, time=0.28), NEUTRAL, None)
    assert [*as_record(frame).items()][1:3] == [("frame", 7), ("time", 0.28)]
    assert columns(model, timed=True) == [*as_record(frame), "error"]
    alone = build("compact", reference=False, binary=(1, 3), action_units=False)
    (bare,) = answers(alone, shots(FACES[:1]), [], None)
    assert list(as_record(bare)) == ["image", "pspi", "probability", "probability>=3"]
    assert columns(alone, timed=False) == [*as_record(bare), "error"]
