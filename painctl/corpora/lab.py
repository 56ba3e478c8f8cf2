"""UNBC-McMaster in the layout of the paper's lab: three HDF5 files, frames, annotations and folds.

Frames has image [N, H, W, 3] and index [N]; annotations index [M], subject_name [M] ("42-..."), label_AU_4 ... [M] or
[M, k], label_pspi [M]; folds has fold-0/train_subjects, fold-0/validation_subjects (subject numbers) and so on. The
files are recognised by their contents and joined by index. Pictures are cropped faces and used unchanged; black ones
are left out.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import h5py
import numpy as np

from painctl.corpora.corpus import Corpus, is_black, neutral_references, reference_faults
from painctl.corpora.faults import Fault
from painctl.corpora.unbc import NEUTRAL
from painctl.pain.action_units import ACTION_UNITS
from painctl.pain.action_units import pspi as pspi_of

_ROWS, _PIXELS = 10_000_000, 1 << 26  # larger sizes are rejected before anything is read
_KEYS: Final = {"frames": "image", "annotations": "subject_name", "folds": "fold-0"}


def find_trio(path: Path) -> dict[str, Path]:
    """The frames, annotations and folds files in a folder, or beside a file; empty unless the first two exist."""
    folder = path if path.is_dir() else path.parent
    files: dict[str, Path] = {}
    for file in sorted(file for pattern in ("*.h5", "*.hdf5") for file in folder.glob(pattern)):
        try:
            with h5py.File(file, "r") as h5:
                kinds = [kind for kind, key in _KEYS.items() if isinstance(h5.get(key, getlink=True), h5py.HardLink)]
        except OSError:
            continue
        for kind in kinds:
            if kind in files:
                raise ValueError(f"{folder}: {files[kind].name} and {file.name} both hold {kind}; keep one of them")
            files[kind] = file
    return files if {"frames", "annotations"} <= files.keys() else {}


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
    with _opened(files["frames"]) as h5:
        row_of = {number: row for row, number in enumerate(_column(h5, "index").astype(np.int64).tolist())}
        _check_pictures(h5, files["frames"])
    return _corpus(files["frames"], labels, row_of, seed)


def read_folds(path: Path) -> list[list[str]]:
    """The people that each fold tests, its validation_subjects, as subjects of `read_lab`.

    Raises ValueError that names what is invalid.
    """
    with _opened(path) as h5:
        count = 0
        while isinstance(h5.get(f"fold-{count}", getlink=True), h5py.HardLink):
            count += 1
        if not count:
            raise ValueError(f"{path}: has no fold-0; a fold file has fold-0/validation_subjects and so on")
        tested = [_column(h5, f"fold-{fold}/validation_subjects") for fold in range(count)]
    return [[f"{_number(person, path):03d}" for person in people.tolist()] for people in tested]


def _read_labels(path: Path) -> _Labels:
    with _opened(path) as h5:
        index = _column(h5, "index").astype(np.int64)
        subject = np.array([f"{_number(name, path):03d}" for name in _column(h5, "subject_name")])
        units = [_strongest(_column(h5, f"label_AU_{name[2:]}", deep=True)) for name in ACTION_UNITS]
        aus = np.stack(units, axis=1)
        pspi = _column(h5, "label_pspi").astype(float)
    if len({len(index), len(subject), len(aus), len(pspi)}) != 1:
        raise ValueError(f"{path}: its columns differ in length")
    aus[:, -1] = aus[:, -1] > 0
    return _Labels(index, subject, aus, pspi)


def _corpus(frames: Path, labels: _Labels, row_of: dict[int, int], seed: int) -> Corpus:
    """The corpus of labels and the pictures in `frames`, where `row_of` has the row of each index."""
    index, subject, aus, pspi = labels.index, labels.subject, labels.aus, labels.pspi
    names = np.array([f"{person}/{number}" for person, number in zip(subject, index, strict=True)])

    # frames with a picture and valid labels
    has_picture = np.array([number in row_of for number in index.tolist()])
    valid = np.isfinite(pspi) & np.isfinite(aus).all(axis=1) & (pspi >= 0) & (pspi <= 16)
    valid &= ((aus >= 0) & (aus <= 5)).all(axis=1)
    differs = has_picture & valid & (pspi_of(np.where(valid[:, None], aus, 0)) != pspi)
    faults = []
    for kind, affected in (
        ("frames without a picture, left out", ~has_picture),
        ("frames with invalid labels, left out", has_picture & ~valid),
        ("frames whose PSPI disagrees with their action units, kept", differs),
    ):
        faults += [Fault(kind, name) for name in names[affected].tolist()]
    used = np.flatnonzero(has_picture & valid)
    used = used[np.lexsort([index[used], subject[used]])]  # as in the folders, whatever the order of the rows

    # of these, frames that are not black, of people with a neutral picture
    h5 = h5py.File(frames, "r")

    def read(key: int, side: int) -> np.ndarray:
        image = h5["image"][key]
        return image if image.ndim == 3 else np.repeat(image[..., None], 3, axis=2)

    keys = np.array([row_of[number] for number in index[used].tolist()], int)
    checksums = np.array([_checksum(read(key, 0)) for key in keys.tolist()], int)
    faults += [Fault("black frames, left out", name) for name in names[used[checksums < 0]].tolist()]
    used, keys, checksums = used[checksums >= 0], keys[checksums >= 0], checksums[checksums >= 0]
    references = neutral_references(subject[used], pspi[used], keys)
    faults.extend(reference_faults(subject[used], references))
    has_neutral = np.isin(subject[used], list(references))
    used, keys, checksums = used[has_neutral], keys[has_neutral], checksums[has_neutral]
    if not len(used):
        raise ValueError(f"{frames}: no usable frame; do the index of frames and that of annotations match?")

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
    )


def _checksum(image: np.ndarray) -> int:
    """CRC-32 of a picture; -1 for a black one."""
    return -1 if is_black(image) else zlib.crc32(np.ascontiguousarray(image).tobytes())


@contextmanager
def _opened(path: Path) -> Iterator[h5py.File]:
    try:
        h5 = h5py.File(path, "r")
    except OSError as error:
        raise ValueError(f"{path}: not readable as HDF5 ({' '.join(str(error).split())[:80]})") from None
    with h5:
        yield h5


def _dataset(h5: h5py.File, name: str) -> h5py.Dataset:
    """A dataset stored in the file itself: links, external and virtual storage could lead out of it."""
    group: Any = h5
    for part in name.split("/"):
        if not isinstance(group, h5py.Group) or not isinstance(group.get(part, getlink=True), h5py.HardLink):
            raise ValueError(f"{h5.filename}: has no {name}")
        group = group[part]
    if not isinstance(group, h5py.Dataset) or group.external or group.is_virtual or not group.ndim:
        raise ValueError(f"{h5.filename}: {name} is not stored in the file as an array of rows")
    if group.shape[0] > _ROWS:
        raise ValueError(f"{h5.filename}: {name} declares {group.shape[0]} rows, more than any such dataset has")
    return group


def _column(h5: h5py.File, name: str, deep: bool = False) -> np.ndarray:
    dataset = _dataset(h5, name)
    if dataset.ndim > (2 if deep else 1) or int(np.prod(dataset.shape[1:], dtype=object)) > 64:
        raise ValueError(f"{h5.filename}: {name} is {list(dataset.shape)}, expected one value per row")
    return dataset[:]


def _check_pictures(h5: h5py.File, path: Path) -> None:
    dataset = _dataset(h5, "image")
    picture = dataset.shape[1:]
    if dataset.dtype != np.uint8 or len(picture) not in (2, 3) or (len(picture) == 3 and picture[2] != 3):
        raise ValueError(f"{path}: image is {dataset.dtype}{list(dataset.shape)}, expected uint8 [N, H, W, 3]")
    if int(np.prod(picture, dtype=object)) > _PIXELS:
        raise ValueError(f"{path}: image declares pictures of {picture[0]} x {picture[1]}")


def _number(name: Any, path: Path) -> int:
    """42 of b"42-ll042", or of 42."""
    text = name.decode(errors="replace") if isinstance(name, bytes) else str(name)
    head = text.split("-")[0]
    if not head.isdecimal():
        raise ValueError(f"{path}: subject {text!r} does not begin with a number")
    return int(head)


def _strongest(values: np.ndarray) -> np.ndarray:
    """The highest intensity of each row, float [M]; 0 if there is none."""
    table = values.astype(float).reshape(len(values), -1)
    return np.where(np.isnan(table), 0, table).max(axis=1)
