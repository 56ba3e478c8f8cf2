"""The published 3DPain, its archives unpacked into one folder; `painctl pack --format folder` writes this layout too.

meshes_inpainted/flame_sample_0000_pain_1_textured_view_000_inpainted.jpg and ..._neutral_textured_view_...,
annotations/flame_sample_0000_pain_1_annotations.json, and a CSV annotation_base_name,split (0 train, 1 val, 2 test)
whose name begins or ends with split. Neutral frames are used only as references, the one of the same view first. Every
picture is decoded before training begins; unreadable ones are listed and left out.
"""

from __future__ import annotations

import csv
import json
import re
import zlib
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

import numpy as np

from painctl.corpora.corpus import Corpus
from painctl.corpora.faults import Fault
from painctl.images.encode import decode_rgb
from painctl.pain.action_units import ACTION_UNITS, HIGHEST, MAX_PSPI
from painctl.pain.action_units import pspi as pspi_of
from painctl.pain.neutrals import same_view_first
from painctl.records import SPLITS

IMAGES: Final = "meshes_inpainted"
_PICTURE = re.compile(
    r"(?P<base>(?P<person>.+?)_(?:pain_\d+|(?P<neutral>neutral)))_(?:textured_)?view_(?P<view>\d+)(?:_inpainted)?\.(jpe?g|png)"
)


@dataclass(frozen=True, eq=False)
class Views(Corpus):
    """A corpus whose pictures have a view: a frame is compared with the neutral picture of the same view."""

    views: Sequence[int] = ()  # by key

    def neutrals(self, i: int) -> Sequence[int]:
        """Keys of the person's neutral pictures: the one of the same view as frame i first, then the others by view."""
        keys = self.references[str(self.subject[i])].tolist()
        return same_view_first(keys, self.views[int(self.keys[i])], self.views)


@dataclass(frozen=True)
class _Picture:
    """A picture file and the parts of its name."""

    path: Path
    base: str  # name of its annotation
    person: str
    view: int
    neutral: bool
    checksum: int = 0  # CRC-32 of its file


def is_published(folder: Path) -> bool:
    """Whether a folder is laid out like the published 3DPain."""
    return (folder / IMAGES).is_dir() and (folder / "annotations").is_dir()


def read_published(folder: Path) -> Corpus:
    """The corpus in a folder, its frames by name. Raises ValueError for no usable frame, or an invalid split."""
    faults: list[Fault] = []
    pictures = _pictures(folder / IMAGES, faults)
    split_of = _splits(folder)
    labels = {
        path.name[: -len("_annotations.json")]: path for path in (folder / "annotations").glob("*_annotations.json")
    }
    labelled = {base: row for base, path in sorted(labels.items()) if (row := _labels(path, faults)) is not None}
    references = _references(pictures)
    used = []
    for key, picture in enumerate(pictures):
        if picture.neutral:
            continue
        kind = ""
        if picture.base not in labelled:
            kind = "pictures without an annotation, left out"
        elif picture.person not in references:
            kind = "pictures of people without a neutral picture, left out"
        elif split_of and picture.base not in split_of:
            kind = "pictures missing from the split, left out"
        if kind:
            faults.append(Fault(kind, picture.path.name))
        else:
            used.append(key)
    shown = {picture.base for picture in pictures}
    faults += [Fault("annotations without a picture", labels[base].name) for base in sorted(labelled.keys() - shown)]
    if not used:
        raise ValueError(f"{folder}: no usable frame among {len(pictures)} pictures")
    return _corpus(pictures, used, labelled, references, split_of, faults)


