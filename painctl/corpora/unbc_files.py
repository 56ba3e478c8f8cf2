"""Where the files of each frame of UNBC-McMaster are: Images, and PSPI, FACS and AAM_landmarks beside or below it.

Each of these folders holds SUBJECT/SEQUENCE/FRAME with an ending of its own. Frames are matched whatever the case.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from painctl.corpora.faults import Fault
from painctl.corpora.layout import entries, folders, is_new, listed, nearest, starts, subfolders
from painctl.corpora.pictures import SUFFIXES
from painctl.files.names import printable

_LABELS = {"PSPI": "_facs.txt", "FACS": "_facs.txt", "AAM_landmarks": "_aam.txt"}
_NAMES: Final = {"Images", "Frame_Labels", "Sequence_Labels", *_LABELS}  # folders of the corpus


@dataclass(frozen=True)
class Folders:
    """The folders of a corpus; those that it lacks are None."""

    images: Path
    pspi: Path
    facs: Path | None
    aam: Path | None


@dataclass(frozen=True)
class FrameFiles:
    """The files of a frame; those that it lacks are None."""

    name: str  # subject/sequence/frame, printable
    picture: Path | None
    pspi: Path | None
    facs: Path | None
    aam: Path | None


def find_unbc(path: Path) -> Folders | None:
    """The folders of UNBC-McMaster at, around or below a path, with at least pictures and PSPI labels.

    Raises ValueError if two folders could be meant.
    """
    for start in starts(path, _NAMES):
        levels = folders(start)
        pspi = nearest(levels, "PSPI", _holds)
        images = nearest(levels, "Images", _holds) if pspi else None
        if images and pspi:
            return Folders(images, pspi, *(nearest(levels, name, _holds) for name in ("FACS", "AAM_landmarks")))
    return None


def list_frames(corpus: Folders, faults: list[Fault]) -> list[FrameFiles]:
    """The files of every frame that has a picture or a PSPI label, in the order of their names."""
    pictures, pspi = _by_frame(corpus.images, SUFFIXES, faults), _by_frame(corpus.pspi, (_LABELS["PSPI"],), faults)
    facs = _by_frame(corpus.facs, (_LABELS["FACS"],), faults) if corpus.facs else {}
    aam = _by_frame(corpus.aam, (_LABELS["AAM_landmarks"],), faults) if corpus.aam else {}
    frames = []
    for key in {**pictures, **pspi}:
        name = (pictures.get(key) or pspi[key])[0]
        files = (table[key][1] if key in table else None for table in (pictures, pspi, facs, aam))
        frames.append(FrameFiles(name, *files))
    return sorted(frames, key=lambda frame: frame.name)


def _by_frame(folder: Path, endings: tuple[str, ...], faults: list[Fault]) -> dict[str, tuple[str, Path]]:
    """The name of a frame and the path of its file, by the name in lower case."""
    files: dict[str, tuple[str, Path]] = {}
    for path in _files(folder, endings, faults):
        stem = path.name[: -next(len(ending) for ending in endings if path.name.lower().endswith(ending))]
        name = printable("/".join((*path.parts[-3:-1], stem)))
        if name.lower() in files:
            faults.append(Fault("files of a frame that has another one, left out", printable(path.name)))
        else:
            files[name.lower()] = (name, path)
    return files


def _holds(folder: Path) -> bool:
    endings = (*SUFFIXES, *_LABELS.values())
    return next(_files(folder, endings, []), None) is not None


def _files(folder: Path, endings: tuple[str, ...], faults: list[Fault]) -> Iterator[Path]:
    """The files three levels down, by folder, in the order of the endings and of their names."""
    visited: set[tuple[int, int]] = set()
    for subject in listed(subfolders, folder, faults):
        for sequence in listed(subfolders, subject, faults):
            if not is_new(sequence, visited):
                faults.append(Fault("links to a folder that stands elsewhere too, left out", printable(sequence.name)))
                continue
            names = sorted(entry.name for entry in listed(entries, sequence, faults))
            for ending in endings:
                yield from (sequence / name for name in names if name.lower().endswith(ending))
