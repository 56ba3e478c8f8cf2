import json

import numpy as np
import pytest

from painctl.plots.canvas import Canvas
from painctl.plots.figures import drawing
from painctl.plots.themes import LIGHT
from painctl.prediction.curve_panel import CurvePanel
from painctl.prediction.video_curve import VideoCurve, VideoCurveBuilder, clock, duration, ordinal, summarise_video

NONE = np.nan


def curve(pspi, times=None, spread=NONE, every=1):
    pspi = np.array(pspi, float)
    times = np.arange(len(pspi)) / 2 if times is None else np.array(times, float)
    return VideoCurve("a.mp4", every * np.arange(len(pspi)), times, pspi, np.full(len(pspi), spread), every)


def axes_of(curve):
    with drawing(LIGHT):
        panel = CurvePanel(curve)
        canvas = Canvas(panel.width + 40, panel.height, LIGHT)
        panel.draw(canvas, 0)
        canvas.figure.canvas.draw()
    return canvas.figure.axes[1]


def test_a_summary_has_the_mean_the_peak_the_share_and_the_longest_bout():
    summary = summarise_video(curve([0, 1, 2, NONE, 3, 0.9, 1, 1, 1, 0]))
    assert (summary.frames, summary.valid, summary.smoothing) == (10, 9, "none")
    assert summary.mean == pytest.approx(9.9 / 9)
    assert (summary.peak, summary.peak_frame, summary.peak_time) == (3, 4, 2.0)
    assert summary.share == pytest.approx(6 / 9)
    bout = summary.longest_bout
    assert (bout.first_frame, bout.frames, bout.start, bout.seconds) == (6, 3, 3.0, 1.5)  # to the next frame
    assert json.loads(json.dumps(summary.as_record()))["share_at_1_or_more"] == 0.6667
    assert summary.sentence == (
        "mean PSPI 1.1, peak 3.0 at 2.0 s; 67 % of 9 frames with an estimate at PSPI 1 or more; "
        "longest bout 1.5 s from 3.0 s; not smoothed"
    )


def test_a_frame_without_an_estimate_ends_a_bout_and_long_frames_count_by_time():
    assert summarise_video(curve([2, 2, NONE, 2, 2, 2])).longest_bout.first_frame == 3
    assert summarise_video(curve([2, 0, 2, 2, 0], [0, 9, 10, 11, 12])).longest_bout.seconds == 9
    assert summarise_video(curve([0, 2, 2], [0, 1, 2])).longest_bout.seconds == 2  # the last lasts as others do


def test_what_a_video_does_not_have_is_null():
    none = summarise_video(curve([NONE, NONE])).as_record()
    assert {key for key, value in none.items() if value is None} == {
        "mean_pspi", "peak_pspi", "peak_frame", "peak_time", "share_at_1_or_more", "longest_bout",
    }  # fmt: skip
    assert summarise_video(curve([0, 0.5])).longest_bout is None
    untimed = summarise_video(curve([0, 2, 2], [0, NONE, NONE], every=5))
    assert (untimed.peak_time, untimed.longest_bout.seconds, untimed.longest_bout.frames) == (None, None, 2)
    assert "peak 2.0 at frame 5" in untimed.sentence
    assert "(every 5th frame was read); longest bout 2 frames from frame 5" in untimed.sentence
    assert summarise_video(VideoCurveBuilder("a").curve()).sentence == "none of 0 frames has an estimate"


def test_answers_become_a_curve():
    builder = VideoCurveBuilder("a.mp4", every=2)
    builder.add({"image": "a.mp4", "error": "not readable"})
    builder.add({"image": "a.mp4", "frame": 0, "time": 0.0, "pspi": 2.0, "pspi_sd": 0.5})
    builder.add({"image": "a.mp4", "frame": 2, "time": None, "error": "no face"})
    curve = builder.curve()
    assert curve.frames.tolist() == [0, 2]
    np.testing.assert_array_equal([curve.pspi, curve.spread, curve.times], [[2, NONE], [0.5, NONE], [0, NONE]])


def test_the_drawn_curve_has_gaps_a_band_the_pain_line_and_marks_where_they_help():
    axes = axes_of(curve([2, 3, NONE, 4, NONE, *[5] * 95], spread=1.0))
    line, markers, pain, _ = axes.get_lines()
    np.testing.assert_array_equal(line.get_ydata()[:6], [2, 3, NONE, 4, NONE, 5])
    assert markers.get_ydata().tolist() == [4]  # alone between two gaps
    assert pain.get_ydata() == [1, 1]
    assert len(axes.collections) == 1  # the band
    assert len(axes.patches) == 2  # the gaps
    assert axes.get_ylim() == (0, 8)
    few = axes_of(curve([0, 1, 2]))
    assert len(few.get_lines()[1].get_ydata()) == 3
    assert len(few.collections) == len(few.patches) == 0


@pytest.mark.parametrize("pspi", [[4.0], [NONE, NONE], [16.0] * 3])
def test_curves_of_one_frame_without_estimates_and_at_the_top(pspi):
    axes = axes_of(curve(pspi))
    assert axes.get_ylim()[1] in (8, 16)
    assert axes.get_xlim()[0] < axes.get_xlim()[1]


def test_times_and_ordinals_as_text():
    assert [clock(value) for value in (4.24, 64.2, 3604)] == ["4.2 s", "1:04.2", "1:00:04"]
    assert [duration(value) for value in (4.24, 143)] == ["4.2 s", "2 min 23 s"]
    assert [ordinal(value) for value in (2, 3, 4, 11, 21, 112)] == ["2nd", "3rd", "4th", "11th", "21st", "112th"]
