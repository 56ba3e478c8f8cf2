"""CK+, the Extended Cohn-Kanade dataset (Lucey et al., CVPR Workshops 2010): posed expressions, from neutral to peak.

cohn-kanade-images/S005/001/S005_001_00000001.png and so on are the frames of a sequence, and
FACS/S005/001/S005_001_00000011_facs.txt has rows of action unit and intensity for the last of them. The first frame is
neutral. The others between them have no labels, and are not used.

An intensity of 0 means that the unit is present but was not scored. Such a unit counts as 1 in PSPI, the least that it
can be, and is not coded (NaN) among the units. AU43 is 1 if it is present.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np

from painctl.corpora.corpus import Corpus
from painctl.corpora.faces import faces_in
from painctl.corpora.facs import NUMBERS, FacsRows, read_facs
from painctl.corpora.faults import Fault, Scope
from painctl.corpora.frames import Frame, Rules, assemble
from painctl.corpora.layout import entries, folders, listed, nearest, starts, subfolders
from painctl.corpora.pictures import SUFFIXES
from painctl.files.names import printable
from painctl.pain.action_units import ACTION_UNITS
from painctl.pain.labels import coded_pspi

_IMAGES, _FACS = "cohn-kanade-images", "FACS"
_FRAME = re.compile(r"(?P<person>S\d{3})_(?P<sequence>\d{3})_(?P<frame>\d{8})(?P<end>\.png|\.jpe?g|_facs\.txt)", re.I)
_UNSCORED: Final = 1.0  # what a unit of unknown intensity counts in PSPI
_NOTE: Final = (
    "in {} frames a unit is present but was not scored; it counts as 1 in PSPI, which is then a lower bound, and is "
    "not coded among the units"
)


@dataclass(frozen=True)
class Folders:
    """The folders of CK+."""

    images: Path
    facs: Path


@dataclass(frozen=True)
class _File:
    """A picture of a sequence, or the labels of one."""

    path: Path
    sequence: str  # S005/001
    number: int

    @property
    def name(self) -> str:
        return f"{self.sequence}/{self.number:08d}"


def find_ck(path: Path) -> Folders | None:
    """The folders of CK+ at, around or below a path. Raises ValueError if two folders could be meant."""
    for start in starts(path, {_IMAGES, _FACS, "Emotion", "Landmarks"}):
        levels = folders(start)
        images = nearest(levels, _IMAGES, _holds)
        if images and (facs := nearest(levels, _FACS, _holds)):
            return Folders(images, facs)
    return None


def read_ck(path: Path, seed: int = 0, crop: bool = True) -> Corpus:
    """The corpus at a path, its frames by person and sequence; `crop` as in `read_table`.

    Raises ValueError if no frame is usable.
    """
    tree = find_ck(path)
    if not tree:
        raise ValueError(f"{printable(path)}: has no {_IMAGES} and {_FACS} folders of CK+")
    faults: list[Fault] = []
    labels = {file.sequence: file for file in _files(tree.facs, ("_facs.txt",), faults)}
    sequences: dict[str, list[_File]] = {}
    for file in _files(tree.images, SUFFIXES, faults):
        sequences.setdefault(file.sequence, []).append(file)
    frames: list[Frame] = []
    pictures: list[Path] = []
    for sequence in sorted({*sequences, *labels}):
        for file, frame in _labelled(sequence, sequences.get(sequence, []), labels.get(sequence), faults):
            frames.append(frame)
            pictures.append(file.path)
    faces = faces_in(pictures, crop, faults)
    unscored = sum(bool(np.isnan(frame.aus).any()) for frame, face in zip(frames, faces, strict=True) if face)
    rules = Rules(
        neutral="neutral first frame",
        neutral_rule="the first frames of the same person's sequences, which are neutral, drawn for each frame",
        notes=(_NOTE.format(unscored),) if unscored else (),
    )
    return assemble(path, frames, faces, faults, rules, seed, crop)


def _labelled(
    sequence: str, pictures: list[_File], labels: _File | None, faults: list[Fault]
) -> Iterator[tuple[_File, Frame]]:
    """The neutral first frame of a sequence, and its peak if it is labelled."""
    person = sequence[:4]
    if not pictures:
        faults.append(Fault("sequences without pictures, left out", sequence, scope=Scope.RECORDING))
        return
    pictures.sort(key=lambda file: file.number)
    first = pictures[0]
    if first.number == 1:
        yield first, Frame(first.name, person, np.zeros(len(ACTION_UNITS)), 0.0, True)
    else:
        faults.append(Fault("sequences without their first frame, which is neutral", sequence, scope=Scope.FRAME))
    if not labels:
        kind = "sequences without FACS labels, of which the neutral first frame is used"
        faults.append(Fault(kind, sequence, scope=Scope.FRAME))
        return
    peak = next((file for file in pictures if file.number == labels.number), None)
    if not peak or peak.number == 1:
        faults.append(Fault("frames without a picture, left out", labels.name))
        return
    rows = read_facs(labels.path, labels.name, faults)
    if rows is not None:
        aus, pspi = _units(rows)
        yield peak, Frame(peak.name, person, aus, pspi, False)


def _units(rows: FacsRows) -> tuple[np.ndarray, float]:
    """The six units float [6], NaN where one is present but not scored, and PSPI."""
    aus = np.zeros(len(ACTION_UNITS))
    for column, number in enumerate(NUMBERS):
        coded = rows.intensities[rows.units == number]
        if len(coded):
            aus[column] = coded.max() or np.nan
    if np.isnan(aus[-1]) or aus[-1] > 0:
        aus[-1] = 1
    return aus, float(coded_pspi(np.where(np.isnan(aus), _UNSCORED, aus)))


def _holds(folder: Path) -> bool:
    return next(_files(folder, (*SUFFIXES, "_facs.txt"), []), None) is not None


def _files(folder: Path, endings: tuple[str, ...], faults: list[Fault]) -> Iterator[_File]:
    """The files that are named as those of CK+, two folders down, by name."""
    for person in listed(subfolders, folder, faults):
        for sequence in listed(subfolders, person, faults):
            for name in sorted(entry.name for entry in listed(entries, sequence, faults)):
                match = _FRAME.fullmatch(name)
                if match and name.lower().endswith(endings):
                    yield _File(sequence / name, f"{match['person'].upper()}/{match['sequence']}", int(match["frame"]))
