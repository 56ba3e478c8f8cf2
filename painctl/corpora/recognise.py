"""Recognise which corpus is at a path."""

from __future__ import annotations

from pathlib import Path

from painctl.corpora.corpus import Corpus
from painctl.corpora.lab import find_trio, read_lab
from painctl.corpora.published import is_published, read_published
from painctl.corpora.unbc import is_unbc, read_unbc


def is_corpus(path: Path) -> bool:
    """Whether a path is a folder or one of the lab's HDF5 files, so not a painctl shard."""
    return path.is_dir() or (path.is_file() and bool(find_trio(path)) and path in find_trio(path).values())


def open_corpus(path: Path, seed: int = 0, detect: bool = False) -> Corpus:
    """The corpus at a path, checked; `seed` determines the order of neutral pictures.

    `detect` crops the faces of whole frames by face detection instead of by their AAM points. Raises ValueError for an
    unknown layout, for `detect` if the pictures are already cropped, and as the readers do.
    """
    if path.is_dir() and is_unbc(path):
        return read_unbc(path, seed, detect)
    if detect:
        raise ValueError(
            f"{path}: its pictures are already cropped; --crop face is for the original folders of UNBC-McMaster"
        )
    if path.is_dir() and is_published(path):
        return read_published(path)
    if find_trio(path):
        return read_lab(path, seed)
    raise ValueError(
        f"{path}: not a dataset that painctl recognises: UNBC-McMaster has Images and Frame_Labels, 3DPain has "
        "meshes_inpainted and annotations, and the paper's lab has HDF5 files of frames and annotations"
    )
