import struct

import cv2
import numpy as np
import pytest

from painctl.images.encode import encode_jpeg, encode_png
from painctl.render import background
from painctl.render.backdrops import PARAMETERS, Backdrops
from painctl.render.tone import develop

LUMINANCE = np.array([0.2126, 0.7152, 0.0722])


@pytest.fixture
def folder(tmp_path):
    """Five pictures: wide, tall, small, grey, dark; and a file that is none."""
    noise = np.random.default_rng(0).integers(60, 200, (12, 12, 3), dtype=np.uint8)
    for name, width, height in (("b.jpg", 300, 120), ("a.PNG", 90, 210), ("small.jpeg", 7, 5)):
        image = cv2.resize(noise, (width, height))
        (tmp_path / name).write_bytes(encode_png(image) if name.endswith("PNG") else encode_jpeg(image))
    (tmp_path / "grey.png").write_bytes(encode_png(noise[..., 0]))
    (tmp_path / "night.png").write_bytes(encode_png(np.full((64, 64, 3), 2, np.uint8)))
    (tmp_path / "notes.txt").write_text("no picture")
    return tmp_path


def test_names_are_sorted_and_every_one_is_drawn(folder):
    pictures = Backdrops(folder)
    assert pictures.names == ("a.PNG", "b.jpg", "grey.png", "night.png", "small.jpeg")
    drawn = np.stack([pictures.draw(1, identity, "b") for identity in range(60)])
    assert drawn.dtype == np.float32
    assert drawn.shape == (60, len(background.PARAMETERS))
    assert (drawn[:, 0] == background.PICTURE).all()
    assert set(drawn[:, 1].astype(int)) == set(range(5))
    np.testing.assert_array_equal(drawn[7], Backdrops(folder).draw(1, 7, "b"))


@pytest.mark.parametrize("size", [64, 200])
def test_order_does_not_change_a_byte_and_any_shape_fills_the_square(folder, size):
    one, other = Backdrops(folder), Backdrops(folder)
    drawn = [one.draw(1, identity, "b") for identity in range(30)]
    first = [one.paint(parameters, size) for parameters in drawn]
    again = [other.paint(parameters, size) for parameters in reversed(drawn)][::-1]
    for a, b in zip(first, again, strict=True):
        assert a.shape == (size, size, 3)
        assert a.dtype == np.float32
        assert a.min() >= 0
        np.testing.assert_array_equal(a, b)


def test_a_picture_is_as_bright_as_drawn_and_a_night_stays_dark(folder):
    pictures = Backdrops(folder)
    for identity in range(30):
        parameters = pictures.draw(1, identity, "b")
        mean = (pictures.paint(parameters, 64) @ LUMINANCE).mean()
        if pictures.names[int(parameters[1])] == "night.png":
            assert mean < 0.02
        else:
            assert mean == pytest.approx(parameters[PARAMETERS.index("light")], rel=0.1)


def test_every_parameter_changes_the_picture(folder):
    pictures = Backdrops(folder)
    before = np.array([-1, 0, 0.8, 0.5, 0.5, 0, 0.3, 0.01, 0, 0, 0, 0], np.float32)
    before[1] = pictures.names.index("b.jpg")
    for number, other in {1: 0, 2: 0.6, 3: 0.2, 4: 0.1, 5: 1, 6: 0.2, 7: 0.02}.items():
        changed = before.copy()
        changed[number] = other
        assert (pictures.paint(changed, 64) != pictures.paint(before, 64)).any(), PARAMETERS[number]


def test_the_film_s_inverse_leaves_an_unmoved_picture_as_it_was(folder):
    pictures = Backdrops(folder)
    source = cv2.imread(str(folder / "a.PNG"))[..., ::-1]
    row = np.array([-1, 0, 1, 0, 0, 0, 0.3, 0.004, 0, 0, 0, 0], np.float32)
    painted = pictures.paint(row, 90)
    shown = develop(painted)
    exposed = np.corrcoef(shown.ravel(), source[:90].ravel())[0, 1]
    assert exposed > 0.99


def test_what_cannot_be_read_is_named(folder):
    (folder / "c.png").write_bytes(b"text")
    with pytest.raises(ValueError, match=r"c\.png: neither a JPEG nor a PNG"):
        Backdrops(folder)


def test_a_picture_that_is_damaged_after_its_header_is_named(folder):
    for path in folder.glob("*.*g"):
        path.unlink()
    (folder / "torn.png").write_bytes((encode_png(np.zeros((99, 99, 3), np.uint8)))[:40])
    pictures = Backdrops(folder)
    with pytest.raises(ValueError, match=r"torn\.png: not a picture"):
        pictures.paint(pictures.draw(1, 1, "b"), 64)


def test_a_huge_picture_is_refused_before_it_is_decoded(folder):
    data = bytearray(encode_png(np.zeros((4, 4, 3), np.uint8)))
    data[16:24] = struct.pack(">II", 60_000, 60_000)
    (folder / "huge.png").write_bytes(data)
    with pytest.raises(ValueError, match=r"huge\.png: 60000 x 60000 pixels; at most 100 million"):
        Backdrops(folder)


def test_a_link_to_itself_is_named(folder):
    (folder / "loop.png").symlink_to("loop.png")
    with pytest.raises((ValueError, OSError), match=r"loop\.png"):
        Backdrops(folder)


def test_links_may_not_lead_out_of_the_folder(folder, tmp_path_factory):
    outside = tmp_path_factory.mktemp("outside") / "x.png"
    outside.write_bytes(encode_png(np.zeros((4, 4, 3), np.uint8)))
    (folder / "within.jpg").symlink_to("b.jpg")
    Backdrops(folder)
    (folder / "out.png").symlink_to(outside)
    with pytest.raises(ValueError, match=r"out\.png: a link that leads out of"):
        Backdrops(folder)


def test_a_folder_without_pictures_and_one_in_a_picture_s_place_are_refused(tmp_path):
    with pytest.raises(ValueError, match="no pictures; expected files that end in"):
        Backdrops(tmp_path)
    (tmp_path / "folder.png").mkdir()
    with pytest.raises(ValueError, match=r"folder\.png: not a file"):
        Backdrops(tmp_path)
