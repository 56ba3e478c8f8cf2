import cv2
import numpy as np
import pytest

from painctl.render.pictures import Pictures
from painctl.render.scene import draw_scene


@pytest.fixture
def folder(tmp_path):
    """Three pictures of one colour each, red, green and blue, and a file that is none."""
    inside = tmp_path / "places"
    inside.mkdir()
    for number, name in enumerate(("c.png", "a.jpg", "b.PNG")):
        picture = np.zeros((80, 120 + 40 * number, 3), np.uint8)
        picture[..., number] = 255
        cv2.imwrite(str(inside / name), picture)
    (inside / "notes.txt").write_text("no picture")
    return inside


def test_pictures_are_in_the_order_of_their_names(folder):
    pictures = Pictures(folder)
    brightest = [int(pictures.crop(index, 0.5, 0.5, 32).mean(axis=(0, 1)).argmax()) for index in range(len(pictures))]
    assert brightest == [1, 0, 2]  # OpenCV writes blue first: a is green, b red, c blue


def test_a_crop_is_square_linear_and_moves_with_its_place(tmp_path):
    ramp = np.tile(np.linspace(0, 255, 200).astype(np.uint8)[None, :, None], (100, 1, 3))
    cv2.imwrite(str(tmp_path / "ramp.png"), ramp)
    left, right = (Pictures(tmp_path).crop(0, x, 0.0, 64) for x in (0.0, 1.0))
    assert left.shape == (64, 64, 3)
    assert left.dtype == np.float32
    assert 0 <= left.min() < left.max() < right.max() <= 1


def test_a_link_out_of_the_folder_is_left_alone(folder, tmp_path):
    secret = tmp_path / "secret.png"
    cv2.imwrite(str(secret), np.zeros((9, 9, 3), np.uint8))
    (folder / "link.png").symlink_to(secret)
    (folder / "own.png").symlink_to(folder / "a.jpg")
    assert len(Pictures(folder)) == 4


def test_the_digest_is_of_the_names(folder):
    before = Pictures(folder).digest
    assert Pictures(folder).digest == before
    (folder / "a.jpg").rename(folder / "z.jpg")
    assert Pictures(folder).digest != before


def test_what_cannot_be_used_is_named(folder, tmp_path):
    with pytest.raises(NotADirectoryError, match="nowhere"):
        Pictures(tmp_path / "nowhere")
    (tmp_path / "empty").mkdir()
    with pytest.raises(ValueError, match="empty: holds no"):
        Pictures(tmp_path / "empty")
    (folder / "a.jpg").write_bytes(b"no picture")
    with pytest.raises(ValueError, match=r"a\.jpg: not a picture"):
        Pictures(folder).crop(0, 0, 0, 32)


def test_a_scene_with_pictures_shows_one_of_them(folder):
    pictures = Pictures(folder)
    for identity in range(6):
        backdrop = draw_scene(3, identity, "view/1/0", pictures).backdrop(64)
        assert backdrop.shape == (64, 64, 3)
        red, green, blue = np.sort(backdrop.mean(axis=(0, 1)))
        assert blue > 0.3 > 0.05 > green >= red