def _corpus(
    pictures: Sequence[_Picture],
    used: list[int],
    labelled: dict[str, np.ndarray],
    references: dict[str, np.ndarray],
    split_of: dict[str, str],
    faults: list[Fault],
) -> Corpus:
    table = np.stack([labelled[pictures[key].base] for key in used])
    subject = np.array([pictures[key].person for key in used])
    split = np.array([split_of[pictures[key].base] for key in used]) if split_of else None
    if split is not None:
        for person in np.unique(subject):
            if len(set(split[subject == person].tolist())) > 1:
                raise ValueError(f"split: {person} is in more than one split")

    def read(key: int, side: int) -> np.ndarray:
        path = pictures[key].path
        return decode_rgb(path.read_bytes(), str(path), side)

    return Views(
        names=[pictures[key].path.name for key in used],
        subject=subject,
        aus=table[:, :6],
        pspi=table[:, 6],
        keys=np.array(used),
        read=read,
        references=references,
        faults=tuple(faults),
        neutral_rule="the same person's neutral frame of the same view",
        split=split,
        views=[picture.view for picture in pictures],
        pictures=" ".join(f"{picture.checksum:08x}" for picture in pictures),
    )


def _pictures(folder: Path, faults: list[Fault]) -> list[_Picture]:
    named = []
    for path in sorted(folder.iterdir()):
        if match := _PICTURE.fullmatch(path.name):
            named.append(_Picture(path, match["base"], match["person"], int(match["view"]), bool(match["neutral"])))
        elif path.suffix.lower() in (".jpg", ".jpeg", ".png"):
            faults.append(Fault("pictures whose name gives no expression and view, left out", path.name))
    with ThreadPoolExecutor() as pool:
        checksums = list(pool.map(_checksum, (picture.path for picture in named)))
    checked = list(zip(named, checksums, strict=True))
    faults += [
        Fault("pictures that cannot be read, left out", p.path.name) for p, checksum in checked if checksum is None
    ]
    return [replace(picture, checksum=checksum) for picture, checksum in checked if checksum is not None]


def _checksum(path: Path) -> int | None:
    """CRC-32 of a picture's file; None if it cannot be decoded."""
    try:
        data = path.read_bytes()
        decode_rgb(data, path.name, 1)  # at half size, in half the time
    except (ValueError, OSError):
        return None
    return zlib.crc32(data)


def _references(pictures: Sequence[_Picture]) -> dict[str, np.ndarray]:
    keys: dict[str, list[int]] = {}
    for key, picture in enumerate(pictures):
        if picture.neutral:
            keys.setdefault(picture.person, []).append(key)
    return {person: np.array(person_keys) for person, person_keys in keys.items()}


def _labels(path: Path, faults: list[Fault]) -> np.ndarray | None:
    """The six units and PSPI, float [7]; None, and a fault, for an invalid annotation."""
    try:
        record = json.loads(path.read_text())
        values = np.array([float(record[name]) for name in (*ACTION_UNITS, "PSPI")])
    except (OSError, ValueError, KeyError, TypeError) as error:
        faults.append(
            Fault("annotations that cannot be read, left out", path.name, f"{type(error).__name__}: {error}"[:60])
        )
        return None
    if not ((values >= 0) & (values <= (*HIGHEST, MAX_PSPI))).all():
        faults.append(Fault("annotations out of range, left out", path.name))
        return None
    if pspi_of(values[:6]) != values[6]:
        detail = f"PSPI {values[6]:g}, action units give {pspi_of(values[:6]):g}"
        faults.append(Fault("annotations whose PSPI disagrees with their action units, kept", path.name, detail))
    return values


def _splits(folder: Path) -> dict[str, str]:
    """The split of each annotation; empty if there is no such CSV."""
    files = sorted({*folder.glob("split*.csv"), *folder.glob("*split.csv")})
    if not files:
        return {}
    if len(files) > 1:
        raise ValueError(f"{folder}: {files[0].name} and {files[1].name} are both split files; keep one of them")
    names = {str(number): name for number, name in enumerate(SPLITS)}
    try:
        with files[0].open(newline="") as file:
            rows = list(csv.DictReader(file))
        return {row["annotation_base_name"].strip(): names[row["split"].strip()] for row in rows}
    except (KeyError, ValueError, AttributeError):
        raise ValueError(f"{files[0]}: expected the columns annotation_base_name,split with 0, 1 or 2") from None
