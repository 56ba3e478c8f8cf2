"""Recognise which corpus is at a path."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final, Literal

import h5py

from painctl.corpora.biovid import find_biovid, read_biovid
from painctl.corpora.ck import find_ck, read_ck
from painctl.corpora.corpus import Corpus
from painctl.corpora.disfa import find_disfa, read_disfa
from painctl.corpora.lab import read_lab
from painctl.corpora.lab_files import HDF5, find_trio, unreadable
from painctl.corpora.layout import contents
from painctl.corpora.published import read_published
from painctl.corpora.published_files import find_published
from painctl.corpora.table import read_table
from painctl.corpora.table_files import CSV, find_table
from painctl.corpora.unbc import read_unbc
from painctl.corpora.unbc_files import find_unbc
from painctl.files.names import printable

Crop = Literal["auto", "points", "face", "none"]  # how faces are cropped; see `open_corpus`

_UNBC, _PUBLISHED, _LAB = "UNBC-McMaster", "3DPain", "the HDF5 files of the lab"
_CK, _DISFA, _BIOVID, _TABLE = "CK+", "DISFA", "BioVid", "a table of pictures"
_LAYOUTS: Final = {
    _UNBC: "Images and Frame_Labels",
    _PUBLISHED: "meshes_inpainted and annotations",
    _CK: "cohn-kanade-images and FACS",
    _DISFA: "ActionUnit_Labels and videos",
    _BIOVID: "videos such as 071309_w_21-BL1-081.mp4",
    _TABLE: "a CSV file with the columns image, person and pspi or action units",
    "the paper's lab": "HDF5 files of frames and annotations",
}
_PICTURES: Final[Mapping[str, Callable[[Path, int, bool], Corpus]]] = {_CK: read_ck, _TABLE: read_table}
_RECORDED: Final[Mapping[str, Callable[[Path, int, bool, int | None], Corpus]]] = {
    _DISFA: read_disfa,
    _BIOVID: read_biovid,
}


def is_corpus(path: Path) -> bool:
    """Whether a path is a folder, a CSV file, one of the lab's HDF5 files or another file of a corpus, so no shard."""
    return path.is_dir() or (path.is_file() and (path.suffix.lower() == CSV or bool(_places(path))))


@dataclass(frozen=True)
class Recognised:
    """A corpus at a path."""

    name: str
    is_detected: bool  # whether its faces are detected, unless its pictures are cropped already
    is_recorded: bool  # videos, of which `--every` takes a part


def corpus_at(path: Path) -> Recognised | None:
    """The corpus at a path, None if there is none. Raises ValueError as `open_corpus` for several."""
    places = _places(path)
    name = _nearest(path, places) if places else None
    return Recognised(name, name in _PICTURES or name in _RECORDED, name in _RECORDED) if name else None


def open_corpus(path: Path, seed: int = 0, crop: Crop = "auto", every: int | None = None) -> Corpus:
    """The corpus at a path, checked; `seed` determines the order of neutral pictures.

    The path is the folder of the corpus, one in it or around it, or one of its files. Faces are cropped by the AAM
    points of UNBC-McMaster, and by face detection where there are none; `crop` "face" detects them there too, "none"
    takes pictures as faces that are cropped already, and "points" requires points. Of recordings, every `every`-th
    frame is used, by default one a second. Raises ValueError for an unknown layout, for several corpora at the same
    depth below the path, for a `crop` or `every` that does not apply to the corpus, and as the readers do.
    """
    places = _places(path)
    if not places:
        layouts = ", ".join(f"{name} has {layout}" for name, layout in _LAYOUTS.items())
        raise ValueError(f"{printable(path)}: not a dataset that painctl recognises: {layouts}{_there(path)}")
    name = _UNBC if crop == "face" and _UNBC in places else _nearest(path, places)
    if every and name not in _RECORDED:
        raise ValueError(f"{printable(path)}: --every is for the videos of {' and '.join(_RECORDED)}; leave it out")
    if crop == "points" and (name in _PICTURES or name in _RECORDED):
        raise ValueError(f"{printable(path)}: {name} has no AAM points; leave --crop out to detect the faces")
    if name in _RECORDED:
        return replace(_RECORDED[name](path, seed, crop != "none", every), name=name)
    if name in _PICTURES:
        return replace(_PICTURES[name](places[name] if name == _TABLE else path, seed, crop != "none"), name=name)
    if crop == "face" and name != _UNBC:
        raise ValueError(f"{printable(path)}: its pictures are already cropped; leave --crop face out")
    if crop == "none" and name == _UNBC:
        raise ValueError(
            f"{printable(path)}: the frames of {_UNBC} show more than the face; leave --crop none out, or name cropped "
            "faces in a CSV file"
        )
    if name == _UNBC:
        corpus = read_unbc(path, seed, crop == "face")
    else:
        corpus = read_published(path) if name == _PUBLISHED else read_lab(path, seed)
    return replace(corpus, name=_UNBC if name == _LAB else name)


def _places(path: Path) -> dict[str, Path]:
    """A folder or file of each corpus at a path."""
    places: dict[str, Path] = {}
    is_csv = path.suffix.lower() == CSV and not path.is_dir()
    if is_csv and (table := find_table(path)):
        return {_TABLE: table}
    if path.is_dir() or not (path.suffix.lower() in HDF5 or h5py.is_hdf5(path)):
        if unbc := find_unbc(path):
            places[_UNBC] = unbc.images
        if published := find_published(path):
            places[_PUBLISHED] = published.images
        if ck := find_ck(path):
            places[_CK] = ck.images
        if disfa := find_disfa(path):
            places[_DISFA] = disfa.labels
        if biovid := find_biovid(path):
            places[_BIOVID] = next(iter(biovid.recordings.values())).parent.parent
        if not places and (table := find_table(path)):  # labels that were put beside a corpus are given by their path
            places[_TABLE] = table
    if trio := find_trio(path):
        places[_LAB] = trio["frames"]
    if is_csv and not places:
        places[_TABLE] = path  # whose error says which column it lacks
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
