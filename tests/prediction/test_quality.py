import cv2
import numpy as np
import pytest

from painctl.aligner.shipped import shipped_aligner
from painctl.detect.framing import crop_face
from painctl.prediction.cropping import FaceCrop
from painctl.prediction.quality import LEAST_PIXELS, LEAST_SHARPNESS, Quality, sharpness
from painctl.prediction.quality import quality_of as quality_with

CLEAR = {
    "face_pixels": 100,
    "sharpness": 0.5,
    "yaw": 2.0,
    "pitch": -3.0,
    "roll": 1.0,
    "hidden": 0.04,
    "landmark_error": 0.02,
}


def quality_of(face):
    return quality_with(FaceCrop(face), shipped_aligner().locate_in_frame(face))


def at(portrait, side):
    return cv2.resize(portrait, (side, side), interpolation=cv2.INTER_AREA)


def test_the_size_is_that_of_the_box_in_the_picture():
    picture = np.zeros((300, 400, 3), np.uint8)
    for left, side in ((100, 90), (250, 140)):
        face = crop_face(picture, np.array([left, 60, left + side, 60 + side]))
        assert quality_of(face).face_pixels == pytest.approx(side, abs=1)


def test_sharpness_falls_with_blur_and_with_size(portrait):
    blurred = [quality_of(cv2.GaussianBlur(portrait, (0, 0), sigma)).sharpness for sigma in (0.3, 1, 2, 4, 6)]
    shrunk = [quality_of(at(portrait, side)).sharpness for side in (192, 120, 80, 50, 30, 20)]
    for values in (blurred, shrunk):
        assert values == sorted(values, reverse=True)
        assert values[0] > 1.5 * values[-1]


def test_sharpness_does_not_depend_on_contrast_brightness_or_the_surroundings(portrait):
    value = quality_of(portrait).sharpness
    faint = (100 + 0.5 * portrait).astype(np.uint8)
    assert quality_of(faint).sharpness == pytest.approx(value, abs=0.05)  # rounding adds a little noise
    surrounded = portrait.copy()
    surrounded[:40] = surrounded[:, :40] = surrounded[:, -40:] = 0
    assert quality_of(surrounded).sharpness == value


def test_a_uniform_picture_is_not_sharp_and_noise_is():
    for side in (64, 50, 180):
        assert sharpness(np.full((side, side, 3), 90, np.uint8)) == 0
    assert sharpness(np.random.default_rng(0).integers(0, 256, (64, 64, 3), dtype=np.uint8)) > 0.7


def test_pictures_of_any_size_have_a_quality():
    for shape in ((1, 1, 3), (1, 50, 3), (3000, 2, 3)):
        assert 0 <= quality_of(np.zeros(shape, np.uint8)).sharpness <= 1


def test_warnings_name_the_figure_and_the_limit():
    def warnings(**changed):
        return Quality(**{**CLEAR, **changed}).warnings

    assert warnings(face_pixels=LEAST_PIXELS, sharpness=LEAST_SHARPNESS) == {}
    both = warnings(face_pixels=LEAST_PIXELS - 1, sharpness=LEAST_SHARPNESS - 0.1)
    assert list(both) == ["small face", "blurred face"]
    assert warnings(face_pixels=9.6) == {"small face": f"10 pixels from brows to chin, below {LEAST_PIXELS}"}
    assert warnings(yaw=-51.6) == {"turned face": "yaw -52 and pitch -3 degrees"}
    assert list(warnings(pitch=40)) == ["turned face"]
    assert warnings(landmark_error=0.12) == {"unclear face": "landmarks uncertain by 12% of the face"}
    assert warnings(hidden=0.625) == {"hidden face": "62% of its landmarks are hidden"}
