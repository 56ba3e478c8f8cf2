import os

import cv2
import numpy as np
import pytest

from painctl.prediction.sources import open_sources


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name in ("b.png", "a.jpg", "C.JPG"):
        cv2.imwrite(name, np.zeros((4, 4, 3), np.uint8))
    return tmp_path


def names(paths):
    return [source.name.rpartition("/")[2] for source in open_sources(paths)[0]]


def test_a_folder_stands_for_its_pictures_and_the_rest_is_counted(folder):
    for other in (".hidden.png", "notes.txt", "data.h5"):
        (folder / other).write_text("hello")
    (folder / "sub").mkdir()
    (folder / "broken.png").write_text("hello")
    sources, remarks = open_sources([folder])
    assert [source.name for source in sources] == [str(folder / n) for n in ("C.JPG", "a.jpg", "b.png", "broken.png")]
    assert remarks == [f"{folder}: 4 pictures; 3 other files ignored"]


def test_sources_are_in_the_order_given(folder):
    assert names([folder / "b.png", folder, folder / "a.jpg"]) == ["b.png", "C.JPG", "a.jpg", "b.png", "a.jpg"]


def test_a_file_is_recognised_by_its_contents(folder, portraits):
    (folder / "picture").write_bytes((folder / "a.jpg").read_bytes())
    (folder / "shard").write_bytes(portraits.read_bytes())
    (picture, shard), _ = open_sources([folder / "picture", folder / "shard"])
    assert (picture.count, picture.is_video, picture.has_references) == (1, False, False)
    assert (shard.count, shard.is_video, shard.has_references) == (12, False, True)


def test_unusable_paths_are_rejected(folder):
    (folder / "empty").mkdir()
    (folder / "notes.txt").write_text("hello")
    with pytest.raises(FileNotFoundError, match="empty: no pictures"):
        open_sources([folder / "empty"])
    with pytest.raises(ValueError, match=r"notes\.txt: not a picture"):
        open_sources([folder / "notes.txt"])
    with pytest.raises(FileNotFoundError):
        open_sources([folder / "nowhere.png.txt"])


def test_pictures_in_a_folder_are_chosen_by_content_too_and_what_systems_leave_is_not(folder):
    picture = (folder / "a.jpg").read_bytes()
    chosen = ["d.jfif", "e.jpe", "f.pgm", "g", "h.dat", "i.JP2", "j.heic"]
    for name in (*chosen, "._a.jpg", "Thumbs.db", "a.jpg~", "#a.jpg#", ".~lock.a.jpg#", "a.jpg.part", "desktop.ini"):
        (folder / name).write_bytes(picture)
    (folder / "raw.nef").write_bytes(b"II*\0" + bytes(600))
    (folder / "notes.txt").write_text("BM, a text")
    (folder / "empty").write_bytes(b"")
    sources, remarks = open_sources([folder])
    assert [source.name.rpartition("/")[2] for source in sources] == ["C.JPG", "a.jpg", "b.png", *chosen]
    assert remarks == [f"{folder}: 10 pictures; 8 other files ignored"]
    for name in chosen:  # each is a picture by itself as well
        assert not open_sources([folder / name])[0][0].is_video


def test_a_special_file_in_a_folder_fails_by_itself_and_never_blocks(folder):
    os.mkfifo(folder / "pipe.png")
    os.mkfifo(folder / "pipe")
    (folder / "zero.jpg").symlink_to("/dev/zero")
    (folder / "gone.jpg").symlink_to("nowhere")
    sources, remarks = open_sources([folder])
    assert remarks == [f"{folder}: 6 pictures; 1 other file ignored"]
    faults = {}
    for source in sources:
        (shot,) = source
        try:
            shot.read()
        except (ValueError, OSError) as error:
            faults[source.name.rpartition("/")[2]] = str(error)
    assert set(faults) == {"pipe.png", "zero.jpg", "gone.jpg"}
    with pytest.raises(ValueError, match="a named pipe"):
        open_sources([folder / "pipe"])


def test_names_are_printable_text(folder):
    name = os.fsdecode(b"caf\xe9\x1b\\.png")
    (folder / "b.png").rename(folder / name)
    assert names([folder])[-1] == r"caf\xe9\x1b\\.png"
    assert names([folder / name]) == [r"caf\xe9\x1b\\.png"]
