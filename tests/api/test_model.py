import json
import subprocess
import sys

import cv2
import numpy as np
import pytest

import painctl
from painctl.vitpain.checkpoints import save
from painctl.vitpain.model import build
from painctl.vitpain.settings import TrainingSettings


@pytest.fixture(scope="module")
def model():
    return painctl.load()


def test_a_picture_is_estimated_as_by_the_command(model, faces):
    pain, neutral = faces / "pain.png", faces / "neutral.png"
    estimate = model.predict(pain, neutral=neutral)
    command = [sys.executable, "-m", "painctl", "predict", pain, "-n", neutral, "-m", "painctl", "--json"]
    printed = json.loads(subprocess.run(command, check=True, capture_output=True).stdout)
    assert estimate.record.keys() == printed.keys()
    for name, value in estimate.record.items():  # the command uses other kernels
        assert printed[name] == (pytest.approx(value, abs=0.02) if isinstance(value, float) else value)
    assert estimate.pspi == estimate.record["pspi"]
    assert estimate.pspi > model.predict(neutral, neutral=neutral).pspi + 3
    assert estimate.error is None
    assert estimate.face.shape[2] == 3


def test_arrays_and_paths_give_the_same(model, faces):
    paths = [faces / "pain.png", str(faces / "neutral.png")]
    arrays = [cv2.imread(str(path), cv2.IMREAD_COLOR_RGB) for path in paths]
    by_path, by_array = (model.predict(pain, neutral=[neutral]) for pain, neutral in (paths, arrays))
    assert by_path.record == {**by_array.record, "image": str(paths[0]), "reference_image": paths[1]}
    assert by_array.record["image"] == "picture 0"


def test_without_a_neutral_picture_the_record_says_so(model, faces):
    assert model.predict(faces / "pain.png").record["reference"] == "none"


def test_of_many_pictures_a_bad_one_has_an_error_and_the_others_are_estimated(model, faces, tmp_path):
    (tmp_path / "text.png").write_text("not a picture")
    grey = np.full((80, 80, 3), 128, np.uint8)
    pictures = [faces / "pain.png", tmp_path / "text.png", grey, faces / "pain.png"]
    first, broken, faceless, last = model.predict_many(pictures, neutral=faces / "neutral.png")
    assert first.pspi == last.pspi
    assert [broken.error, faceless.error] == ["not readable", "no face found"]
    assert np.isnan(broken.pspi)
    assert broken.aus == {}
    with pytest.raises(ValueError, match=r"text\.png"):
        model.predict(tmp_path / "text.png")
    with pytest.raises(ValueError, match="expected a picture, RGB uint8"):
        model.predict(np.zeros((4, 4)))


def test_several_faces_need_a_choice(model, faces):
    pain = cv2.imread(str(faces / "pain.png"), cv2.IMREAD_COLOR_RGB)
    both = np.hstack([pain, cv2.imread(str(faces / "neutral.png"), cv2.IMREAD_COLOR_RGB)])
    with pytest.raises(ValueError, match="2 faces found"):
        model.predict(both)
    left, right = (model.predict(both, neutral=faces / "neutral.png", face=face).pspi for face in ("1", "2"))
    assert left > right + 3


@pytest.mark.parametrize("face", ["0", "-1", "abc"])
def test_an_impossible_choice_of_a_face_is_rejected(model, faces, face):
    with pytest.raises(ValueError, match="expected largest, or a number counted from the left"):
        model.predict(faces / "pain.png", face=face)
    with pytest.raises(ValueError, match="leave one out"):
        model.predict(faces / "pain.png", face="1", crop=False)


def test_one_picture_is_not_taken_for_many(model, faces):
    path = faces / "pain.png"
    for one in (path, str(path), cv2.imread(str(path), cv2.IMREAD_COLOR_RGB)):
        (estimate,) = model.predict_many(one, neutral=path)
        assert estimate.error is None


def test_what_is_neither_a_path_nor_an_array_is_rejected(model, faces):
    for words, arguments in (("picture 0", (3, None)), ("picture neutral", (faces / "pain.png", [3]))):
        with pytest.raises(ValueError, match=f"{words}: expected a path or an array, not int"):
            model.predict(arguments[0], neutral=arguments[1])


def test_a_folder_of_a_trained_model(tmp_path, faces):
    save(tmp_path / "mine", build("compact"), TrainingSettings(epochs=0), "", ["a"])
    model = painctl.load(tmp_path / "mine")
    assert (model.name, model.card) == ("mine", "")
    assert model.digest in repr(model)
    with pytest.raises(painctl.UsageError, match="needs a neutral picture"):
        model.predict(faces / "pain.png")
    assert 0 <= model.predict(faces / "pain.png", neutral=faces / "neutral.png").pspi <= 16
    with pytest.raises(OSError, match="missing"):
        painctl.load(tmp_path / "missing")


def test_an_unknown_name_is_no_attribute():
    with pytest.raises(AttributeError, match="no attribute 'lod'"):
        painctl.lod  # noqa: B018
