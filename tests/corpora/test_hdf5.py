"""HDF5 files of others are bounded by what they hold before anything is allocated, and each fault names its dataset."""

import os
import tracemalloc

import h5py
import numpy as np
import pytest

from painctl.corpora.faults import summarise
from painctl.corpora.lab import read_folds
from painctl.corpora.recognise import is_corpus, open_corpus

LABELS = "annotations_unbc.hdf5"
FRAMES = "frames_unbc.hdf5"
FOLDS = "folds.hdf5"


def replace(file, name, **options):
    """Replace a dataset."""
    with h5py.File(file, "a") as h5:
        del h5[name]
        h5.create_dataset(name, **options)


def expanding_twice(file, name):
    """Replace a column with zeros that two rounds of deflate make a thousand times smaller twice."""
    with h5py.File(file, "a") as h5:
        del h5[name]
        layout = h5py.h5p.create(h5py.h5p.DATASET_CREATE)
        layout.set_chunk((100_000, 8))
        for _ in range(2):
            layout.set_deflate(9)
        space = h5py.h5s.create_simple((100_000, 8))
        h5py.h5d.create(h5.id, name.encode(), h5py.h5t.IEEE_F64LE, space, layout)
        h5[name][...] = 0


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        ({"shape": (3_000_000,)}, "declares 3000000 rows, more than any such dataset has"),
        ({"shape": (200_000,)}, "declares 200000 rows, which were never written"),
        ({"shape": (200_000,), "chunks": (1000,)}, "declares 200000 rows, some of which were never written"),
        ({"shape": (200_000,), "chunks": (200_000,), "compression": "gzip"}, "some of which were never written"),
        ({"shape": (200_000, 64), "chunks": (200_000, 64)}, "some of which were never written"),
        ({"data": np.zeros((200_000, 64)), "chunks": (2000, 64), "compression": "gzip"}, "the limit for a column"),
        ({"shape": (9, 10**9), "chunks": (9, 10**7)}, "is in chunks of .*, too large to read"),
    ],
)
def test_a_column_that_the_file_does_not_hold_is_rejected_before_it_is_read(lab, options, reason):
    replace(lab / LABELS, "label_AU_4", dtype=float, **options)
    tracemalloc.start()
    with pytest.raises(ValueError, match=rf"annotations_unbc\.hdf5: label_AU_4 .*{reason}"):
        open_corpus(lab)
    assert tracemalloc.get_traced_memory()[1] < 4_000_000
    tracemalloc.stop()


def test_a_column_that_filters_expand_beyond_reason_is_rejected(lab):
    expanding_twice(lab / LABELS, "label_AU_4")
    with pytest.raises(ValueError, match=r"label_AU_4 declares 6,400,000 bytes, which cannot be in the \d+ that"):
        open_corpus(lab)


def test_pictures_that_were_never_written_are_rejected(lab):
    with h5py.File(lab / FRAMES, "a") as h5:
        shape = h5["image"].shape
        del h5["image"]
        h5.create_dataset("image", shape=shape, dtype=np.uint8, chunks=(1, *shape[1:]))
    with pytest.raises(
        ValueError, match=r"frames_unbc\.hdf5: image declares \d+ rows, some of which were never written"
    ):
        open_corpus(lab)


def test_rows_of_text_may_not_repeat_a_long_one(lab):
    replace(lab / LABELS, "subject_name", data=["4" * 100_000] * 50)
    with pytest.raises(ValueError, match="subject_name has a text of 100,000 characters"):
        open_corpus(lab)


@pytest.mark.parametrize(
    ("name", "data", "reason"),
    [
        ("index", np.array([b"a"] * 9), r"index is \|S1, expected numbers"),
        ("index", np.full(9, np.nan), "index is nan in row 0, not a whole number"),
        ("index", np.arange(9) + 0.5, "index is 0.5 in row 0, not a whole number"),
        ("label_pspi", np.array([b"3"] * 9), r"label_pspi is \|S1, expected numbers"),
        ("label_pspi", np.zeros(9, [("a", float)]), "label_pspi is .*, expected numbers"),
        ("label_pspi", np.zeros((9, 2)), "label_pspi is .9, 2., expected one value per row"),
        ("label_pspi", 1.0, "label_pspi is not stored in the file as an array of rows"),
        ("label_pspi", np.zeros(9), "its columns differ in length: index .*, label_pspi 9"),
        ("subject_name", np.full(9, 42.0), "subject_name is float64, expected texts or numbers"),
        ("subject_name", np.array([b"\x1b[31m"] * 9), "does not begin with a number"),
    ],
)
def test_a_column_of_another_type_is_named(lab, name, data, reason):
    replace(lab / LABELS, name, data=data)
    with pytest.raises(ValueError, match=rf"annotations_unbc\.hdf5: .*{reason}") as error:
        open_corpus(lab)
    assert "\x1b" not in str(error.value)


