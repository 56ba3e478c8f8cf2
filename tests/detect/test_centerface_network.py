"""The network of the detector that comes with painctl."""

from concurrent.futures import ThreadPoolExecutor

import cv2
import numpy as np
import pytest

from painctl.detect.detection import detect_faces
from painctl.render.scene import draw_scene
from painctl.render.tone import develop


@pytest.mark.parametrize("size", [512, 192, 64])
def test_rendered_faces_are_detected_and_framed(frames, size, frame_of):
    for image in frames:
        resized = cv2.resize(image, (size, size), interpolation=cv2.INTER_AREA)
        x, y, side = frame_of(detect_faces(resized))
        assert side / size == pytest.approx(1, abs=0.15)
        assert x / size == pytest.approx(0.5, abs=0.1)
        assert y / size == pytest.approx(0.5, abs=0.06)


def test_threads_detect_the_same_as_one_thread(frames):
    with ThreadPoolExecutor(4) as pool:
        together = list(pool.map(detect_faces, frames[:4] * 2))
    for faces, expected in zip(together, [detect_faces(image) for image in frames[:4]] * 2, strict=True):
        assert np.array_equal(faces.boxes, expected.boxes)


def test_pictures_without_people():
    backdrops = [develop(draw_scene(5, number, "backdrop").backdrop(256)) for number in range(5)]
    noise = np.random.default_rng(0).integers(0, 255, (300, 400, 3), dtype=np.uint8)
    for picture in (*backdrops, noise, np.zeros((300, 400, 3), np.uint8)):
        assert not len(detect_faces(picture))


def test_a_photograph(frame_of):
    """Matplotlib's sample picture of Grace Hopper, 512 x 600, by the United States Navy."""
    matplotlib = pytest.importorskip("matplotlib")
    photograph = cv2.imread(f"{matplotlib.get_data_path()}/sample_data/grace_hopper.jpg", cv2.IMREAD_COLOR_RGB)
    x, y, side = frame_of(detect_faces(photograph))
    eyes, chin = (264, 187), 333  # read off a grid, to about 5 pixels
    assert x == pytest.approx(eyes[0], abs=20)
    assert (eyes[1] - (y - side / 2)) / side == pytest.approx(0.503, abs=0.04)
    assert (chin - (y - side / 2)) / side == pytest.approx(0.88, abs=0.06)
