"""Recognise which corpus is at a path."""

from __future__ import annotations

from pathlib import Path

import h5py

from painctl.corpora.corpus import Corpus
from painctl.corpora.lab import read_lab
from painctl.corpora.lab_files import HDF5, find_trio
from painctl.corpora.layout import contents
from painctl.corpora.published import is_published, read_published
from painctl.corpora.unbc import is_unbc, read_unbc
from painctl.files.names import printable


def is_corpus(path: Path) -> bool:
    """Whether a path is a folder, one of the lab's HDF5 files or another file of a corpus, so not a painctl shard."""
    if path.is_dir():
        return True
    if not path.is_file():
        return False
    return bool(find_trio(path)) or (_may_hold_folders(path) and (is_unbc(path) or is_published(path)))


def open_corpus(path: Path, seed: int = 0, detect: bool = False) -> Corpus:
    """The corpus at a path, checked; `seed` determines the order of neutral pictures.

    The path is the folder of the corpus, one in it or around it, or one of its files. `detect` crops the faces of whole
    frames by face detection instead of by their AAM points. Raises ValueError for an unknown layout, for `detect` if
    the pictures are already cropped, and as the readers do.
    """
    if _may_hold_folders(path) and is_unbc(path):
        return read_unbc(path, seed, detect)
    if detect:
        raise ValueError(
            f"{path}: its pictures are already cropped; --crop face is for the original folders of UNBC-McMaster"
        )
    if _may_hold_folders(path) and is_published(path):
        return read_published(path)
    if find_trio(path):
        return read_lab(path, seed)
    raise ValueError(
        f"{printable(path)}: not a dataset that painctl recognises: UNBC-McMaster has Images and Frame_Labels, 3DPain "
        "has meshes_inpainted and annotations, and the paper's lab has HDF5 files of frames and annotations"
        + (f"; this folder holds {contents(path)}" if path.is_dir() else "")
    )


def _may_hold_folders(path: Path) -> bool:
    """Whether a path is a folder, or a file that is not HDF5 and may so stand for the folder that it is in."""
    return path.is_dir() or not (path.suffix.lower() in HDF5 or h5py.is_hdf5(path))
