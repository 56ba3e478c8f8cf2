import os

import cv2
import numpy as np

from painctl.prediction.answers import Answer
from painctl.prediction.sheet import MAX_STRIPS, Sheet
from painctl.prediction.strips import TILE, TITLE, WIDTH
from painctl.vitpain.inference import Prediction
from painctl.vitpain.model import build

FACE = np.random.default_rng(0).integers(0, 256, (60, 60, 3), dtype=np.uint8)
PREDICTION = Prediction(8.0, {1: 0.9}, np.zeros(6, np.float32))


def test_faces_and_videos_become_strips_up_to_a_dozen(tmp_path):
    sheet = Sheet(build("compact"))
    sheet.add(Answer("a.png", None, None, error=ValueError("no face")))
    sheet.add(Answer("b.png", None, None, PREDICTION, FACE, [FACE]))
    for frame in range(3):
        sheet.add(Answer("c.avi", frame, frame / 25, PREDICTION, FACE, [FACE]))
    sheet.end_video()
    sheet.write(tmp_path / "two.png")
    assert cv2.imread(str(tmp_path / "two.png")).shape == (2 * TILE + TITLE + 22, WIDTH, 3)
    for _ in range(MAX_STRIPS):
        sheet.add(Answer("b.png", None, None, PREDICTION, FACE, [FACE]))
    sheet.end_video()
    sheet.write(tmp_path / "many.png")
    assert cv2.imread(str(tmp_path / "many.png")).shape == (MAX_STRIPS * TILE + (MAX_STRIPS - 1) * TITLE + 22, WIDTH, 3)


def test_a_picture_of_people_is_readable_by_its_owner_alone(tmp_path):
    previous = os.umask(0o022)
    try:
        sheet = Sheet(None)
        sheet._strips.append(np.zeros((4, 4, 3), np.uint8))
        sheet.write(tmp_path / "sheet.png")
    finally:
        os.umask(previous)
    assert (tmp_path / "sheet.png").stat().st_mode & 0o777 == 0o600


def test_no_strips_write_no_file(tmp_path):
    Sheet(build("compact")).write(tmp_path / "none.png")
    assert not any(tmp_path.iterdir())


def test_a_video_without_frames_has_no_strip_and_one_without_times_an_empty_curve(tmp_path):
    sheet = Sheet(build("compact"))
    sheet.end_video()
    sheet.write(tmp_path / "none.png")
    assert not any(tmp_path.iterdir())
    for frame in range(3):
        sheet.add(Answer("c.avi", frame, None, PREDICTION, FACE, [FACE]))
    sheet.end_video()
    sheet.write(tmp_path / "one.png")
    assert cv2.imread(str(tmp_path / "one.png")).shape == (TILE + 22, WIDTH, 3)
