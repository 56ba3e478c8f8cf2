import os
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
    """Five pictures: wide, tall, small, grey, dark; and a text file."""
    noise = np.random.default_rng(0).integers(60, 200, (12, 12, 3), dtype=np.uint8)
    for name, width, height in (("b.jpg", 300, 120), ("a.PNG", 90, 210), ("small.jpeg", 7, 5)):
        image = cv2.resize(noise, (width, height))
        (tmp_path / name).write_bytes(encode_png(image) if name.endswith("PNG") else encode_jpeg(image))
    (tmp_path / "grey.png").write_bytes(encode_png(noise[..., 0]))
    (tmp_path / "night.png").write_bytes(encode_png(np.full((64, 64, 3), 2, np.uint8)))
    (tmp_path / "notes.txt").write_text("not a picture")
    return tmp_path


def test_names_are_sorted_and_every_picture_is_drawn(folder):
    backdrops = Backdrops(folder)
    assert backdrops.names == ("a.PNG", "b.jpg", "grey.png", "night.png", "small.jpeg")
    drawn = np.stack([backdrops.draw(1, identity, "b") for identity in range(60)])
    assert drawn.dtype == np.float32
    assert drawn.shape == (60, len(background.PARAMETERS))
    assert (drawn[:, 0] == background.PICTURE).all()
    assert set(drawn[:, 1].astype(int)) == set(range(5))
    np.testing.assert_array_equal(drawn[7], Backdrops(folder).draw(1, 7, "b"))


@pytest.mark.parametrize("size", [64, 200])
def test_painting_is_independent_of_order_and_fills_the_square(folder, size):
    backdrops, fresh = Backdrops(folder), Backdrops(folder)
    drawn = [backdrops.draw(1, identity, "b") for identity in range(30)]
    first = [backdrops.paint(parameters, size) for parameters in drawn]
    repeated = [fresh.paint(parameters, size) for parameters in reversed(drawn)][::-1]
    for a, b in zip(first, repeated, strict=True):
        assert a.shape == (size, size, 3)
        assert a.dtype == np.float32
        assert a.min() >= 0
        np.testing.assert_array_equal(a, b)


def test_a_picture_has_the_drawn_brightness_and_a_night_stays_dark(folder):
    backdrops = Backdrops(folder)
    for identity in range(30):
        parameters = backdrops.draw(1, identity, "b")
        mean = (backdrops.paint(parameters, 64) @ LUMINANCE).mean()
        if backdrops.names[int(parameters[1])] == "night.png":
            assert mean < 0.02
        else:
            assert mean == pytest.approx(parameters[PARAMETERS.index("light")], rel=0.1)


def test_every_parameter_changes_the_picture(folder):
    backdrops = Backdrops(folder)
    before = np.array([-1, 0, 0.8, 0.5, 0.5, 0, 0.3, 0.01, 0, 0, 0, 0], np.float32)
    before[1] = backdrops.names.index("b.jpg")
    for number, value in {1: 0, 2: 0.6, 3: 0.2, 4: 0.1, 5: 1, 6: 0.2, 7: 0.02}.items():
        changed = before.copy()
        changed[number] = value
        assert (backdrops.paint(changed, 64) != backdrops.paint(before, 64)).any(), PARAMETERS[number]


def test_developing_a_backdrop_gives_back_the_picture(folder):
    backdrops = Backdrops(folder)
    source = cv2.imread(str(folder / "a.PNG"))[..., ::-1]
    row = np.array([-1, 0, 1, 0, 0, 0, 0.3, 0.004, 0, 0, 0, 0], np.float32)
    painted = backdrops.paint(row, 90)
    correlation = np.corrcoef(develop(painted).ravel(), source[:90].ravel())[0, 1]
    assert correlation > 0.99


def test_a_file_that_is_not_a_picture_is_reported_by_name(folder):
    (folder / "c.png").write_bytes(b"text")
    with pytest.raises(ValueError, match=r"c\.png: neither a JPEG nor a PNG"):
        Backdrops(folder)


def test_a_picture_damaged_after_its_header_is_reported_by_name(folder):
    for path in folder.glob("*.*g"):
        path.unlink()
    (folder / "torn.png").write_bytes((encode_png(np.zeros((99, 99, 3), np.uint8)))[:40])
    backdrops = Backdrops(folder)
    with pytest.raises(ValueError, match=r"torn\.png: not a readable picture"):
        backdrops.paint(backdrops.draw(1, 1, "b"), 64)


def test_a_huge_picture_is_rejected_before_it_is_decoded(folder):
    data = bytearray(encode_png(np.zeros((4, 4, 3), np.uint8)))
    data[16:24] = struct.pack(">II", 60_000, 60_000)
    (folder / "huge.png").write_bytes(data)
    with pytest.raises(ValueError, match=r"huge\.png: 60000 x 60000 pixels; the limit is 100 million"):
        Backdrops(folder)


def test_a_link_to_itself_is_reported_by_name(folder):
    (folder / "loop.png").symlink_to("loop.png")
    with pytest.raises((ValueError, OSError), match=r"loop\.png"):
        Backdrops(folder)


def test_links_may_not_point_outside_the_folder(folder, tmp_path_factory):
    outside = tmp_path_factory.mktemp("outside") / "x.png"
    outside.write_bytes(encode_png(np.zeros((4, 4, 3), np.uint8)))
    (folder / "within.jpg").symlink_to("b.jpg")
    Backdrops(folder)
    (folder / "out.png").symlink_to(outside)
    with pytest.raises(ValueError, match=r"out\.png: a link to a file outside"):
        Backdrops(folder)


def test_a_folder_without_pictures_and_a_folder_named_like_one_are_rejected(tmp_path):
    with pytest.raises(ValueError, match="no pictures; expected files ending in"):
        Backdrops(tmp_path)
    (tmp_path / "folder.png").mkdir()
    with pytest.raises(ValueError, match=r"folder\.png: not a file"):
        Backdrops(tmp_path)


def test_what_systems_leave_is_no_background_and_special_files_are_refused_by_name(folder):
    expected = Backdrops(folder).names
    for name in ("._b.jpg", "Thumbs.db", "b.jpg~", ".hidden.png", "b.jpg.part"):
        (folder / name).write_bytes(b"no picture")
    assert Backdrops(folder).names == expected
    os.mkfifo(folder / "pipe.png")
    with pytest.raises(ValueError, match=r"pipe\.png: a named pipe"):
        Backdrops(folder)


def test_a_small_file_that_claims_many_pixels_is_rejected_immediately(folder):
    data = bytearray(encode_png(np.zeros((4, 4, 3), np.uint8)))
    data[16:24] = struct.pack(">II", 9_000, 9_000)
    (folder / "claims.png").write_bytes(data)
    with pytest.raises(ValueError, match=r"claims\.png: .* bytes claim 81,000,000 pixels"):
        Backdrops(folder)
