"""Which of the known datasets a path is."""

from __future__ import annotations

from pathlib import Path

from painctl.corpora.corpus import Corpus
from painctl.corpora.lab import find_trio, read_lab
from painctl.corpora.published import is_published, read_published
from painctl.corpora.unbc import is_unbc, read_unbc


def is_corpus(path: Path) -> bool:
    """Whether a path is a folder, or a file of the lab's trio: what is no shard of painctl."""
    return path.is_dir() or (path.is_file() and bool(find_trio(path)) and path in find_trio(path).values())


def open_corpus(path: Path, seed: int = 0, find: bool = False) -> Corpus:
    """The dataset at a path, checked; `seed` draws the order of neutral pictures.

    `find` crops the faces of whole frames by the face finder instead of by their points. Raises ValueError for what is
    none of the known, for `find` where pictures are faces already, and as the readers do.
    """
    if path.is_dir() and is_unbc(path):
        return read_unbc(path, seed, find)
    if find:
        raise ValueError(f"{path}: its pictures are faces already; --crop face is for UNBC-McMaster's own folders")
    if path.is_dir() and is_published(path):
        return read_published(path)
    if find_trio(path):
        return read_lab(path, seed)
    raise ValueError(
        f"{path}: no dataset that painctl knows: UNBC-McMaster has Images and Frame_Labels, 3DPain meshes_inpainted "
        "and annotations, the lab's HDF5 files frames and annotations"
    )