@pytest.mark.parametrize(
    ("name", "value", "detail"),
    [
        ("label_pspi", np.inf, "PSPI inf"),
        ("label_pspi", 17, "PSPI 17"),
        ("label_AU_4", -1, "AU4 out of range"),
        ("label_AU_43", 9, "AU43 out of range"),
        ("label_AU_43", np.inf, "AU43 out of range"),
    ],
)
def test_an_invalid_label_is_one_fault(lab, name, value, detail):
    before = open_corpus(lab)
    with h5py.File(lab / LABELS, "a") as h5:
        row = h5["index"][:].tolist().index(int(before.names[5].split("/")[1]))
        h5[name][row] = value
    corpus = open_corpus(lab)
    assert len(corpus) == len(before) - 1
    (fault,) = [fault for fault in corpus.faults if fault.kind == "frames with invalid labels, left out"]
    assert (fault.where, detail in fault.detail) == (before.names[5], True)


def test_rows_that_stand_twice_and_pictures_that_cannot_be_read_are_listed(lab):
    count = len(open_corpus(lab))
    with h5py.File(lab / LABELS, "a") as h5:
        h5["index"][9] = h5["index"][4]
    with h5py.File(lab / FRAMES, "r") as h5:
        chunk = h5["image"].id.get_chunk_info(3)
    data = bytearray((lab / FRAMES).read_bytes())
    data[chunk.byte_offset : chunk.byte_offset + chunk.size] = bytes(chunk.size)
    (lab / FRAMES).write_bytes(data)
    corpus = open_corpus(lab)
    assert len(corpus) == count - 2
    lines = " ".join(summarise(corpus.faults))
    assert "1 rows of an index that stands in an earlier row, left out: " in lines
    assert "1 pictures that cannot be read, left out: " in lines


def test_pictures_and_their_index_are_as_many(lab):
    replace(lab / FRAMES, "index", data=np.arange(9))
    with pytest.raises(ValueError, match=r"image has \d+ rows and index 9, expected as many"):
        open_corpus(lab)


def test_if_no_frame_is_usable_each_reason_is_counted_with_an_example(lab):
    with h5py.File(lab / LABELS, "a") as h5:
        h5["label_pspi"][:] = 99
        h5["index"][0] = 12345
    with pytest.raises(
        ValueError, match=r"none of (\d+) frames is usable; 1 frames without a picture: .*/12345; \d+ fr"
    ):
        open_corpus(lab)
    with h5py.File(lab / LABELS, "a") as h5:
        h5["index"][:] += 100_000
    with pytest.raises(ValueError, match="do the index of frames and that of annotations match"):
        open_corpus(lab)


def test_neighbours_do_not_decide(lab):
    """Files of strangers are not read, unless the given one is of the lab; then it is the one of its kind."""
    expected = open_corpus(lab).content
    for name in ("a.h5", "b.h5"):
        with h5py.File(lab / name, "w") as h5:
            h5["image"] = [1]
    os.mkfifo(lab / "c.h5")
    (lab / "d.h5").write_bytes(b"no HDF5")
    (lab / f"._{FRAMES}").write_bytes((lab / FRAMES).read_bytes())
    assert open_corpus(lab).content == expected
    assert not is_corpus(lab / "a.h5")
    assert not is_corpus(lab / "c.h5")
    (lab / "copy.hdf5").write_bytes((lab / FRAMES).read_bytes())
    with pytest.raises(ValueError, match=r"copy\.hdf5 and frames_unbc\.hdf5 both hold frames; keep one of them"):
        open_corpus(lab)
    assert open_corpus(lab / FRAMES).content == expected


@pytest.mark.parametrize(
    ("data", "reason"),
    [([b"x"], "does not begin with a number"), ([1.5], "is float64"), ([[1], [2]], "expected one value per row")],
)
def test_an_invalid_fold_is_named(lab, data, reason):
    replace(lab / FOLDS, "fold-0/validation_subjects", data=np.array(data))
    with pytest.raises(ValueError, match=rf"folds\.hdf5: .*{reason}"):
        read_folds(lab / FOLDS)


def test_names_of_files_that_are_not_utf8_are_read_and_printable(lab):
    expected = open_corpus(lab).content
    folder = lab.rename(lab.with_name(os.fsdecode(b"caf\xe9")))
    for file in list(folder.iterdir()):
        file.rename(folder / os.fsdecode(b"\xe9\n" + os.fsencode(file.name)))
    assert open_corpus(folder).content == expected
    with h5py.File(folder / os.fsdecode(b"\xe9\n" + LABELS.encode()), "a") as h5:
        del h5["label_pspi"]
    with pytest.raises(ValueError, match=r"/caf\\xe9/\\xe9\\x0aannotations_unbc\.hdf5: has no label_pspi"):
        open_corpus(folder)
