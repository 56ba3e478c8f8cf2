"""BioVid Heat Pain Database, part A (Walter et al., IEEE CYBCO 2013): videos of heat stimuli, each with its level.

video/071309_w_21/071309_w_21-BL1-081.mp4 and so on last 5.5 seconds at 25 frames a second; a folder of extracted
pictures that is named like the video may take its place. The class in the name is the label of all frames: BL1 is no
stimulus, level 0, and PA1 to PA4 are levels 1 to 4. No action unit is coded, and there is no PSPI. The name of a person
states the date of the recording, the gender and the age. samples.csv, if it is there, lists the videos that should be.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np

from painctl.corpora.corpus import Corpus
from painctl.corpora.faces import Face
from painctl.corpora.faults import Fault, Scope, reason
from painctl.corpora.frames import Frame, Rules, assemble
from painctl.corpora.layout import entries, folders
from painctl.corpora.recordings import VIDEOS, Recording, faces_of, holds_pictures
from painctl.files.names import printable
from painctl.files.text import read_table as read_csv
from painctl.pain.action_units import ACTION_UNITS
from painctl.pain.labels import PAIN_LEVEL

RATE: Final = 25  # frames a second
LEVELS: Final = {"BL1": 0, "PA1": 1, "PA2": 2, "PA3": 3, "PA4": 4}
_SAMPLE = re.compile(r"(?P<person>\d{6}_(?P<gender>[mw])_(?P<age>\d{2}))-(?P<level>BL1|PA[1-4])-\d{3}", re.IGNORECASE)
_PERSON = re.compile(r"\d{6}_[mw]_\d{2}", re.IGNORECASE)
_SAMPLES, _NAME = "samples.csv", "sample_name"
_OLDEST: Final = ((35, "18-35"), (50, "36-50"), (99, "51-65"))  # the age groups of the database
_NOTE = "the level is that of the heat stimulus and holds for a whole video, also for frames before a face responds"


@dataclass(frozen=True)
class Folders:
    """The videos of BioVid by sample, and the list of samples, if there is one."""

    recordings: dict[str, Path]
    samples: Path | None


def find_biovid(path: Path) -> Folders | None:
    """The videos of BioVid in a folder and those below it; None if there is none."""
    if not path.is_dir():
        return None
    searched = [folder for level in folders(path.absolute()) for folder in level]
    recordings: dict[str, Path] = {}
    for folder in searched:
        for name, one in _recordings(folder):
            recordings.setdefault(name, one)
    if not recordings:
        return None
    places = [*searched, path.absolute().parent]
    samples = next((folder / _SAMPLES for folder in places if (folder / _SAMPLES).is_file()), None)
    return Folders(recordings, samples)


def read_biovid(path: Path, seed: int = 0, crop: bool = True, every: int | None = None) -> Corpus:
    """The corpus at a path, its frames by person, sample and number; one a second, unless `every` says otherwise.

    `crop` as in `table.read_table`. Raises ValueError if no frame is usable.
    """
    tree = find_biovid(path)
    if not tree:
        raise ValueError(f"{printable(path)}: has no videos of BioVid, such as 071309_w_21-BL1-081.mp4")
    every = every or RATE
    faults: list[Fault] = []
    if tree.samples:
        faults += [
            Fault("samples without a video, left out", name, scope=Scope.RECORDING)
            for name in _listed_samples(tree.samples, faults)
            if name not in tree.recordings
        ]
    samples = sorted(tree.recordings)
    recordings = [Recording(tree.recordings[name], name, name.split("-")[0]) for name in samples]
    frames: list[Frame] = []
    faces: list[Face | None] = []
    for recording, its_faces in zip(recordings, faces_of(recordings, every, crop, faults), strict=True):
        for number in sorted(its_faces):
            frames.append(_frame(recording, number))
            faces.append(its_faces[number])
    rules = Rules(
        neutral="frame without a stimulus",
        neutral_rule="frames of the same person's videos without a stimulus (BL1), drawn for each frame",
        label=PAIN_LEVEL,
        notes=(_NOTE, f"one frame in {every} is used" if every > 1 else "every frame is used"),
        groups=("gender", "age_group"),
    )
    return assemble(path, frames, faces, faults, rules, seed, crop)


def _frame(recording: Recording, number: int) -> Frame:
    match = _SAMPLE.fullmatch(recording.name)
    assert match  # of `_recordings`
    level = LEVELS[match["level"].upper()]
    gender = {"m": "man", "w": "woman"}[match["gender"].lower()]
    age_group = next(name for oldest, name in _OLDEST if int(match["age"]) <= oldest)
    units = np.full(len(ACTION_UNITS), np.nan)
    name = f"{recording.name}/{number + 1:03d}"
    return Frame(name, recording.person, units, float(level), level == 0, groups=(gender, age_group))


def _recordings(folder: Path) -> Iterator[tuple[str, Path]]:
    """The samples recorded in a folder, and in folders of people in it, by name."""
    with suppress(OSError):  # not ours to read
        for entry in sorted(entries(folder), key=lambda entry: entry.name):
            path = folder / entry.name
            if _PERSON.fullmatch(entry.name) and path.is_dir():
                yield from _recordings(path)
            elif path.suffix.lower() in VIDEOS and _SAMPLE.fullmatch(path.stem):
                yield path.stem, path
            elif _SAMPLE.fullmatch(entry.name) and path.is_dir() and holds_pictures(path):
                yield entry.name, path


def _listed_samples(path: Path, faults: list[Fault]) -> Sequence[str]:
    """The names of the samples in samples.csv; none, and a fault, if it cannot be read."""
    try:
        return [row[_NAME] for row in read_csv(path) if row.get(_NAME)]
    except (OSError, ValueError) as error:
        faults.append(
            Fault("lists of samples that cannot be read, left out", printable(path.name), reason(error, path))
        )
        return []
