"""UNBC-McMaster in the layout of the paper's lab: three HDF5 files, frames, annotations and folds.

Frames has image [N, H, W, 3] and index [N]; annotations index [M], subject_name [M] ("42-..."), label_AU_4 ... [M] or
[M, k], label_pspi [M]; folds has fold-0/train_subjects, fold-0/validation_subjects (subject numbers) and so on. The
files are recognised by their contents and joined by index. Pictures are cropped faces and used unchanged; black ones
are left out.
"""

from __future__ import annotations

import math
import zlib
from dataclasses import dataclass
from pathlib import Path

import h5py
import numpy as np

from painctl.corpora.corpus import Corpus, Read, is_black, neutral_references, reference_faults
from painctl.corpora.faults import Fault, unusable
from painctl.corpora.hdf5 import dataset, has, integers, numbers, opened, texts
from painctl.corpora.hdf5 import row as read_row
from painctl.corpora.lab_files import find_trio
from painctl.corpora.unbc import NEUTRAL
from painctl.files.names import printable
from painctl.pain.action_units import ACTION_UNITS, HIGHEST, MAX_PSPI
from painctl.pain.action_units import pspi as pspi_of

_PIXELS = 1 << 26  # of a picture; larger ones are rejected before anything is read


@dataclass(frozen=True, eq=False)
class _Labels:
    """The labels of M frames, in the order of the annotations file."""

    index: np.ndarray  # int [M]
    subject: np.ndarray  # str [M]
    aus: np.ndarray  # float [M, 6]
    pspi: np.ndarray  # float [M]


def read_lab(path: Path, seed: int = 0) -> Corpus:
    """The corpus of the three files. Raises ValueError that names the file and the dataset that is invalid."""
    files = find_trio(path)
    labels = _read_labels(files["annotations"])
    with opened(files["frames"]) as h5:
        _check_pictures(h5)
        index = integers(h5, "index")
    return _corpus(files["frames"], labels, index, seed)


def read_folds(path: Path) -> list[list[str]]:
    """The people that each fold tests, its validation_subjects, as subjects of `read_lab`.

    Raises ValueError that names what is invalid.
    """
    with opened(path) as h5:
        count = 0
        while has(h5, f"fold-{count}"):
            count += 1
        if not count:
            raise ValueError(f"{printable(path)}: has no fold-0; a fold file has fold-0/validation_subjects and so on")
        tested = [texts(h5, f"fold-{fold}/validation_subjects") for fold in range(count)]
    return [[_subject(person, path) for person in people] for people in tested]


def _read_labels(path: Path) -> _Labels:
    with opened(path) as h5:
        columns: dict[str, np.ndarray] = {"index": integers(h5, "index")}
        columns["subject_name"] = np.array([_subject(name, path) for name in texts(h5, "subject_name")])
        for name in ACTION_UNITS:
            column = f"label_AU_{name[2:]}"
            columns[column] = _strongest(numbers(h5, column, deep=True))
        columns["label_pspi"] = numbers(h5, "label_pspi").astype(float)
    if len({len(column) for column in columns.values()}) != 1:
        lengths = ", ".join(f"{name} {len(column)}" for name, column in columns.items())
        raise ValueError(f"{printable(path)}: its columns differ in length: {lengths}")
    index, subject, *units, pspi = columns.values()
    return _Labels(index, subject, np.stack(units, axis=1), pspi)


