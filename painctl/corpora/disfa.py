"""DISFA, the Denver Intensity of Spontaneous Facial Action database (Mavadati et al., IEEE TAC 4(2), 2013).

ActionUnit_Labels/SN001/SN001_au4.txt and so on have a line `frame,intensity` for each frame, counted from 1, with
intensities 0..5. Twelve units are coded, of which AU4, AU6 and AU9 are part of PSPI: AU7, AU10 and AU43 are not coded,
so the label is AU4 + AU6 + AU9. Videos are LeftVideoSN001_comp.avi, 20 frames a second, and RightVideoSN001_comp.avi;
folders of extracted pictures whose name has SN001 in it take their place. The left camera is used if both are there.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence, Set
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np

from painctl.corpora.corpus import Corpus
from painctl.corpora.faces import Face
from painctl.corpora.faults import Fault, Scope, reason
from painctl.corpora.frames import Frame, Rules, assemble
from painctl.corpora.layout import entries, folders, listed, nearest, starts, subfolders
from painctl.corpora.recordings import VIDEOS, Recording, faces_of, holds_pictures
from painctl.files.names import printable
from painctl.files.text import read_text
from painctl.pain.action_units import ACTION_UNITS
from painctl.pain.labels import coded_pspi, score_name

RATE: Final = 20  # frames a second
_LABELS = "ActionUnit_Labels"
_CODED = (1, 2, 4, 5, 6, 9, 12, 15, 17, 20, 25, 26)
_SIX = {int(unit[2:]): column for column, unit in enumerate(ACTION_UNITS)}
_OF_PSPI = tuple(number for number in _CODED if number in _SIX)
_FILE = re.compile(r"SN\d{3}_au(?P<unit>\d{1,2})\.txt", re.IGNORECASE)
_LINE = re.compile(r"\s*(\d{1,9})\s*,\s*([0-5])\s*")
_PERSON = re.compile(r"SN\d{3}", re.IGNORECASE)
_CAMERAS: Final = ("left", "right", "")  # the ones before are preferred
_MOST_BYTES, _MOST_FRAMES = 4_000_000, 250_000  # of a file of labels
_NOTE = "DISFA does not code AU7, AU10 and AU43, so that the label is below PSPI where they are active"


@dataclass(frozen=True)
class Folders:
    """The labels of DISFA, and the recordings of one camera, by person."""

    labels: Path
    recordings: dict[str, Recording]
    camera: str


def find_disfa(path: Path) -> Folders | None:
    """The labels and recordings of DISFA at, around or below a path.

    Raises ValueError if two folders could be meant.
    """
    for start in starts(path, {_LABELS, "Videos_LeftCamera", "Videos_RightCamera"}):
        levels = folders(start)
        labels = nearest(levels, _LABELS, _holds_labels)
        if not labels:
            continue
        inside = _cameras(folders(path)) if path.is_dir() else {}
        cameras = inside or _cameras(levels)
        if cameras:
            camera = min(cameras, key=_CAMERAS.index)
            return Folders(labels, cameras[camera], camera)
    return None


def read_disfa(path: Path, seed: int = 0, crop: bool = True, every: int | None = None) -> Corpus:
    """The corpus at a path, its frames by person and number; one a second, unless `every` says otherwise.

    `crop` as in `table.read_table`. Raises ValueError if no frame is usable.
    """
    tree = find_disfa(path)
    if not tree:
        raise ValueError(f"{printable(path)}: has no {_LABELS} and recordings of DISFA")
    every = every or RATE
    faults: list[Fault] = []
    labels = {one.name.upper(): one for one in listed(subfolders, tree.labels, faults) if _PERSON.fullmatch(one.name)}
    for person in sorted(labels.keys() ^ tree.recordings.keys()):
        kind = "a video or pictures" if person in labels else "labels"
        faults.append(Fault(f"people without {kind}, left out", person, scope=Scope.PERSON))
    people = [person for person in sorted(labels) if person in tree.recordings]
    tables = {person: table for person in people if (table := _read_labels(labels[person], person, faults)) is not None}
    recorded = faces_of([tree.recordings[person] for person in tables], every, crop, faults)
    frames: list[Frame] = []
    faces: list[Face | None] = []
    for (person, table), its_faces in zip(tables.items(), recorded, strict=True):
        its_frames = {number: frame for number, frame in _frames(person, table).items() if number % every == 0}
        _compare(person, its_frames.keys(), its_faces.keys(), faults)
        for number in sorted(its_frames.keys() & its_faces.keys()):
            frames.append(its_frames[number])
            faces.append(its_faces[number])
    rules = Rules(
        neutral="frame in which no coded unit is active",
        neutral_rule="frames of the same person in which no coded unit is active, drawn for each frame",
        label=score_name([f"AU{number}" for number in _OF_PSPI]),
        notes=(_NOTE, f"one frame in {every} is used" if every > 1 else "every frame is used"),
    )
    return assemble(path, frames, faces, faults, rules, seed, crop)


def _compare(person: str, labelled: Set[int], recorded: Set[int], faults: list[Fault]) -> None:
    """Faults if frames are labelled and not recorded, or the other way round."""
    if missing := labelled - recorded:
        detail = f"{len(missing)} of {len(labelled)}"
        kind = "people with labelled frames that are not recorded, left out"
        faults.append(Fault(kind, person, detail, Scope.FRAME, len(missing)))
    if missing := recorded - labelled:
        detail = f"{len(missing)} of {len(recorded)}"
        kind = "people with recorded frames that are not labelled, left out"
        faults.append(Fault(kind, person, detail, Scope.FRAME, len(missing)))


def _frames(person: str, table: np.ndarray) -> dict[int, Frame]:
    """The frames that have labels, by their number from 0. `table` float [F, 12] is NaN where there is none."""
    aus = np.full((len(table), len(ACTION_UNITS)), np.nan)
    columns = [_CODED.index(number) for number in _OF_PSPI]
    aus[:, [_SIX[number] for number in _OF_PSPI]] = table[:, columns]
    at_rest = (np.nan_to_num(table) == 0).all(axis=1)
    return {
        number: Frame(
            f"{person}/{number + 1:05d}", person, aus[number], float(coded_pspi(aus[number])), bool(at_rest[number])
        )
        for number in np.flatnonzero(~np.isnan(table[:, columns]).any(axis=1)).tolist()
    }


def _read_labels(folder: Path, person: str, faults: list[Fault]) -> np.ndarray | None:
    """The intensities of a person's frames, float [F, 12], NaN where there is none; None if a unit of PSPI has none."""
    files = {
        int(match["unit"]): folder / entry.name
        for entry in listed(entries, folder, faults)
        if (match := _FILE.fullmatch(entry.name))
    }
    columns = {unit: _read_unit(files.get(unit), f"{person}_au{unit}.txt", faults) for unit in _CODED}
    if any(columns[unit] is None for unit in _OF_PSPI):
        kind = f"people without labels of AU{', AU'.join(map(str, _OF_PSPI))}, left out"
        faults.append(Fault(kind, person, scope=Scope.PERSON))
        return None
    length = max(len(column) for column in columns.values() if column is not None)
    table = np.full((length, len(_CODED)), np.nan)
    for place, column in enumerate(columns.values()):
        if column is not None:
            table[: len(column), place] = column
    return table


