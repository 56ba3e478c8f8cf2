"""UNBC-McMaster as the lab of the paper keeps it: three HDF5 files, frames, annotations and folds.

Frames has image [N, H, W, 3] and index [N]; annotations index [M], subject_name [M] ("42-..."), label_AU_4 ... [M] or
[M, k], label_pspi [M]; folds has fold-0/train_subjects, fold-0/validation_subjects (subject numbers) and so on. The
files are told by what is in them. Rows are joined by their index. Pictures are taken as they are stored: faces already;
black ones are left out.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import h5py
import numpy as np

from painctl.corpora.corpus import Corpus, is_black, painless, unlike
from painctl.corpora.faults import Fault
from painctl.corpora.unbc import WORDS
from painctl.pain.action_units import ACTION_UNITS
from painctl.pain.action_units import pspi as pspi_of

_ROWS, _PIXELS = 10_000_000, 1 << 26  # more than that is no dataset of faces: nothing of such a size is read
_KEYS: Final = {"frames": "image", "annotations": "subject_name", "folds": "fold-0"}


def find_trio(path: Path) -> dict[str, Path]:
    """The files among frames, annotations and folds in a folder, or beside a file. Empty if it is no such trio."""
    folder = path if path.is_dir() else path.parent
    found: dict[str, Path] = {}
    for file in sorted(each for ending in ("*.h5", "*.hdf5") for each in folder.glob(ending)):
        try:
            with h5py.File(file, "r") as h5:
                kinds = [kind for kind, key in _KEYS.items() if isinstance(h5.get(key, getlink=True), h5py.HardLink)]
        except OSError:
            continue
        for kind in kinds:
            if kind in found:
                raise ValueError(f"{folder}: {found[kind].name} and {file.name} both hold {kind}; keep one of them")
            found[kind] = file
    return found if {"frames", "annotations"} <= found.keys() else {}


def read_lab(path: Path, seed: int = 0) -> Corpus:
    """The corpus of a trio. Raises ValueError that names the file and the dataset that is not as it should be."""
    files = find_trio(path)
    with _opened(files["annotations"]) as h5:
        index = _column(h5, "index").astype(np.int64)
        subject = np.array([f"{_number(name, files['annotations']):03d}" for name in _column(h5, "subject_name")])
        units = [_strongest(_column(h5, f"label_AU_{name[2:]}", deep=True)) for name in ACTION_UNITS]
        aus = np.stack(units, axis=1)
        pspi = _column(h5, "label_pspi").astype(float)
    if len({len(index), len(subject), len(aus), len(pspi)}) != 1:
        raise ValueError(f"{files['annotations']}: its columns differ in length")
    aus[:, -1] = aus[:, -1] > 0
    with _opened(files["frames"]) as h5:
        row_of = {number: row for row, number in enumerate(_column(h5, "index").astype(np.int64).tolist())}
        _pictures(h5, files["frames"])
    return _corpus(files["frames"], index, subject, aus, pspi, row_of, seed)


def read_folds(path: Path) -> list[list[str]]:
    """The people whom each fold tests, as subjects of `read_lab`: its validation_subjects.

    Raises ValueError that names what is not as it should be.
    """
    with _opened(path) as h5:
        count = 0
        while isinstance(h5.get(f"fold-{count}", getlink=True), h5py.HardLink):
            count += 1
        if not count:
            raise ValueError(f"{path}: no fold-0 in it; a fold file has fold-0/validation_subjects and so on")
        tested = [_column(h5, f"fold-{fold}/validation_subjects") for fold in range(count)]
    return [[f"{_number(person, path):03d}" for person in people.tolist()] for people in tested]


def _corpus(
    frames: Path,
    index: np.ndarray,
    subject: np.ndarray,
    aus: np.ndarray,
    pspi: np.ndarray,
    row_of: dict[int, int],
    seed: int,
) -> Corpus:
    faults = []
    names = np.array([f"{person}/{number}" for person, number in zip(subject, index, strict=True)])
    here = np.array([number in row_of for number in index.tolist()])
    whole = np.isfinite(pspi) & np.isfinite(aus).all(axis=1) & (pspi >= 0) & (pspi <= 16)
    whole &= ((aus >= 0) & (aus <= 5)).all(axis=1)
    for kind, bad in (
        ("frames without a picture, left out", ~here),
        ("labels that cannot be, left out", here & ~whole),
    ):
        faults += [Fault(kind, name) for name in names[bad].tolist()]
    other = here & whole & (pspi_of(np.where(whole[:, None], aus, 0)) != pspi)
    faults += [Fault("frames whose PSPI is not that of their units, kept", name) for name in names[other].tolist()]
    used = np.flatnonzero(here & whole)
    used = used[np.lexsort([index[used], subject[used]])]  # the order of the folders, whatever that of the rows
    h5 = h5py.File(frames, "r")

    def read(key: int, side: int) -> np.ndarray:
        image = h5["image"][key]
        return image if image.ndim == 3 else np.repeat(image[..., None], 3, axis=2)

    keys = np.array([row_of[number] for number in index[used].tolist()], int)
    marks = np.array([_mark(read(key, 0)) for key in keys.tolist()], int)
    faults += [Fault("black frames, left out", name) for name in names[used[marks < 0]].tolist()]
    used, keys, marks = used[marks >= 0], keys[marks >= 0], marks[marks >= 0]
    references = painless(subject[used], pspi[used], keys)
    faults.extend(unlike(subject[used], references))
    kept = np.isin(subject[used], list(references))
    used, keys, marks = used[kept], keys[kept], marks[kept]
    if not len(used):
        raise ValueError(f"{frames}: no usable frame; do its index and that of the annotations belong together?")

    return Corpus(
        names=names[used].tolist(),
        subject=subject[used],
        aus=aus[used],
        pspi=pspi[used],
        keys=keys,
        read=read,
        references=references,
        faults=tuple(faults),
        neutral_words=WORDS,
        seed=seed,
        pictures=" ".join(f"{mark:08x}" for mark in marks.tolist()),
        real=True,
    )


def _mark(image: np.ndarray) -> int:
    """CRC-32 of a picture; -1 for one that shows nothing."""
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
    """A dataset of the file itself: a link, external or virtual storage could lead out of it."""
    group: Any = h5
    for part in name.split("/"):
        if not isinstance(group, h5py.Group) or not isinstance(group.get(part, getlink=True), h5py.HardLink):
            raise ValueError(f"{h5.filename}: no {name} in it")
        group = group[part]
    if not isinstance(group, h5py.Dataset) or group.external or group.is_virtual or not group.ndim:
        raise ValueError(f"{h5.filename}: {name} is not stored in the file as rows")
    if group.shape[0] > _ROWS:
        raise ValueError(f"{h5.filename}: {name} declares {group.shape[0]} rows, more than any such dataset has")
    return group


def _column(h5: h5py.File, name: str, deep: bool = False) -> np.ndarray:
    dataset = _dataset(h5, name)
    if dataset.ndim > (2 if deep else 1) or int(np.prod(dataset.shape[1:], dtype=object)) > 64:
        raise ValueError(f"{h5.filename}: {name} is {list(dataset.shape)}, expected one value a row")
    return dataset[:]


def _pictures(h5: h5py.File, path: Path) -> None:
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
    """The highest of the intensities of each row, float [M]; 0 where none is given."""
    table = values.astype(float).reshape(len(values), -1)
    return np.where(np.isnan(table), 0, table).max(axis=1)