def _corpus(frames: Path, labels: _Labels, picture_index: np.ndarray, seed: int) -> Corpus:
    """The corpus of labels and the pictures in `frames`, which have the numbers `picture_index` [P]."""
    index, subject, pspi = labels.index, labels.subject, labels.pspi
    names = np.array([f"{person}/{number}" for person, number in zip(subject, index, strict=True)], object)
    row_of = {number: row for row, number in enumerate(picture_index.tolist())}

    # frames with one picture, named once, with valid labels
    pictures = np.array([row_of.get(number, -1) for number in index.tolist()], int)
    has_picture = pictures >= 0
    numbers_listed, counts = np.unique(picture_index, return_counts=True)
    several = np.isin(index, numbers_listed[counts > 1])
    repeated = np.ones(len(index), bool)
    repeated[np.unique(index, return_index=True)[1]] = False
    valid = np.isfinite(labels.aus).all(axis=1) & (pspi >= 0) & (pspi <= MAX_PSPI)
    aus = np.where(valid[:, None], labels.aus, 0)
    aus[:, -1] = aus[:, -1] > 0
    usable = has_picture & valid & ~several & ~repeated
    faults = []
    for kind, affected in (
        ("frames without a picture, left out", ~has_picture),
        ("frames with several pictures of the same index, left out", several),
        ("rows of an index that stands in an earlier row, left out", has_picture & ~several & repeated),
        ("frames with invalid labels, left out", has_picture & ~several & ~repeated & ~valid),
        ("frames whose PSPI disagrees with their action units, kept", usable & (pspi_of(aus) != pspi)),
    ):
        described = "PSPI" in kind or "labels" in kind
        rows = np.flatnonzero(affected).tolist()
        faults += [Fault(kind, names[row], _describe(labels, row) if described else "") for row in rows]
    used = np.flatnonzero(usable)
    used = used[np.lexsort([index[used], subject[used]])]  # as in the folders, whatever the order of the rows

    # of these, frames that are not black, of people with a neutral picture
    h5 = h5py.File(frames, "r")

    def read(key: int, side: int) -> np.ndarray:
        image = read_row(h5, "image", key)
        return image if image.ndim == 3 else np.repeat(image[..., None], 3, axis=2)

    keys = pictures[used]
    checksums = np.array([_checksum(read, key, names[i], faults) for key, i in zip(keys, used, strict=True)], int)
    used, keys, checksums = used[checksums >= 0], keys[checksums >= 0], checksums[checksums >= 0]
    references = neutral_references(subject[used], pspi[used] == 0, keys)
    faults.extend(reference_faults(subject[used], references))
    has_neutral = np.isin(subject[used], list(references))
    used, keys, checksums = used[has_neutral], keys[has_neutral], checksums[has_neutral]
    if not len(used):
        advice = "" if has_picture.any() else "do the index of frames and that of annotations match?"
        raise unusable(frames, f"none of {len(index)} frames is usable", faults, advice)

    return Corpus(
        names=names[used].tolist(),
        subject=subject[used],
        aus=aus[used],
        pspi=pspi[used],
        keys=keys,
        read=read,
        references=references,
        faults=tuple(faults),
        neutral_rule=NEUTRAL,
        seed=seed,
        pictures=" ".join(f"{checksum:08x}" for checksum in checksums.tolist()),
        real=True,
        shared=False,  # an open HDF5 file
    )


def _checksum(read: Read, key: int, name: str, faults: list[Fault]) -> int:
    """CRC-32 of a picture; -1, and a fault, for one that is black or cannot be read."""
    try:
        image = read(key, 0)
    except ValueError as error:
        faults.append(Fault("pictures that cannot be read, left out", name, str(error).rpartition(": ")[2]))
        return -1
    if is_black(image):
        faults.append(Fault("black frames, left out", name))
        return -1
    return zlib.crc32(np.ascontiguousarray(image).tobytes())


def _check_pictures(h5: h5py.File) -> None:
    stored = dataset(h5, "image")
    picture, path = stored.shape[1:], printable(h5.filename)
    if stored.dtype != np.uint8 or len(picture) not in (2, 3) or (len(picture) == 3 and picture[2] != 3):
        raise ValueError(f"{path}: image is {stored.dtype}{list(stored.shape)}, expected uint8 [N, H, W, 3]")
    if not 0 < math.prod(picture) <= _PIXELS:
        raise ValueError(f"{path}: image declares pictures of {picture[0]} x {picture[1]}")
    if len(h5["image"]) != (rows := len(integers(h5, "index"))):
        raise ValueError(f"{path}: image has {len(stored)} rows and index {rows}, expected as many")


def _subject(text: str, path: Path) -> str:
    """042 of 42-ll042, or of 42."""
    head = text.split("-")[0]
    if not head.isdecimal():
        raise ValueError(f"{printable(path)}: subject {text[:20]!r} does not begin with a number")
    return f"{int(head):03d}"


def _strongest(values: np.ndarray) -> np.ndarray:
    """The highest intensity of each row, float [M]; 0 if there is none, NaN if one is not in 0..5."""
    table = values.astype(float).reshape(len(values), -1)
    intensities = np.where(np.isnan(table), 0, table)
    valid = ((intensities >= 0) & (intensities <= max(HIGHEST))).all(axis=1)
    return np.where(valid, intensities.max(axis=1, initial=0), np.nan)


def _describe(labels: _Labels, row: int) -> str:
    units = zip(ACTION_UNITS, labels.aus[row], strict=True)
    wrong = [f"{name} out of range" for name, value in units if not np.isfinite(value)]
    return ", ".join([f"PSPI {labels.pspi[row]:g}", *wrong])
