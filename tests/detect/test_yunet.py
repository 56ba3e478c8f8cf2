"""YuNet's file is not shipped, so these tests build a network of the same interface that detects red squares."""

import os

import numpy as np
import pytest
from made_onnx import convolutions

from painctl.detect.detection import detect_faces, load_detector
from painctl.detect.framing import box_of_points
from painctl.detect.yunet import YuNet

CELL = 32  # pixels
POINTS = [-0.5, 0, 1.5, 0, 0.5, 0.6, -0.2, 1.5, 1.2, 1.5]  # two eyes, nose, two corners of the mouth, in cells
HEADS = {"cls": [-1.0], "obj": [-1.0], "bbox": [0.5, 0.5, 1.4, 1.4], "kps": POINTS}


@pytest.fixture(scope="module")
def network(tmp_path_factory):
    heads = []
    for head, bias in HEADS.items():
        for stride in (8, 16, 32):
            kernel = np.zeros((len(bias), 3, stride, stride))
            if head in ("cls", "obj") and stride == CELL:  # red against green, of BGR
                kernel[:, 1], kernel[:, 2] = -0.02 / CELL**2, 0.02 / CELL**2
            heads.append((f"{head}_{stride}", kernel, bias))
    path = tmp_path_factory.mktemp("yunet") / "red.onnx"
    path.write_bytes(convolutions(heads, transposed=True))
    return path


def picture(*places, scale=1):
    image = np.full((480, 640, 3), 90, np.uint8)
    for x, y in places:
        image[y : y + CELL, x : x + CELL] = (250, 20, 20)
    return image.repeat(scale, axis=0).repeat(scale, axis=1)


@pytest.mark.parametrize("scale", [1, 3])
def test_a_box_is_computed_from_the_five_points_at_any_size(network, scale):
    faces = detect_faces(picture((320, 160), scale=scale), YuNet(network.read_bytes()))
    points = (np.array(POINTS).reshape(5, 2) * CELL + np.array([320, 160])) * scale
    np.testing.assert_allclose(faces.boxes, [box_of_points(points)], rtol=1e-4)


def test_several_faces_from_left_to_right_and_none(network):
    detector = YuNet(network.read_bytes())
    faces = detect_faces(picture((512, 64), (32, 352)), detector)
    assert len(faces) == 2
    assert faces.boxes[0, 0] < faces.boxes[1, 0]
    assert len(detect_faces(picture(), detector)) == 0


def test_a_file_that_is_not_a_detector_is_rejected(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"no\.onnx"):
        load_detector(tmp_path / "no.onnx")
    (tmp_path / "text.onnx").write_text("hello")
    with pytest.raises(ValueError, match=r"text\.onnx: not a face detector"):
        load_detector(tmp_path / "text.onnx")


def test_the_name_of_the_file_may_be_any_bytes(network, tmp_path):
    path = tmp_path / os.fsdecode(b"caf\xe9.onnx")
    path.write_bytes(network.read_bytes())
    assert len(detect_faces(picture((320, 160)), load_detector(path))) == 1


def test_a_special_file_is_refused_by_name(tmp_path):
    (tmp_path / "zero.onnx").symlink_to("/dev/zero")
    with pytest.raises(ValueError, match=r"zero\.onnx: a device"):
        load_detector(tmp_path / "zero.onnx")
