"""DISFA: the frames of its videos, or of pictures extracted from them, with the units that it codes."""

import shutil

import numpy as np
import pytest
from made_corpora import save

from painctl.corpora.faults import summarise
from painctl.corpora.recognise import open_corpus


def opened(path, every=1, crop="none"):
    return open_corpus(path, crop=crop, every=every)


def test_every_frame_has_the_units_that_are_coded_and_the_label_is_their_sum(disfa, rendered):
    corpus = opened(disfa)
    assert corpus.names[:2] == ["SN001/00001", "SN001/00002"]
    assert (len(corpus), corpus.faults, corpus.label) == (12, (), "AU4 + AU6 + AU9")
    assert "does not code AU7, AU10 and AU43" in corpus.notes[0]
    faces = sorted(rendered, key=lambda face: face.person)
    for i, face in enumerate(faces):
        assert np.isnan(corpus.aus[i, [2, 4, 5]]).all()
        assert np.array_equal(corpus.aus[i, [0, 1, 3]], face.units[[0, 1, 3]])
        assert corpus.pspi[i] == face.units[[0, 1, 3]].sum()
        assert abs(corpus.picture(i).astype(int) - face.image).mean() < 6  # MJPG
        assert {corpus.pspi[corpus.keys.tolist().index(key)] for key in corpus.neutrals(i)} == {0}


def test_faces_are_cropped_and_one_frame_a_second_is_used(disfa):
    corpus = open_corpus(disfa)
    assert list(corpus.names) == ["SN001/00001", "SN002/00001"]
    assert corpus.picture(1).shape == (256, 256, 3)
    assert corpus.notes[1] == "one frame in 20 is used"
    assert list(opened(disfa, every=4).names) == ["SN001/00001", "SN001/00005", "SN002/00001", "SN002/00005"]
    with pytest.raises(ValueError, match="AAM points"):
        open_corpus(disfa, crop="points")


def test_a_frame_with_any_coded_unit_is_no_neutral_picture(disfa):
    path = disfa / "ActionUnit_Labels/SN001/SN001_au12.txt"
    path.write_text("".join(f"{n},{3 if n == 1 else 0}\n" for n in range(1, 7)))
    corpus = opened(disfa)
    assert corpus.pspi[0] == 0
    assert all(corpus.keys[0] not in corpus.neutrals(i) for i in range(6))


@pytest.mark.parametrize(
    ("first", "name"), [(0, "SN{}/{}.png"), (1, "LeftVideoSN{}_comp/LeftVideoSN{}_comp_{:05d}.png")]
)
def test_extracted_pictures_take_the_place_of_videos(disfa, rendered, first, name):
    expected = opened(disfa)
    shutil.rmtree(disfa / "Videos_LeftCamera")
    for person in (0, 1):
        for n, face in enumerate(face for face in rendered if face.person == person):
            code = f"{person + 1:03d}"
            number = n + first
            save(
                disfa / "images" / (name.format(code, number) if not first else name.format(code, code, number)),
                face.image,
            )
    corpus = opened(disfa)
    assert list(corpus.names) == list(expected.names)
    assert np.array_equal(corpus.pspi, expected.pspi)
    assert corpus.faults == ()
    save(next((disfa / "images").glob("*1*/*")), np.zeros((224, 240, 3), np.uint8))
    next((disfa / "images").glob("*2*/*")).unlink()
    faults = summarise(opened(disfa).faults)
    assert any(line.startswith("1 black frames, left out: ") for line in faults)
    assert "1 people with labelled frames that are not recorded, left out: SN002 (1 of 6)" in faults


def test_the_left_camera_is_used_unless_the_path_is_that_of_the_right_one(disfa):
    (disfa / "Videos_RightCamera").mkdir()
    for video in (disfa / "Videos_LeftCamera").iterdir():
        name = video.name.replace("Left", "Right")
        shutil.copy(video, disfa / "Videos_RightCamera" / name)
    (disfa / "Videos_RightCamera/RightVideoSN002_comp.avi").unlink()
    assert len(opened(disfa)) == len(opened(disfa.parent)) == 12
    right = opened(disfa / "Videos_RightCamera")
    assert set(right.subject) == {"SN001"}
    assert summarise(right.faults)[0] == "1 people without a video or pictures, left out: SN002"


def test_missing_and_broken_files_are_counted_and_the_rest_is_read(disfa):
    labels = disfa / "ActionUnit_Labels"
    (labels / "SN001/SN001_au9.txt").write_text("1,0\n2,7\n")
    (labels / "SN002/SN002_au26.txt").unlink()
    shutil.copytree(labels / "SN002", labels / "SN003")
    corpus = opened(disfa)
    assert set(corpus.subject) == {"SN002"}
    assert summarise(corpus.faults)[:4] == [
        "1 people without a video or pictures, left out: SN003",
        "1 files of labels that cannot be read, left out: SN001_au9.txt "
        "(line 2 is not a frame and an intensity from 0 to 5)",
        "1 people without labels of AU4, AU6, AU9, left out: SN001",
        "1 files of labels that are missing: SN002_au26.txt",
    ]
    (disfa / "Videos_LeftCamera/LeftVideoSN002_comp.avi").write_bytes(b"no video")
    with pytest.raises(ValueError, match=r"none of 0 frames is usable; .*1 videos that cannot be read: LeftVideoSN002"):
        opened(disfa)
