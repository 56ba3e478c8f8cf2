"""CK+: the neutral first frame and the coded last one of every sequence."""

import shutil

import numpy as np
import pytest
from made_corpora import facs_line

from painctl.corpora.faults import summarise
from painctl.corpora.recognise import open_corpus
from painctl.pain.action_units import pspi


def label(ck, stem):
    return ck / f"FACS/{stem[:4]}/{stem[5:8]}/{stem}_facs.txt"


def test_the_first_and_the_last_frame_of_each_sequence_are_used(ck, rendered):
    corpus = open_corpus(ck, crop="none")
    assert corpus.names[:2] == ["S005/001/00000001", "S005/001/00000004"]
    assert (len(corpus), corpus.faults, corpus.notes, corpus.label) == (12, (), (), "PSPI")
    for i, name in enumerate(corpus.names):
        person, sequence, number = name.split("/")
        (face,) = (
            face
            for face in rendered
            if (face.person, face.view, face.is_neutral) == (int(person[1:]) - 5, int(sequence) - 1, number[-1] == "1")
        )
        assert np.array_equal(corpus.aus[i], face.units)
        assert corpus.pspi[i] == pspi(face.units)
        keys = corpus.neutrals(i)
        assert {corpus.names[corpus.keys.tolist().index(key)][-1] for key in keys} == {"1"}


def test_a_peak_without_pain_is_no_neutral_picture(ck):
    label(ck, "S005_001_00000004").write_text(facs_line(1, 3.0) + facs_line(5, 0.0))
    corpus = open_corpus(ck, crop="none")
    assert corpus.pspi[1] == 0
    assert not corpus.aus[1].any()
    assert corpus.keys[1] not in corpus.neutrals(0)


def test_a_unit_that_is_present_but_not_scored_counts_as_one_and_is_not_coded(ck):
    path = label(ck, "S005_001_00000004")
    path.write_text(facs_line(4, 0.0) + facs_line(6, 0.0) + facs_line(7, 3.0) + facs_line(43, 0.0))
    corpus = open_corpus(ck, crop="none")
    assert np.isnan(corpus.aus[1]).tolist() == [True, True, False, False, False, False]
    assert corpus.aus[1][2:].tolist() == [3, 0, 0, 1]
    assert corpus.pspi[1] == 1 + 3 + 0 + 1
    assert corpus.notes[0].startswith("in 1 frames a unit is present but was not scored; it counts as 1")
    path.write_text("")
    corpus = open_corpus(ck, crop="none")
    assert (corpus.pspi[1], corpus.notes) == (0, ())


def test_missing_broken_and_black_files_are_counted_and_the_rest_is_read(ck):
    images = ck / "cohn-kanade-images"
    (images / "S005/001/S005_001_00000004.png").unlink()
    (images / "S005/002/S005_002_00000004.png").write_bytes(b"\x89PNG")
    (images / "S006/001/S006_001_00000001.png").unlink()
    label(ck, "S006_002_00000004").unlink()
    label(ck, "S006_003_00000004").write_text("6 nine\n")
    corpus = open_corpus(ck, crop="none")
    assert len(corpus) == 12 - 5
    assert {line.split(": ")[0] for line in summarise(corpus.faults)} == {
        "1 frames without a picture, left out",
        "1 pictures that cannot be read, left out",
        "1 sequences without their first frame, which is neutral",
        "1 sequences without FACS labels, of which the neutral first frame is used",
        "1 FACS labels that cannot be read, left out",
    }


def test_half_a_corpus_is_named_with_counts(ck):
    shutil.rmtree(ck / "FACS/S005")
    shutil.rmtree(ck / "cohn-kanade-images/S006")
    corpus = open_corpus(ck, crop="none")
    assert summarise(corpus.faults) == [
        "3 sequences without FACS labels, of which the neutral first frame is used: S005/001, S005/002, S005/003",
        "3 sequences without pictures, left out: S006/001, S006/002, S006/003",
    ]
    shutil.rmtree(ck / "cohn-kanade-images/S005")
    with pytest.raises(ValueError, match="none of 0 frames is usable; 3 sequences without pictures: S006/001"):
        open_corpus(ck / "FACS", crop="none")


def test_it_is_recognised_as_it_is_unpacked(ck):
    expected = open_corpus(ck, crop="none").content
    for part in ("cohn-kanade-images", "FACS", "Emotion", "cohn-kanade-images/S005/001/S005_001_00000001.png"):
        assert open_corpus(ck / part, crop="none").content == expected
    (ck / "cohn-kanade-images").rename(ck / "x")
    (ck / "extended-cohn-kanade-images").mkdir()
    (ck / "x").rename(ck / "extended-cohn-kanade-images/cohn-kanade-images")
    (ck / "FACS").rename(ck / "x")
    (ck / "FACS_labels").mkdir()
    (ck / "x").rename(ck / "FACS_labels/FACS")
    assert open_corpus(ck, crop="none").content == open_corpus(ck.parent, crop="none").content == expected


def test_faces_are_detected_and_pictures_without_one_left_out(ck):
    sequence = ck / "cohn-kanade-images/S006/003"
    shutil.copy(sequence / "S006_003_00000002.png", sequence / "S006_003_00000004.png")
    for name in ("S005/002", "S005/003", "S006/002"):
        shutil.rmtree(ck / "cohn-kanade-images" / name)
        shutil.rmtree(ck / "FACS" / name)
    corpus = open_corpus(ck)
    assert summarise(corpus.faults)[0] == "1 pictures without a detectable face, left out: S006_003_00000004.png"
    assert len(corpus) == 5
    assert {corpus.picture(i).shape for i in range(5)} == {(256, 256, 3)}