def _read_unit(path: Path | None, name: str, faults: list[Fault]) -> np.ndarray | None:
    """The intensities of a unit, float [F], by the number of the frame from 0; None, and a fault, if invalid."""
    if path is None:
        faults.append(Fault("files of labels that are missing", name))
        return None
    try:
        lines = [line for line in read_text(path, _MOST_BYTES).split("\n") if line.strip()]
    except (OSError, ValueError) as error:
        faults.append(Fault("files of labels that cannot be read, left out", name, reason(error, path)))
        return None
    pairs = [_LINE.fullmatch(line) for line in lines]
    wrong = next((at for at, pair in enumerate(pairs) if not pair or not 0 < int(pair[1]) <= _MOST_FRAMES), None)
    if wrong is not None or not lines:
        detail = f"line {wrong + 1} is not a frame and an intensity from 0 to 5" if wrong is not None else "no lines"
        faults.append(Fault("files of labels that cannot be read, left out", name, detail))
        return None
    table = np.array([(int(pair[1]), int(pair[2])) for pair in pairs if pair])
    column = np.full(table[:, 0].max(), np.nan)
    column[table[:, 0] - 1] = table[:, 1]
    return column


def _cameras(levels: Sequence[Sequence[Path]]) -> dict[str, dict[str, Recording]]:
    """The recordings in folders by camera and person: the nearest ones, and of these folders of pictures first."""
    cameras: dict[str, dict[str, Recording]] = {}
    for folder in (folder for level in levels for folder in level):
        for recording in _recordings(folder):
            camera = next((side for side in _CAMERAS if side and side in _place(recording.path)), "")
            of_camera = cameras.setdefault(camera, {})
            if recording.person not in of_camera or (of_camera[recording.person].is_video and not recording.is_video):
                of_camera[recording.person] = recording
    return cameras


def _place(path: Path) -> str:
    """The names of a recording and the folder that it is in."""
    return "/".join(path.parts[-2:]).lower()


def _recordings(folder: Path) -> Iterator[Recording]:
    with suppress(OSError):  # not ours to read
        for entry in sorted(entries(folder), key=lambda entry: entry.name):
            match, path = _PERSON.search(entry.name), folder / entry.name
            if match and (path.suffix.lower() in VIDEOS or (path.is_dir() and holds_pictures(path))):
                yield Recording(path, printable(path.name), match[0].upper())


def _holds_labels(folder: Path) -> bool:
    with suppress(OSError):
        return any(_PERSON.fullmatch(one.name) for one in subfolders(folder))
    return False
