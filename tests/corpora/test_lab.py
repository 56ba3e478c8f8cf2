import shutil
from collections import Counter

import h5py
import numpy as np
import pytest

from painctl.corpora.lab import read_folds
from painctl.corpora.recognise import is_corpus, open_corpus
from painctl.evidence.folds import by_index, by_lists

ALONE = "people with a single frame of PSPI 0, which is compared with itself"


def test_the_hdf5_files_equal_the_folder(made_unbc):
    """The same frames in the same order, although its rows are shuffled and include black frames."""
    folder, lab = open_corpus(made_unbc.folder), open_corpus(made_unbc.lab)
    by_file = open_corpus(made_unbc.lab / "frames_unbc.hdf5")
    for name in ("subject", "pspi", "aus"):
        assert np.array_equal(getattr(lab, name), getattr(folder, name)), name
        assert np.array_equal(getattr(by_file, name), getattr(folder, name)), name
    for i in range(0, len(folder), 7):
        assert np.array_equal(lab.picture(i), folder.picture(i))
        pairs = zip(lab.neutrals(i), folder.neutrals(i), strict=True)
        assert all(np.array_equal(lab.neutral(a), folder.neutral(b)) for a, b in pairs)
    faults = Counter(fault.kind for fault in lab.faults)
    assert faults == {
        "frames whose PSPI disagrees with their action units, kept": 1,
        "black frames, left out": 2,
        ALONE: 1,
    }


def test_content_depends_on_the_pictures(made_unbc, lab):
    before = open_corpus(lab).content
    with h5py.File(next(lab.glob("frames*")), "a") as h5:
        h5["image"][:] = 255 - h5["image"][:]
    assert open_corpus(lab).content != before == open_corpus(made_unbc.lab).content


def test_a_person_with_one_neutral_frame_is_listed(lab):
    with h5py.File(next(lab.glob("annotations*")), "a") as h5:
        rows = np.flatnonzero([name.startswith(b"42-") for name in h5["subject_name"][:]])
        neutral = rows[h5["label_pspi"][:][rows] == 0]
        for row in neutral[1:]:
            h5["label_pspi"][row] = 1
    alone = [fault for fault in open_corpus(lab).faults if fault.kind == ALONE]
    assert [fault.where for fault in alone] == ["042", "095"]


def test_the_fold_file_equals_the_published_folds(made_unbc):
    corpus = open_corpus(made_unbc.lab)
    tested = read_folds(made_unbc.lab / "folds.hdf5")
    assert np.array_equal(by_lists(corpus.subject, tested), by_index(corpus.subject, 5))


def test_a_corpus_is_recognised(made_unbc, dataset_file):
    assert is_corpus(made_unbc.folder)
    assert is_corpus(made_unbc.lab / "annotations_unbc.hdf5")
    assert not is_corpus(dataset_file)


@pytest.fixture
def lab(made_unbc, tmp_path):
    shutil.copytree(made_unbc.lab, tmp_path / "lab")
    return tmp_path / "lab"


def spoil(lab, file, name, data=None, **options):
    with h5py.File(next(lab.glob(f"{file}*")), "a") as h5:
        del h5[name]
        if data is not None:
            h5.create_dataset(name, data=data, **options)


@pytest.mark.parametrize(
    ("file", "name", "data", "words"),
    [
        ("frames", "image", np.zeros((4, 8, 8, 3)), "image is float64"),
        ("frames", "image", np.zeros((4, 8, 8, 4), np.uint8), "expected uint8"),
        ("annotations", "label_pspi", None, "has no label_pspi"),
        ("annotations", "label_pspi", np.zeros(3), "differ in length"),
        ("annotations", "label_AU_4", np.zeros((190, 200)), "expected one value per row"),
        ("annotations", "subject_name", np.array([b"somebody"] * 193), "does not begin with a number"),
    ],
)
def test_invalid_datasets_are_rejected_by_name(lab, file, name, data, words):
    spoil(lab, file, name, data)
    with pytest.raises(ValueError, match=words) as caught:
        open_corpus(lab)
    assert str(lab) in str(caught.value)


def test_huge_and_external_datasets_are_rejected(lab, tmp_path):
    path = next(lab.glob("frames*"))
    with h5py.File(path, "a") as h5:
        del h5["image"]
        h5.create_dataset("image", shape=(10**12, 64, 64, 3), dtype=np.uint8, chunks=(1, 64, 64, 3))
    with pytest.raises(ValueError, match="declares 1000000000000 rows"):
        open_corpus(lab)
    with h5py.File(path, "a") as h5:
        del h5["image"]
        h5.create_dataset("image", shape=(4, 8, 8, 3), dtype=np.uint8, external=[("/etc/passwd", 0, 768)])
    with pytest.raises(ValueError, match="not stored in the file"):
        open_corpus(lab)
    with h5py.File(path, "a") as h5:
        del h5["image"]
        h5["image"] = h5py.ExternalLink(str(tmp_path / "other.h5"), "/image")
    with pytest.raises(ValueError, match="not a dataset that painctl recognises"):
        open_corpus(lab)


def test_invalid_labels_and_missing_pictures_are_listed(lab):
    with h5py.File(next(lab.glob("annotations*")), "a") as h5:
        h5["label_pspi"][3] = 99
        h5["index"][5] = 100_000
    kinds = {fault.kind for fault in open_corpus(lab).faults}
    assert {"frames with invalid labels, left out", "frames without a picture, left out"} < kinds


def test_two_files_of_one_kind_are_rejected(lab):
    shutil.copy(lab / "folds.hdf5", lab / "folds2.hdf5")
    with pytest.raises(ValueError, match=r"folds\.hdf5 and folds2\.hdf5 both hold folds"):
        open_corpus(lab)
    with pytest.raises(ValueError, match="has no fold-0"):
        read_folds(next(lab.glob("frames*")))
