"""A user's file, by a network of the same interface that detects red squares."""

import numpy as np
import pytest
from made_onnx import convolutions

from painctl.detect.centerface import CenterFace
from painctl.detect.centerface_onnx import OnnxMaps
from painctl.detect.detection import detect_faces, load_detector
from painctl.detect.framing import box_of_points

CELL = 4  # pixels
POINTS = [0.4, 0.3, 0.4, 0.7, 0.6, 0.5, 0.8, 0.35, 0.8, 0.65]  # y, x of two eyes, nose, two corners of the mouth
HEIGHT, WIDTH = 40, 30  # of a face, pixels
HEADS = {"537": [-1.0], "538": np.log([HEIGHT / CELL, WIDTH / CELL]), "539": [0.25, -0.25], "540": POINTS}


@pytest.fixture(scope="module")
def file():
    heads = []
    for name, bias in HEADS.items():
        kernel = np.zeros((len(bias), 3, CELL, CELL))
        if name == "537":  # red against green, of RGB
            kernel[:, 0], kernel[:, 1] = 0.01 / CELL**2, -0.01 / CELL**2
        heads.append((name, kernel, bias))
    return convolutions(heads)


def picture(*places, scale=1):
    image = np.full((160, 256, 3), 90, np.uint8)
    for x, y in places:
        image[y : y + CELL, x : x + CELL] = (250, 20, 20)
    return image.repeat(scale, axis=0).repeat(scale, axis=1)


def expected(x, y):
    """The five points of a face whose cell starts at (x, y), with its middle below and to the left of the cell's."""
    middle = np.array([y + 0.75 * CELL, x + 0.25 * CELL])
    points = middle + (np.array(POINTS).reshape(5, 2) - 0.5) * [HEIGHT, WIDTH]
    return points[:, ::-1]


@pytest.mark.parametrize("scale", [1, 3])
def test_a_box_is_computed_from_the_five_points_at_any_size(file, scale):
    faces = detect_faces(picture((120, 80), scale=scale), CenterFace(OnnxMaps(file)))
    np.testing.assert_allclose(faces.boxes, [box_of_points(scale * expected(120, 80))], rtol=1e-4)


def test_several_faces_from_left_to_right_and_none(file):
    detector = CenterFace(OnnxMaps(file))
    faces = detect_faces(picture((240, 40), (40, 120)), detector)
    np.testing.assert_allclose(faces.boxes, [box_of_points(expected(*place)) for place in ((40, 120), (240, 40))])
    assert len(detect_faces(picture(), detector)) == 0


def test_the_kind_of_a_file_is_recognised(file, tmp_path):
    (tmp_path / "network.onnx").write_bytes(file)
    assert isinstance(load_detector(tmp_path / "network.onnx"), CenterFace)


def test_other_networks_are_rejected(file):
    wider = [(name, np.zeros((len(bias) + 1, 3, CELL, CELL)), [*bias, 0]) for name, bias in HEADS.items()]
    for other in (convolutions(wider), file[:-40], b""):
        with pytest.raises(ValueError, match="not a CenterFace network"):
            OnnxMaps(other)
