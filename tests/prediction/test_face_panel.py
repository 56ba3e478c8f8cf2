import cv2
import numpy as np
import pytest

from painctl.pain.action_units import ACTION_UNITS
from painctl.plots.canvas import Canvas
from painctl.plots.figures import drawing, encoded
from painctl.plots.themes import DARK, LIGHT
from painctl.prediction.answers import Answer
from painctl.prediction.face_panel import MARGIN, TILE, Attention, FacePanel, attention_map
from painctl.prediction.quality import Quality
from painctl.records import percent
from painctl.vitpain.inference import Prediction

FACE = np.full((100, 100, 3), 200, np.uint8)
PREDICTION = Prediction(8.0, {1: 0.9}, np.array([5, 0, 2.5, 0, 0, 1], np.float32))
NEUTRAL = MARGIN + TILE + 12  # left edge


def answer(prediction=PREDICTION, neutral=(FACE // 2,), **fields):
    return Answer("a.png", None, None, prediction, FACE, neutral, **fields)


def drawn(panel, theme=LIGHT):
    """The panel alone, int [H, W, 3]."""
    with drawing(theme):
        canvas = Canvas(panel.width + 2 * MARGIN, panel.height, theme)
        panel.draw(canvas, 0)
        data = encoded([canvas.figure], ".png")
    return cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR)[..., ::-1].astype(int)


def rgb(colour):
    return [int(colour[place : place + 2], 16) for place in (1, 3, 5)]


def tile(picture, left):
    return picture[52 : 52 + TILE, left : left + TILE]


def bar(picture, line):
    """Width of the bar in a line, in pixels of about 110."""
    row = picture[52 + 32 * line + 5, -260:]  # above the line of the expected error
    return int((np.abs(row - rgb(LIGHT.estimate)).sum(-1) < 30).sum())


def test_face_and_neutral_are_side_by_side():
    picture = drawn(FacePanel.of(answer()))
    assert (tile(picture, MARGIN) == 200).all()
    assert (tile(picture, NEUTRAL) == 100).all()
    assert (tile(drawn(FacePanel.of(answer(neutral=()))), NEUTRAL) == rgb(LIGHT.fill)).all()


def test_bars_are_shares_of_the_highest_value():
    picture = drawn(FacePanel.of(answer()))
    shares = [bar(picture, line) / 110 for line in range(8)]
    np.testing.assert_allclose(shares, [0.5, 0.9, 1, 0, 0.5, 0, 0, 1], atol=0.03)
    alone = drawn(FacePanel.of(answer(Prediction(16.0, {}, None))))
    assert [bar(alone, line) > 0 for line in range(8)] == [True] + [False] * 7


def test_where_the_crop_leaves_its_picture_is_neutral_in_either_theme():
    outside = np.zeros((100, 100), bool)
    outside[60:] = True
    points = np.array([[50.0, 30], [50, 90]], np.float32)
    panel = FacePanel.of(answer(outside=outside, neutral_outside=outside, points=points, visible=np.ones(2)))
    assert panel.visible.tolist() == [True, False]
    for theme in (LIGHT, DARK):
        picture = drawn(panel, theme)
        for left in (MARGIN, NEUTRAL):
            assert (tile(picture, left)[200:] == rgb(theme.fill)).all(-1).mean() > 0.98  # but for a landmark
        assert (tile(picture, NEUTRAL)[:140] == 100).all()


def test_heat_is_at_the_attended_patch_within_the_crop():
    weights = np.full((6, 3, 3), 1e-3)
    weights[0, 0, 2] = weights[5, 2, 1] = 1 - 8e-3
    attention = Attention(weights, 0.5)
    for unit, (y, x) in ((0, (42, 86)), (5, (86, 64))):
        heat = attention_map(FACE, attention, unit, 128).astype(int).sum(-1) - 300
        row, column = np.unravel_index(heat.argmax(), heat.shape)
        assert abs(row - y) < 16
        assert abs(column - x) < 16
        assert heat[:, :31].max() == heat[:, 97:].max() == 0


def test_heat_is_moved_down_with_the_square():
    peak = np.zeros((6, 3, 3))
    peak[:, 1, 1] = 1
    heat = [attention_map(FACE, Attention(peak, 0.5, down), 0, 128)[..., 0] - 100.0 for down in (0.0, 0.125)]
    rows = [np.average(np.arange(128), weights=part.sum(1)) for part in heat]
    assert rows[1] - rows[0] == pytest.approx(16, abs=2)


def test_all_maps_share_one_scale_and_even_attention_is_grey_and_called_flat():
    weights = np.full((6, 3, 3), 1 / 9)
    even = Attention(weights.copy(), 0.5)
    weights[1] = 0
    weights[1, 1, 1] = 1
    one = Attention(weights, 0.5)
    assert (even.full_heat, even.flat.all()) == (3, True)
    assert one.full_heat == pytest.approx(9)
    assert one.flat.tolist() == [unit != "AU6" for unit in ACTION_UNITS]
    assert np.ptp(attention_map(FACE, one, 0, 128)) == 0
    assert attention_map(FACE, one, 1, 128)[64, 64].min() > 150
    panels = [FacePanel.of(answer(), attention) for attention in (even, one)]
    assert panels[0].height > panels[1].height  # for the note
    assert panels[1].width > FacePanel.of(answer()).width
    assert drawn(panels[0]).shape[0] == panels[0].height


def test_warnings_are_below_the_face_and_names_may_be_anything():
    quality = Quality(9, 0.1, 80, 0, 0, 0, 0)
    plain, warned = FacePanel.of(answer()), FacePanel.of(answer(quality=quality))
    assert warned.height > plain.height
    assert (tile(drawn(warned), MARGIN) == 200).all()
    for name in ("\u00e9" * 400, "$a_b$ \\frac", "\u75db\u307f.png"):
        picture = drawn(FacePanel.of(Answer(name, None, None, PREDICTION, FACE, ())))
        assert (picture[:24] != 255).any()
        assert (picture[:, -4:] == 255).all()


def test_a_probability_is_never_certain():
    assert [percent(value) for value in (0.0001, 0.4, 0.994, 0.9999)] == ["<1 %", "40 %", "99 %", ">99 %"]
