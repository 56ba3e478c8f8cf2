"""The search for faces, with the network that comes with painctl."""

import tracemalloc

import cv2
import numpy as np
import pytest

from painctl.detect.detection import detect_faces
from painctl.detect.framing import FACE, crop_face


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


def test_two_faces_far_apart_and_a_small_one(frames, frame_of):
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
def test_a_small_face_in_a_large_picture_is_framed_as_well(frames, face, frame_of):
    side = round(face / FACE)
    for image in frames[:7:3]:
        large = np.full((1536, 1536, 3), 128, np.uint8)
        large[600 : 600 + side, 700 : 700 + side] = cv2.resize(image, (side, side), interpolation=cv2.INTER_AREA)
        _, _, detected = frame_of(detect_faces(large))
        assert detected / side == pytest.approx(1, abs=0.2)


def test_a_face_that_fills_the_picture(frames, frame_of):
    x, y, side = frame_of(detect_faces(frames[0][80:170, 50:140]))
    assert (x, y, side) == pytest.approx((46, 16, 192), abs=25)


@pytest.mark.parametrize("shape", [(1, 30_000), (30_000, 3), (1, 1), (2, 5)])
def test_a_picture_of_any_shape_is_searched_in_bounded_memory(shape):
    tracemalloc.start()  # NumPy's arrays, which OpenCV allocates too
    assert len(detect_faces(np.full((*shape, 3), 90, np.uint8))) == 0
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 100e6
