import os
import re

import cv2
import numpy as np

from painctl.plots.themes import DARK, LIGHT
from painctl.prediction.answers import Answer
from painctl.prediction.sheet import MOST_PAGED, MOST_PANELS, Sheet
from painctl.prediction.video_curve import VideoCurve
from painctl.vitpain.inference import Prediction
from painctl.vitpain.model import build

FACE = np.random.default_rng(0).integers(0, 256, (60, 60, 3), dtype=np.uint8)
ANSWER = Answer("b.png", None, None, Prediction(8.0, {1: 0.9}, np.zeros(6, np.float32)), FACE, [FACE])


def curve(count=3, times=True):
    time = np.arange(count) / 25 if times else np.full(count, np.nan)
    return VideoCurve("c.avi", np.arange(count), time, np.linspace(0, 9, count), np.full(count, np.nan))


def test_faces_and_videos_become_panels_up_to_a_dozen(tmp_path):
    sheet = Sheet(build("compact"), tmp_path / "a.png", LIGHT)
    sheet.add(Answer("a.png", None, None, error=ValueError("no face")))
    sheet.add(ANSWER)
    one = sheet.write(), cv2.imread(str(tmp_path / "a.png")).shape[0]
    sheet.add_video(curve())
    sheet.add_video(curve(times=False))
    sheet.add_video(curve(0))  # none could be read
    assert sheet.write() == one[0] == ""
    assert cv2.imread(str(tmp_path / "a.png")).shape[0] > one[1] + 2 * 400
    for _ in range(MOST_PANELS):
        sheet.add(ANSWER)
    left_out = sheet.write()
    assert left_out == f"{tmp_path / 'a.png'}: shows the first 12 of 15; a PDF shows up to {MOST_PAGED}"


def test_a_pdf_has_pages_of_four_and_what_is_beyond_its_limit_is_reported(tmp_path, monkeypatch):
    monkeypatch.setattr("painctl.prediction.sheet.MOST_PAGED", 9)
    sheet = Sheet(build("compact"), tmp_path / "a.PDF", DARK)
    for _ in range(10):
        sheet.add(ANSWER)
    assert sheet.write() == f"{tmp_path / 'a.PDF'}: shows the first 9 of 10"
    assert len(re.findall(rb"/Type /Page\b", (tmp_path / "a.PDF").read_bytes())) == 3


def test_a_picture_of_people_is_readable_by_its_owner_alone(tmp_path):
    previous = os.umask(0o022)
    try:
        for suffix in (".png", ".pdf", ".svg"):
            sheet = Sheet(None, tmp_path / f"sheet{suffix}", LIGHT)
            sheet.add_video(curve())
            sheet.write()
    finally:
        os.umask(previous)
    assert [path.stat().st_mode & 0o777 for path in tmp_path.iterdir()] == [0o600] * 3


def test_without_panels_no_file_is_written(tmp_path):
    sheet = Sheet(build("compact"), tmp_path / "none.png", LIGHT)
    sheet.add_video(curve(0))
    sheet.write()
    assert not any(tmp_path.iterdir())
