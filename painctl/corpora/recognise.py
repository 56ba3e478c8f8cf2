"""Recognise which corpus is at a path."""

from __future__ import annotations

from pathlib import Path

import h5py

from painctl.corpora.corpus import Corpus
from painctl.corpora.lab import read_lab
from painctl.corpora.lab_files import HDF5, find_trio, unreadable
from painctl.corpora.layout import contents
from painctl.corpora.published import read_published
from painctl.corpora.published_files import find_published
from painctl.corpora.unbc import read_unbc
from painctl.corpora.unbc_files import find_unbc
from painctl.files.names import printable

_UNBC, _PUBLISHED, _LAB = "UNBC-McMaster", "3DPain", "the HDF5 files of the lab"


def is_corpus(path: Path) -> bool:
    """Whether a path is a folder, one of the lab's HDF5 files or another file of a corpus, so not a painctl shard."""
    return path.is_dir() or (path.is_file() and bool(_places(path)))


def open_corpus(path: Path, seed: int = 0, detect: bool = False) -> Corpus:
    """The corpus at a path, checked; `seed` determines the order of neutral pictures.

    The path is the folder of the corpus, one in it or around it, or one of its files. `detect` crops the faces of whole
    frames by face detection instead of by their AAM points. Raises ValueError for an unknown layout, for several
    corpora at the same depth below the path, for `detect` if the pictures are already cropped, and as the readers do.
    """
    places = _places(path)
    if detect and _UNBC not in places:
        raise ValueError(
            f"{path}: its pictures are already cropped; --crop face is for the original folders of UNBC-McMaster"
        )
    if not places:
        raise ValueError(
            f"{printable(path)}: not a dataset that painctl recognises: {_UNBC} has Images and Frame_Labels, 3DPain "
            "has meshes_inpainted and annotations, and the paper's lab has HDF5 files of frames and annotations"
            + _there(path)
        )
    name = _UNBC if detect else _nearest(path, places)
    if name == _UNBC:
        return read_unbc(path, seed, detect)
    return read_published(path) if name == _PUBLISHED else read_lab(path, seed)


def _places(path: Path) -> dict[str, Path]:
    """A folder or file of each corpus at a path."""
    places = {}
    if path.is_dir() or not (path.suffix.lower() in HDF5 or h5py.is_hdf5(path)):
        if unbc := find_unbc(path):
            places[_UNBC] = unbc.images
        if published := find_published(path):
            places[_PUBLISHED] = published.images
    if trio := find_trio(path):
        places[_LAB] = trio["frames"]
    return places


def _there(path: Path) -> str:
    """What a folder holds instead of a corpus, to end a message."""
    if not path.is_dir():
        return ""
    problem = unreadable(path)
    return f"; this folder holds {contents(path)}" + (f"; {problem}" if problem else "")


def _nearest(path: Path, places: dict[str, Path]) -> str:
    """The name of the corpus that is nearest to a path; directly in it, the first. Raises ValueError for several."""
    here = path.absolute()
    depth = {name: len(at.absolute().parts) - len(here.parts) for name, at in places.items()}
    first, *others = [name for name in places if depth[name] == min(depth.values())]
    if others and depth[first] > 1:
        both = " and ".join(f"{name} ({printable(places[name].parent)})" for name in (first, others[0]))
        raise ValueError(f"{printable(path)}: holds {both}; give the path of one of them")
    return first
