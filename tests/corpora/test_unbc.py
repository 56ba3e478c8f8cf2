import shutil

import cv2
import numpy as np
import pytest
from made_unbc import draw_frame

from painctl.corpora.faults import summarise
from painctl.corpora.recognise import open_corpus
from painctl.corpora.unbc import read_unbc
from painctl.detect.detection import detect_faces
from painctl.detect.faces import Faces
from painctl.detect.framing import box_of_points, crop_face, five_points
from painctl.evidence.folds import by_index
from painctl.images.resize import center_crop
from painctl.pain.action_units import pspi


@pytest.fixture(scope="module")
def corpus(made_unbc):
    return open_corpus(made_unbc.folder)


def test_all_usable_frames_and_people_are_read(made_unbc, corpus):
    left_out = sum(len(names) for kind, names in made_unbc.faults.items() if "left out" in kind)
    assert len(corpus) == 25 * 8 - left_out
    assert list(corpus.names) == sorted(corpus.names)
    assert len(set(corpus.subject)) == 25
    assert corpus.names[0] == "042-ab042/ab042t1aaaff/ab042t1aaaff001"
    assert corpus.subject[0] == "042"


def test_every_planted_fault_is_listed_once_under_its_kind(made_unbc, corpus):
    frames = {}
    for fault in corpus.faults:
        frames.setdefault(fault.kind, []).append(fault.where)
    assert frames.keys() == made_unbc.faults.keys()
    for kind, names in made_unbc.faults.items():
        assert len(frames[kind]) == len(names)
        for where, name in zip(sorted(frames[kind]), sorted(names), strict=True):
            assert where.split("/")[-1].removesuffix(".png").removesuffix("_facs.txt") == name.split("/")[-1]
    lines = summarise(corpus.faults)
    assert any(line.startswith("2 black frames, left out: tv095t2aeunaff001.png, ") for line in lines)


def test_labels_are_those_of_the_files(made_unbc, corpus):
    inconsistent = made_unbc.faults["frames whose PSPI disagrees with their action units, kept"][0]
    for i in range(len(corpus)):
        labelled = float((made_unbc.folder / f"Frame_Labels/PSPI/{corpus.names[i]}_facs.txt").read_text())
        assert corpus.pspi[i] == labelled
        assert (pspi(corpus.aus[i]) == labelled) is np.bool_(corpus.names[i] != inconsistent)
    units = [made_unbc.folder / f"Frame_Labels/FACS/{name}_facs.txt" for name in corpus.names]
    empty = [i for i, path in enumerate(units) if not path.stat().st_size]
    assert len(empty) > 30
    assert not corpus.aus[empty].any()
    assert set(np.unique(corpus.aus[:, 5])) == {0, 1}


def test_faces_are_cropped_like_painctl_frames(corpus):
    """The mouth is at the height that the framing states, wherever the face is in the picture."""
    heights = []
    for i in range(0, len(corpus), 9):
        image = corpus.picture(i)
        assert image.shape == (256, 256, 3)
        red = (abs(image.astype(int) - [120, 30, 40]) < 20).all(axis=2)
        rows = np.flatnonzero(red.any(axis=1))
        heights.append(rows.mean() / 256)
    assert np.std(heights) < 0.02
    assert 0.7 < np.mean(heights) < 0.85


def test_neutrals_are_frames_without_pain_of_the_same_person_in_a_seeded_order(made_unbc, corpus):
    for i in (0, 17, 101):
        keys = corpus.neutrals(i)
        assert corpus.keys[i] not in keys[:1]
        rows = [corpus.keys.tolist().index(key) for key in keys]
        assert {corpus.subject[row] for row in rows} == {corpus.subject[i]}
        assert not corpus.pspi[rows].any()
        assert keys == open_corpus(made_unbc.folder).neutrals(i)
    orders = {tuple(open_corpus(made_unbc.folder, seed).neutrals(5)) for seed in range(6)}
    assert len(orders) > 1


def test_faces_are_detected_in_a_copy_without_points(made_unbc, corpus, tmp_path, portrait):
    """Two people, whose frames show a rendered face off centre, except one without a face."""
    for folder in ("Images", "Frame_Labels/PSPI", "Frame_Labels/FACS"):
        for person in ("042-ab042", "047-ab047"):
            sequence = f"{person}/{person[4:]}t1aaaff"
            shutil.copytree(made_unbc.folder / folder / sequence, tmp_path / "UNBC" / folder / sequence)
    pictures = sorted((tmp_path / "UNBC/Images").rglob("*.png"))
    frame = cv2.copyMakeBorder(portrait, 24, 24, 100, 28, cv2.BORDER_REPLICATE)
    for path in pictures:
        cv2.imwrite(str(path), np.ascontiguousarray(frame[..., ::-1]))
    cv2.imwrite(str(pictures[1]), np.full((240, 320, 3), 90, np.uint8))
    detected = open_corpus(tmp_path / "UNBC", crop="face")
    assert summarise(detected.faults)[0] == f"1 pictures without a detectable face, left out: {pictures[1].name}"
    expected_names = [name for name in corpus.names if name[:3] in ("042", "047") and "t1aaaff" in name]
    assert list(detected.names) == expected_names[:1] + expected_names[2:]
    (box,) = detect_faces(frame).boxes
    assert 170 < (box[0] + box[2]) / 2 < 220  # the portrait's middle is at 196
    expected = center_crop(crop_face(frame, box), 256, 1.0)
    for i in range(len(detected)):
        assert np.array_equal(detected.picture(i), expected)
        assert detected.landmarks(i) is None
    with pytest.raises(ValueError, match="has no AAM points; --crop face detects the faces"):
        open_corpus(tmp_path / "UNBC")


def test_content_depends_on_the_crop(made_unbc, corpus, monkeypatch):
    box = box_of_points(five_points(draw_frame("042", np.zeros(6), np.random.default_rng(0))[1]))
    monkeypatch.setattr(
        "painctl.corpora.faces.detect_faces", lambda image: Faces(box[None], np.ones(1), np.zeros(1, int))
    )
    detected = open_corpus(made_unbc.folder, crop="face")
    assert list(detected.names) == list(corpus.names)
    assert detected.content != corpus.content
    with pytest.raises(ValueError, match="its pictures are already cropped"):
        open_corpus(made_unbc.lab, crop="face")


def test_people_are_in_the_published_folds(corpus):
    fold_of = by_index(corpus.subject, 5)
    assert [int(fold_of[corpus.subject == person][0]) for person in sorted(set(corpus.subject))] == [
        index % 5 for index in range(25)
    ]


def test_a_person_without_a_neutral_frame_is_left_out(made_unbc, tmp_path):
    shutil.copytree(made_unbc.folder, tmp_path / "UNBC")
    for path in (tmp_path / "UNBC/Frame_Labels/PSPI/042-ab042").rglob("*.txt"):
        path.write_text("3.0000000e+00")
    corpus = read_unbc(tmp_path / "UNBC")
    assert "042" not in corpus.subject
    assert any(fault.kind.startswith("people without") and fault.where == "042" for fault in corpus.faults)


def test_an_unknown_folder_is_rejected(tmp_path):
    with pytest.raises(ValueError, match="not a dataset that painctl recognises"):
        open_corpus(tmp_path)
    (tmp_path / "Images/042-a/s").mkdir(parents=True)
    (tmp_path / "Frame_Labels/PSPI").mkdir(parents=True)
    with pytest.raises(ValueError, match="none of 0 frames is usable"):
        open_corpus(tmp_path)
