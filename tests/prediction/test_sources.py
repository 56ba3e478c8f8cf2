import cv2
import numpy as np
import pytest

from painctl.prediction.sources import open_sources


@pytest.fixture
def here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name in ("b.png", "a.jpg", "C.JPG"):
        cv2.imwrite(name, np.zeros((4, 4, 3), np.uint8))
    return tmp_path


def names(paths):
    return [source.name.rpartition("/")[2] for source in open_sources(paths)[0]]


def test_a_folder_is_its_pictures_by_name_and_counts_the_rest(here):
    for other in (".hidden.png", "notes.txt", "data.h5"):
        (here / other).write_text("hello")
    (here / "sub").mkdir()
    (here / "broken.png").write_text("hello")
    sources, remarks = open_sources([here])
    assert [source.name for source in sources] == [str(here / n) for n in ("C.JPG", "a.jpg", "b.png", "broken.png")]
    assert remarks == [f"{here}: 4 pictures; 3 other files ignored"]


def test_the_order_is_the_one_given(here):
    assert names([here / "b.png", here, here / "a.jpg"]) == ["b.png", "C.JPG", "a.jpg", "b.png", "a.jpg"]


def test_a_file_is_known_by_what_is_in_it(here, portraits):
    (here / "picture").write_bytes((here / "a.jpg").read_bytes())
    (here / "shard").write_bytes(portraits.read_bytes())
    (picture, shard), _ = open_sources([here / "picture", here / "shard"])
    assert (picture.count, picture.is_video, picture.has_references) == (1, False, False)
    assert (shard.count, shard.is_video, shard.has_references) == (12, False, True)


def test_nothing_of_all_this(here):
    (here / "empty").mkdir()
    (here / "notes.txt").write_text("hello")
    with pytest.raises(FileNotFoundError, match="empty: no pictures"):
        open_sources([here / "empty"])
    with pytest.raises(ValueError, match=r"notes\.txt: neither a picture"):
        open_sources([here / "notes.txt"])
    with pytest.raises(FileNotFoundError):
        open_sources([here / "nowhere.png.txt"])
