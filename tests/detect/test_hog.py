import tracemalloc
from concurrent.futures import ThreadPoolExecutor

import cv2
import numpy as np
import pytest

from painctl.detect.detection import detect_faces
from painctl.detect.framing import CENTRE, FACE
from painctl.detect.hog import detect_coarsely
from painctl.images.encode import decode
from painctl.render.scene import draw_scene
from painctl.render.tone import develop
from painctl.shard.reader import Shard


@pytest.fixture(scope="module")
def frames(portraits):
    with Shard(portraits) as shard:
        return [decode(data) for data in shard.read("frames", "image")]


def frame_of(faces):
    """Centre x, y and side of the frame around the one face."""
    (left, top, right, bottom), *others = faces.boxes
    assert not others
    side = (bottom - top) / FACE
    return float(left + right) / 2, float(top + bottom) / 2 - (CENTRE[1] - 0.5) * float(side), float(side)


@pytest.mark.parametrize("size", [512, 192, 64])
def test_rendered_faces_are_detected_and_framed(frames, size):
    for image in frames:
        resized = cv2.resize(image, (size, size), interpolation=cv2.INTER_AREA)
        x, y, side = frame_of(detect_faces(resized))
        assert side / size == pytest.approx(1, abs=0.15)
        assert x / size == pytest.approx(0.5, abs=0.11)  # at a yaw of 30 degrees the face is to one side
        assert y / size == pytest.approx(0.5, abs=0.06)


def test_boxes_without_refinement_are_near_the_refined_ones(frames):
    for image in frames[:6]:
        x, y, side = frame_of(detect_faces(image))
        near_x, near_y, near_side = frame_of(detect_faces(image, detect_coarsely))
        assert (near_x / side, near_y / side) == pytest.approx((x / side, y / side), abs=0.12)
        assert near_side / side == pytest.approx(1, abs=0.25)


def test_threads_detect_the_same_as_one_thread(frames):
    """A detector shared between threads would crash the process."""
    with ThreadPoolExecutor(4) as pool:
        together = list(pool.map(detect_faces, frames[:4] * 2))
    for faces, expected in zip(together, [detect_faces(image) for image in frames[:4]] * 2, strict=True):
        assert np.array_equal(faces.boxes, expected.boxes)


def test_a_mirrored_picture_has_the_mirrored_box(frames):
    for image in frames[:3]:
        (x, y, side), (mirrored_x, mirrored_y, mirrored_side) = (
            frame_of(detect_faces(picture)) for picture in (image, image[:, ::-1])
        )
        assert (192 - mirrored_x, mirrored_y, mirrored_side) == pytest.approx((x, y, side), abs=0.06 * 192)


def test_two_faces_far_apart_and_a_small_one(frames):
    wide = np.full((400, 1200, 3), 128, np.uint8)
    wide[100:292, 50:242], wide[100:292, 900:1092] = frames[0], frames[7]
    faces = detect_faces(wide)
    assert len(faces) == 2
    assert faces.boxes[0, 0] < 242 < 900 < faces.boxes[1, 0]
    small = np.full((1500, 2000, 3), 128, np.uint8)
    small[700:892, 1500:1692] = frames[0]
    x, y, side = frame_of(detect_faces(small))
    assert (x, y, side) == pytest.approx((1596, 796, 192), abs=20)


def test_a_face_that_fills_the_picture(frames):
    x, y, side = frame_of(detect_faces(frames[0][80:170, 50:140]))
    assert (x, y, side) == pytest.approx((46, 16, 192), abs=25)


def test_backdrops_without_people():
    backdrops = [develop(draw_scene(5, number, "backdrop").backdrop(256)) for number in range(5)]
    assert not any(len(detect_faces(picture)) for picture in (*backdrops, np.zeros((1, 1, 3), np.uint8)))


def test_a_photograph():
    """Matplotlib's sample picture of Grace Hopper, 512 x 600, by the United States Navy."""
    matplotlib = pytest.importorskip("matplotlib")
    photograph = cv2.imread(f"{matplotlib.get_data_path()}/sample_data/grace_hopper.jpg", cv2.IMREAD_COLOR_RGB)
    x, y, side = frame_of(detect_faces(photograph))
    eyes, chin = (264, 187), 333  # read off a grid, to about 5 pixels
    assert x == pytest.approx(eyes[0], abs=20)
    assert (eyes[1] - (y - side / 2)) / side == pytest.approx(0.503, abs=0.04)
    assert (chin - (y - side / 2)) / side == pytest.approx(0.88, abs=0.06)


@pytest.mark.parametrize("shape", [(1, 30_000), (30_000, 3), (1, 1), (2, 5)])
def test_a_picture_of_any_shape_is_searched_in_bounded_memory(shape):
    tracemalloc.start()  # NumPy's arrays, which OpenCV allocates too
    assert len(detect_faces(np.full((*shape, 3), 90, np.uint8))) == 0
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 100e6
