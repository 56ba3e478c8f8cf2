import io
import re

import numpy as np
import pytest
from PIL import Image

from painctl.plots.canvas import Canvas
from painctl.plots.figures import drawing, encoded
from painctl.plots.formats import SUFFIXES
from painctl.plots.text import shortened, text_width, wrapped
from painctl.plots.themes import DARK, LIGHT

STARTS = {".png": b"\x89PNG", ".jpg": b"\xff\xd8\xff", ".jpeg": b"\xff\xd8\xff", ".pdf": b"%PDF-", ".svg": b"<?xml"}


def page(theme):
    canvas = Canvas(120, 80, theme)
    canvas.picture(np.full((20, 20, 3), (1, 2, 3), np.uint8), 10, 10, 20, 20)
    canvas.text("$x$ costs 5 $", 40, 30)
    canvas.axes(40, 40, 60, 20).plot([0, 1], [0, 1])
    return canvas.figure


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_a_suffix_stands_for_a_format_whose_bytes_repeat_and_have_no_date(suffix):
    with drawing(LIGHT):
        first, second = (encoded([page(LIGHT)], suffix) for _ in range(2))
        upper = encoded([page(LIGHT)], suffix.upper())
    assert first == second == upper
    assert first.startswith(STARTS[suffix])
    assert not re.search(rb"CreationDate|dc:date|Producer|Software|www\.w3\.org/.*date", first)


def test_what_the_user_has_set_for_matplotlib_changes_nothing():
    import matplotlib

    with drawing(DARK):
        plain = encoded([page(DARK)], ".png")
    with matplotlib.rc_context({"font.size": 30, "axes.facecolor": "red", "figure.dpi": 300, "text.usetex": True}):
        with drawing(DARK):
            assert encoded([page(DARK)], ".png") == plain
        assert matplotlib.rcParams["font.size"] == 30


def test_a_pdf_has_several_pages_and_other_formats_one():
    with drawing(LIGHT):
        assert len(re.findall(rb"/Type /Page\b", encoded([page(LIGHT)] * 3, ".pdf"))) == 3
        with pytest.raises(ValueError, match="values to unpack"):
            encoded([page(LIGHT)] * 3, ".png")


@pytest.mark.parametrize("theme", [LIGHT, DARK])
def test_text_is_legible_on_its_paper(theme):
    """A contrast of 4.5, WCAG 2.2 section 1.4.3, and 3 for lines and bars, section 1.4.11."""

    def luminance(colour):
        share = np.array([int(colour[place : place + 2], 16) for place in (1, 3, 5)]) / 255
        return np.where(share <= 0.04045, share / 12.92, ((share + 0.055) / 1.055) ** 2.4) @ [0.2126, 0.7152, 0.0722]

    def contrast(colour):
        dark, light = sorted((luminance(colour), luminance(theme.paper)))
        return (light + 0.05) / (dark + 0.05)

    assert min(map(contrast, (theme.ink, theme.faint, theme.warning))) >= 4.5
    assert min(map(contrast, (theme.estimate, *theme.series))) >= 3


def test_a_picture_keeps_its_pixels_and_paper_its_colour():
    with drawing(DARK):
        image = np.array(Image.open(io.BytesIO(encoded([page(DARK)], ".png"))).convert("RGB"))
    assert (image[10:30, 10:30] == (1, 2, 3)).all()
    assert (image[0, 0] == (0x17, 0x19, 0x1D)).all()


def test_long_text_is_shortened_in_the_middle_and_wrapped_at_blanks():
    name = "/".join(["folder"] * 20) + "/picture.png"
    short = shortened(name, 150, 12)
    assert text_width(short, 12) <= 150 < text_width(name, 12)
    assert short.startswith("folder/")
    assert short.endswith(".png")
    assert shortened("a.png", 150, 12) == "a.png"
    lines = wrapped(f"one two three four\n{name}", 60, 12)
    assert " ".join(lines[:-1]) == "one two three four"
    assert all(text_width(line, 12) <= 60 for line in lines)
    assert shortened("abc", 1, 12) == "…"
