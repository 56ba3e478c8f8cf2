"""YuNet's file is not shipped, so these tests build a network of the same interface that detects red squares."""

import os

import numpy as np
import pytest

from painctl.detect.detection import detect_faces
from painctl.detect.framing import box_of_points
from painctl.detect.yunet import YuNet

CELL = 32  # pixels
POINTS = [-0.5, 0, 1.5, 0, 0.5, 0.6, -0.2, 1.5, 1.2, 1.5]  # two eyes, nose, two corners of the mouth, in cells
HEADS = {"cls": [-1.0], "obj": [-1.0], "bbox": [0.5, 0.5, 1.4, 1.4], "kps": POINTS}


def message(*fields):
    """A protobuf message of (field number, int, str, bytes or list of int)."""
    data = b""
    for number, value in fields:
        if isinstance(value, int):
            data += varint(number << 3) + varint(value)
            continue
        body = value.encode() if isinstance(value, str) else value
        body = b"".join(map(varint, body)) if isinstance(body, list) else body
        data += varint(number << 3 | 2) + varint(len(body)) + body
    return data


def varint(value):
    return bytes([value & 127 | 128]) + varint(value >> 7) if value > 127 else bytes([value])


def tensor(name, values):
    return message((1, list(values.shape)), (2, 1), (8, name), (9, values.astype("<f4").tobytes()))


def value(name, shape):
    sizes = [(1, message((1, size) if isinstance(size, int) else (2, size))) for size in shape]
    return message((1, name), (2, message((1, message((1, 1), (2, message(*sizes)))))))


def numbers(name, values):
    return message((1, name), (8, values), (20, 7))


@pytest.fixture(scope="module")
def network(tmp_path_factory):
    nodes, weights, outputs = [], [], []
    for head, bias in HEADS.items():
        for stride in (8, 16, 32):
            name, kernel = f"{head}_{stride}", np.zeros((len(bias), 3, stride, stride))
            if head in ("cls", "obj") and stride == CELL:  # red against green, of BGR
                kernel[:, 1], kernel[:, 2] = -0.02 / CELL**2, 0.02 / CELL**2
            weights += [tensor(f"{name}.w", kernel), tensor(f"{name}.b", np.array(bias))]
            shape = [numbers("kernel_shape", [stride] * 2), numbers("strides", [stride] * 2)]
            inputs = [(1, "input"), (1, f"{name}.w"), (1, f"{name}.b")]
            nodes.append(message(*inputs, (2, f"{name}.c"), (4, "Conv"), *((5, item) for item in shape)))
            last = numbers("perm", [0, 2, 3, 1])
            nodes.append(message((1, f"{name}.c"), (2, name), (4, "Transpose"), (5, last)))
            outputs.append(value(name, ["n", "r", "c", len(bias)]))
    graph = message(
        *((1, node) for node in nodes),
        (2, "red"),
        *((5, item) for item in weights),
        (11, value("input", [1, 3, "h", "w"])),
        *((12, output) for output in outputs),
    )
    path = tmp_path_factory.mktemp("yunet") / "red.onnx"
    path.write_bytes(message((1, 8), (7, graph), (8, message((1, ""), (2, 13)))))
    return path


def picture(*places, scale=1):
    image = np.full((480, 640, 3), 90, np.uint8)
    for x, y in places:
        image[y : y + CELL, x : x + CELL] = (250, 20, 20)
    return image.repeat(scale, axis=0).repeat(scale, axis=1)


@pytest.mark.parametrize("scale", [1, 3])
def test_a_box_is_computed_from_the_five_points_at_any_size(network, scale):
    faces = detect_faces(picture((320, 160), scale=scale), YuNet(network))
    points = (np.array(POINTS).reshape(5, 2) * CELL + np.array([320, 160])) * scale
    np.testing.assert_allclose(faces.boxes, [box_of_points(points)], rtol=1e-4)


def test_several_faces_from_left_to_right_and_none(network):
    detector = YuNet(network)
    faces = detect_faces(picture((512, 64), (32, 352)), detector)
    assert len(faces) == 2
    assert faces.boxes[0, 0] < faces.boxes[1, 0]
    assert len(detect_faces(picture(), detector)) == 0


def test_a_file_that_is_not_a_detector_is_rejected(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"no\.onnx"):
        YuNet(tmp_path / "no.onnx")
    (tmp_path / "text.onnx").write_text("hello")
    with pytest.raises(ValueError, match=r"text\.onnx: not a face detector"):
        YuNet(tmp_path / "text.onnx")


def test_the_name_of_the_file_may_be_any_bytes(network, tmp_path):
    path = tmp_path / os.fsdecode(b"caf\xe9.onnx")
    path.write_bytes(network.read_bytes())
    assert len(detect_faces(picture((320, 160)), YuNet(path))) == 1


def test_a_special_file_is_refused_by_name(tmp_path):
    (tmp_path / "zero.onnx").symlink_to("/dev/zero")
    with pytest.raises(ValueError, match=r"zero\.onnx: a device"):
        YuNet(tmp_path / "zero.onnx")
