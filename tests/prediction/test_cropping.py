import cv2
import numpy as np
import pytest

from painctl.detect.faces import suppress_overlaps
from painctl.detect.framing import FACE
from painctl.prediction.cropping import Cropper, FaceError, read_face

IMAGE = np.arange(200 * 300 * 3, dtype=np.uint32).astype(np.uint8).reshape(200, 300, 3)


def detector(*corners):
    """A detector that returns faces of 20, 21, ... pixels with these upper left corners."""
    boxes = [[left, top, left + 20 + n, top + 20 + n] for n, (left, top) in enumerate(corners)]
    return lambda image: suppress_overlaps(np.reshape(boxes, (-1, 4)), np.ones(len(boxes)))


@pytest.mark.parametrize(
    ("choice", "column"), [("largest", 200), ("1", 30), ("2", 120), ("3", 200)]
)  # of the boxes' left edges
def test_one_of_several_faces_is_chosen(choice, column):
    three = detector((120, 60), (30, 90), (200, 90))
    crop = Cropper(three, choice)(IMAGE, "a.png").picture
    side = {120: 20, 30: 21, 200: 22}[column]
    assert len(crop) == round(side / FACE)
    middle = column + side / 2
    assert crop.shape == (len(crop), len(crop), 3)
    left = round(middle - len(crop) / 2)
    assert any(np.array_equal(crop[0], IMAGE[row, left : left + len(crop)]) for row in range(200))


@pytest.mark.parametrize(
    ("corners", "choice", "message", "reason"),
    [
        ([], "", r"a\.png: no face found; .*--crop none", "no face found"),
        ([], "largest", r"a\.png: no face found; .*--crop none", "no face found"),
        ([(0, 0), (50, 0)], "", r"a\.png: 2 faces found; .*--face largest, or --face 1 to 2", "2 faces found"),
        ([(0, 0), (50, 0)], "3", r"a\.png: 2 faces found, not 3; choose another than face 3", "2 faces found, not 3"),
        ([(0, 0)], "2", r"a\.png: 1 face found, not 2; choose", "1 face found, not 2"),
    ],
)
def test_pictures_without_a_unique_face_are_rejected(corners, choice, message, reason):
    with pytest.raises(FaceError, match=message) as caught:
        Cropper(detector(*corners), choice)(IMAGE, "a.png")
    assert caught.value.reason == reason


def test_a_rendered_frame_is_cropped_to_about_itself(portrait):
    wide = cv2.copyMakeBorder(portrait, 100, 50, 150, 60, cv2.BORDER_CONSTANT, value=(90, 90, 90))
    crop = Cropper()(wide, "a.png").picture
    assert len(crop) == pytest.approx(192, rel=0.12)
    resized = cv2.resize(crop, (192, 192)).astype(float)
    difference, mirrored = (
        (resized - portrait)[48:144, 48:144],
        (resized - portrait[:, ::-1])[48:144, 48:144],
    )
    assert np.abs(difference).mean() < np.abs(mirrored).mean()


def test_without_a_crop_the_whole_picture_is_the_face(tmp_path):
    cv2.imwrite(str(tmp_path / "a.png"), IMAGE[..., ::-1])
    np.testing.assert_array_equal(read_face(tmp_path / "a.png", None).picture, IMAGE)
    assert len(read_face(tmp_path / "a.png", Cropper(detector((50, 50)))).picture) == round(20 / FACE)


@pytest.mark.parametrize("error", [MemoryError(), cv2.error("native"), RuntimeError("native"), SystemError("x")])
def test_whatever_a_detector_throws_names_the_picture(error):
    def broken(image):
        raise error

    with pytest.raises(ValueError, match=r"a\.png: the face detector failed on this picture: \w+"):
        Cropper(broken)(IMAGE, "a.png")
