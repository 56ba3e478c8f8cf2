import cv2
import numpy as np
import pytest

from painctl.pain.heatmap import colourise
from painctl.plots.contact_sheet import Row, Tile, contact_sheet, evenly_spaced
from painctl.plots.figures import drawing, encoded
from painctl.plots.scales import HeatScale
from painctl.plots.text import text_width
from painctl.plots.themes import DARK, LIGHT

RED, GREEN = np.zeros((2, 50, 50, 3), np.uint8)
RED[..., 0], GREEN[..., 1] = 255, 255


def drawn(rows, theme=LIGHT, tile=40, **options):
    with drawing(theme):
        data = encoded([contact_sheet(rows, theme, tile, **options).figure], ".png")
    return cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR)[..., ::-1]


def box_of(sheet, colour):
    """Left, top, right and bottom of the pixels of a colour."""
    y, x = np.nonzero((sheet == colour).all(-1))
    return x.min(), y.min(), x.max() + 1, y.max() + 1


@pytest.mark.parametrize("theme", [LIGHT, DARK])
def test_pictures_keep_their_pixels_in_their_row_and_column(theme):
    noise = np.random.default_rng(0).integers(0, 256, (40, 40, 3), dtype=np.uint8)
    sheet = drawn([Row("a", [Tile(RED), Tile(GREEN)]), Row("b\nPSPI 3", [None, Tile(noise)])], theme)
    left, top, right, bottom = box_of(sheet, (255, 0, 0))
    assert (right - left, bottom - top) == (40, 40)
    x, y, *_ = box_of(sheet, (0, 255, 0))
    assert x > right
    assert y == top
    below = bottom + 4
    np.testing.assert_array_equal(sheet[below : below + 40, x : x + 40], noise)
    paper = [int(theme.paper[place : place + 2], 16) for place in (1, 3, 5)]
    assert (sheet[below : below + 40, left:right] == paper).all()  # the empty place
    assert len(np.unique(sheet[below:, : left - 2].reshape(-1, 3), axis=0)) > 2  # the label is drawn


def test_titles_are_above_their_columns_and_a_scale_below():
    rows = [Row("a", [Tile(RED), Tile(RED)])]
    scale = HeatScale("heat", colourise(np.linspace(0, 1, 120)), "0", "much")
    plain, titled = drawn(rows), drawn(rows, titles=["", "PSPI"], scale=scale)
    left, top, _, bottom = box_of(titled, (255, 0, 0))
    assert top > box_of(plain, (255, 0, 0))[1]
    above = np.flatnonzero((titled[:top] != 255).any((0, 2)))
    assert above.min() > left + 40
    assert (np.abs(titled[bottom:] - [255.0, 250, 0]).max(-1) < 16).any()  # of the scale
    assert (titled[:, -1] == 255).all()  # the canvas is wide enough for it


def test_labels_and_captions_are_never_cut():
    long, words = "x" * 300 + ".png", " ".join(["AU10 5"] * 30)
    sheet = drawn([Row(f"{long}\n{words}", [Tile(RED, f"{words} {long}")])])
    assert (np.concatenate([sheet[0], sheet[-1], sheet[:, 0], sheet[:, -1]]) == 255).all()
    left, _, right, bottom = box_of(sheet, (255, 0, 0))
    assert (sheet[:, left - 10 : left - 2] == 255).all()
    assert (sheet[bottom + 2 :, left:right] != 255).any()
    assert (sheet[:, right + 2 :] == 255).all()


def test_a_label_leaves_room_for_what_it_says():
    short, long = (drawn([Row(label, [Tile(RED)])]) for label in ("a", "a longer name"))
    with drawing(LIGHT):
        difference = text_width("a longer name", 12, "bold") - text_width("a", 12, "bold")
    assert abs(long.shape[1] - short.shape[1] - difference) <= 1


def test_grey_and_colour_pictures_can_be_mixed():
    tiles = [Tile(np.full((9, 9), 77, np.uint8)), Tile(np.full((9, 9, 3), 99, np.uint8))]
    sheet = drawn([Row("", tiles)], tile=9)
    assert [(sheet == grey).all(-1).sum() for grey in (77, 99)] == [81, 81]


def test_an_empty_sheet_is_rejected():
    with pytest.raises(ValueError, match="no pictures"), drawing(LIGHT):
        contact_sheet([Row("a", [])], LIGHT)


@pytest.mark.parametrize(("count", "most"), [(1, 5), (5, 5), (11, 2), (100, 12)])
def test_evenly_spaced_rows_include_the_first_and_the_last(count, most):
    rows = evenly_spaced(count, most)
    assert len(rows) == min(count, most)
    assert (rows[0], rows[-1]) == (0, count - 1)
