import numpy as np
import pytest

from painctl.images.contact_sheet import contact_sheet, evenly_spaced


def test_pictures_are_placed_in_their_row_and_column():
    red, green = np.zeros((2, 50, 50, 3), np.uint8)
    red[..., 0], green[..., 1] = 255, 255
    sheet = contact_sheet([("a", [red, green]), ("b\nPSPI 3", [green])], tile=40)
    assert sheet.shape[0] == 80
    left = sheet.shape[1] - 80
    np.testing.assert_array_equal(sheet[:40, left : left + 40], np.broadcast_to([255, 0, 0], (40, 40, 3)))
    np.testing.assert_array_equal(sheet[:40, left + 40 :], np.broadcast_to([0, 255, 0], (40, 40, 3)))
    np.testing.assert_array_equal(sheet[40:, left : left + 40], np.broadcast_to([0, 255, 0], (40, 40, 3)))
    assert len(np.unique(sheet[40:, :left].reshape(-1, 3), axis=0)) > 2  # the label is drawn


def test_titles_are_above_their_columns():
    white = np.full((40, 40, 3), 255, np.uint8)
    plain, titled = (contact_sheet([("a", [white, white])], tile=40, titles=titles) for titles in ((), ("", "PSPI 4")))
    header = len(titled) - len(plain)
    np.testing.assert_array_equal(titled[header:], plain)
    drawn = np.flatnonzero((titled[:header] != titled[0, 0]).any((0, 2)))
    assert drawn.size
    assert drawn.min() > titled.shape[1] - 40  # above the second column only


def test_grey_and_colour_pictures_can_be_mixed():
    sheet = contact_sheet([("a", [np.full((9, 9), 77, np.uint8), np.full((9, 9, 3), 99, np.uint8)])], tile=9)
    assert (sheet[:, -18:-9] == 77).all()
    assert (sheet[:, -9:] == 99).all()


def test_an_empty_sheet_is_rejected():
    with pytest.raises(ValueError, match="no pictures"):
        contact_sheet([("a", [])])


@pytest.mark.parametrize(("count", "most"), [(1, 5), (5, 5), (11, 2), (100, 12)])
def test_evenly_spaced_rows_include_the_first_and_the_last(count, most):
    rows = evenly_spaced(count, most)
    assert len(rows) == min(count, most)
    assert (rows[0], rows[-1]) == (0, count - 1)
