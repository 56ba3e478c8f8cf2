"""The detector that comes with painctl."""

import tracemalloc
from concurrent.futures import ThreadPoolExecutor

import cv2
import numpy as np
import pytest

from painctl.detect.detection import detect_faces
from painctl.detect.framing import CENTRE, FACE, crop_face
from painctl.images.encode import decode
from painctl.render.scene import draw_scene
from painctl.render.tone import develop
from painctl.shard.reader import Shard


@pytest.fixture(scope="module")
def frames(portraits):
    with Shard(portraits) as shard:
        return [decode(data) for data in shard.read("frames", "image")]


def frame_of(faces):
    """Centre x, y and side of the frame around the one face, which is upright."""
    (left, top, right, bottom), *others = faces.boxes
    assert not others
    assert faces.turns.tolist() == [0]
    side = (bottom - top) / FACE
    return float(left + right) / 2, float(top + bottom) / 2 - (CENTRE[1] - 0.5) * float(side), float(side)


@pytest.mark.parametrize("size", [512, 192, 64])
def test_rendered_faces_are_detected_and_framed(frames, size):
    for image in frames:
        resized = cv2.resize(image, (size, size), interpolation=cv2.INTER_AREA)
        x, y, side = frame_of(detect_faces(resized))
        assert side / size == pytest.approx(1, abs=0.15)
        assert x / size == pytest.approx(0.5, abs=0.1)
        assert y / size == pytest.approx(0.5, abs=0.06)


@pytest.mark.parametrize("turns", [1, 2, 3])
def test_a_face_that_lies_is_cropped_upright(frames, turns):
    for image in frames[:6]:
        wide = cv2.copyMakeBorder(image, 40, 90, 20, 60, cv2.BORDER_REPLICATE)
        upright = detect_faces(wide)
        turned = np.ascontiguousarray(np.rot90(wide, -turns))
        faces = detect_faces(turned)
        assert faces.turns.tolist() == [turns]
        first, second = (
            cv2.resize(crop, (64, 64), interpolation=cv2.INTER_AREA).astype(float)
            for crop in (crop_face(wide, upright.boxes[0]), crop_face(turned, faces.boxes[0], turns))
        )
        assert np.abs(first - second)[16:48, 16:48].mean() < 0.5 * np.abs(first - first[:, ::-1])[16:48, 16:48].mean()


def test_threads_detect_the_same_as_one_thread(frames):
    with ThreadPoolExecutor(4) as pool:
        together = list(pool.map(detect_faces, frames[:4] * 2))
    for faces, expected in zip(together, [detect_faces(image) for image in frames[:4]] * 2, strict=True):
        assert np.array_equal(faces.boxes, expected.boxes)


def test_two_faces_far_apart_and_a_small_one(frames):
    wide = np.full((400, 1200, 3), 128, np.uint8)
    wide[100:292, 50:242], wide[100:292, 900:1092] = frames[0], frames[7]
    faces = detect_faces(wide)
    assert len(faces) == 2
    assert faces.boxes[0, 0] < 242 < 900 < faces.boxes[1, 0]
    small = np.full((1500, 2000, 3), 128, np.uint8)
    small[700:892, 1500:1692] = frames[0]
    x, y, side = frame_of(detect_faces(small))
    assert (x, y, side) == pytest.approx((1596, 796, 192), abs=25)


@pytest.mark.parametrize("face", [48, 60, 72, 96, 130])
def test_a_small_face_in_a_large_picture_is_framed_as_well(frames, face):
    side = round(face / FACE)
    for image in frames[:7:3]:
        large = np.full((1536, 1536, 3), 128, np.uint8)
        large[600 : 600 + side, 700 : 700 + side] = cv2.resize(image, (side, side), interpolation=cv2.INTER_AREA)
        _, _, found = frame_of(detect_faces(large))
        assert found / side == pytest.approx(1, abs=0.2)


def test_a_face_that_fills_the_picture(frames):
    x, y, side = frame_of(detect_faces(frames[0][80:170, 50:140]))
    assert (x, y, side) == pytest.approx((46, 16, 192), abs=25)


def test_pictures_without_people():
    backdrops = [develop(draw_scene(5, number, "backdrop").backdrop(256)) for number in range(5)]
    noise = np.random.default_rng(0).integers(0, 255, (300, 400, 3), dtype=np.uint8)
    for picture in (*backdrops, noise, np.zeros((300, 400, 3), np.uint8)):
        assert not len(detect_faces(picture))


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
