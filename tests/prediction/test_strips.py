import numpy as np
import pytest

from painctl.prediction.answers import Answer
from painctl.prediction.quality import Quality
from painctl.prediction.strips import NARROW, TILE, TITLE, WIDTH, curve_strip, face_strip
from painctl.records import percent
from painctl.vitpain.inference import Prediction

FACE = np.full((100, 100, 3), 200, np.uint8)
PREDICTION = Prediction(8.0, {1: 0.9}, np.array([5, 0, 2.5, 0, 0, 1], np.float32))


def strip(attention=None, prediction=PREDICTION, neutral=(FACE // 2,)):
    """The tiles of a strip."""
    return face_strip(Answer("a.png", None, None, prediction, FACE, neutral), attention, 0.5)[TITLE:].astype(int)


def bars(picture):
    """Width of the orange bar in each of seven lines."""
    lines = picture[:, -TILE:][16 + 7 : 16 + 32 * 7 : 32]
    return ((lines[..., 0] - lines[..., 2]) > 100).sum(axis=1)


def test_face_and_neutral_are_side_by_side():
    picture = strip()
    assert picture.shape == (TILE, NARROW, 3)
    assert strip(np.full((6, 3, 3), 1 / 9)).shape == (TILE, WIDTH, 3)
    assert (picture[:, :TILE] == 200).all()
    assert (picture[:, TILE : 2 * TILE] == 100).all()
    assert (strip(neutral=())[:, TILE : 2 * TILE] == 24).all()


def test_bars_are_shares_of_the_highest_value():
    np.testing.assert_allclose(bars(strip()), [60, 120, 0, 60, 0, 0, 120], atol=1.5)
    assert (bars(strip(prediction=Prediction(16.0, {}, None))) > 0).tolist() == [True] + [False] * 6


def test_heat_is_at_the_attended_patch_within_the_crop():
    attention = np.full((6, 3, 3), 1e-3)
    attention[0, 0, 2] = attention[5, 2, 1] = 1 - 8e-3
    difference = np.abs(strip(attention) - strip(np.full((6, 3, 3), 1e-9))).sum(axis=2)
    maps = difference[:, 2 * TILE : 2 * TILE + 384]
    first, last = maps[20:128, :128].copy(), maps[148:, 256:].copy()
    for part, (y, x) in ((first, (32 + 10 - 20, 96 - 10)), (last, (96 - 10 - 20, 64))):
        row, column = np.unravel_index(part.argmax(), part.shape)
        assert abs(row - y) < 16
        assert abs(column - x) < 16
        assert part[:, :31].max() == 0
        assert part[:, 97:].max() == 0


def test_heat_is_moved_down_with_the_square():
    peak = np.zeros((6, 3, 3))
    peak[:, 1, 1] = 1
    answer = Answer("a.png", None, None, PREDICTION, FACE, (FACE // 2,))
    heat = [face_strip(answer, peak, 0.5, down)[TITLE:][:128, 2 * TILE : 2 * TILE + 128, 0] for down in (0.0, 0.125)]
    rows = [np.average(np.arange(128)[20:], weights=part.astype(float)[20:].sum(1) - 100 * 128) for part in heat]
    assert rows[1] - rows[0] == pytest.approx(16, abs=2)


def test_even_attention_is_grey_and_a_peak_is_hot():
    even, peak = np.full((6, 3, 3), 1 / 9), np.zeros((6, 3, 3))
    peak[:, 1, 1] = 1
    middle = [strip(weights)[64, 2 * TILE + 64] for weights in (even, peak)]
    assert np.ptp(middle[0]) == 0  # the grey face
    assert middle[1].min() > 150 > middle[0].min()


def test_a_curve_passes_through_its_points_and_leaves_gaps():
    times, scores = np.arange(0, 10, 0.1), np.full(100, 8.0)
    scores[:30], scores[50:60] = 0, np.nan
    picture = curve_strip("film.avi", times, scores).astype(int)
    orange = (picture[..., 0] - picture[..., 2]) > 100
    rows = [np.flatnonzero(orange[:, round(44 + (WIDTH - 74) * t / 9.9)]) for t in (1.0, 4.0, 5.5, 8.0)]
    assert abs(rows[0].mean() - (TILE - 36)) < 2
    assert abs(rows[1].mean() - (30 + TILE - 36) / 2) < 2
    assert len(rows[2]) == 0
    assert abs(rows[3].mean() - rows[1].mean()) < 1


def test_a_probability_is_never_certain():
    assert [percent(value) for value in (0.0001, 0.4, 0.994, 0.9999)] == ["<1 %", "40 %", "99 %", ">99 %"]


def test_warnings_and_names_that_cannot_be_drawn():
    quality = Quality(9, 0.1, 80, 0, 0, 0, 0)
    plain, warned = (
        face_strip(Answer(name, None, None, PREDICTION, FACE, (), quality=which), None, 0.5)
        for name, which in (("a.png", None), ("\u00e9" * 90, quality))
    )
    assert (plain[-22:, :TILE] == 200).all()
    assert warned[-22:, :TILE].max() > 200 > warned[-22:, :TILE].min()
    assert plain.shape == warned.shape


def test_a_curve_of_one_frame_and_one_without_predictions():
    assert curve_strip("a", [0.0], [4.0]).shape == (TILE, WIDTH, 3)
    assert not ((curve_strip("a", [0.0, 1.0], [np.nan] * 2).astype(int) @ [1, 0, -1]) > 100).any()
