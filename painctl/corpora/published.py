"""The published 3DPain, its archives unpacked into one folder; `painctl pack --format folder` writes the same layout.

meshes_inpainted/flame_sample_0000_pain_1_textured_view_000_inpainted.jpg and ..._neutral_textured_view_...,
annotations/flame_sample_0000_pain_1_annotations.json, and a CSV annotation_base_name,split (0 train, 1 val, 2 test)
whose name begins or ends with split. Neutral frames serve as references alone: the same view first. Every picture is
decoded before anything is learned from it, and one that cannot be read is listed and left out.
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
from painctl.pain.action_units import ACTION_UNITS
from painctl.pain.action_units import pspi as pspi_of
from painctl.records import SPLITS

IMAGES: Final = "meshes_inpainted"
_PICTURE = re.compile(
    r"(?P<base>(?P<person>.+?)_(?:pain_\d+|(?P<neutral>neutral)))_(?:textured_)?view_(?P<view>\d+)(?:_inpainted)?\.(jpe?g|png)"
)


@dataclass(frozen=True, eq=False)
class Views(Corpus):
    """A corpus whose pictures have a view each: a frame is shown beside the neutral one of its own."""

    views: Sequence[int] = ()  # by key

    def neutrals(self, i: int) -> Sequence[int]:
        """Keys of the person's neutral pictures: of the same view, then the others in order."""
        own = self.views[int(self.keys[i])]
        keys = self.references[str(self.subject[i])].tolist()
        return sorted(keys, key=lambda key: (self.views[key] != own, self.views[key]))


@dataclass(frozen=True)
class _Picture:
    path: Path
    base: str
    person: str
    view: int
    neutral: bool
    mark: int = 0  # CRC-32 of its file


def is_published(folder: Path) -> bool:
    """Whether a folder is laid out like the published 3DPain."""
    return (folder / IMAGES).is_dir() and (folder / "annotations").is_dir()


def read_published(folder: Path) -> Corpus:
    """The corpus in a folder, its frames by name. Raises ValueError if no frame can be used or the split is broken."""
    faults: list[Fault] = []
    pictures = _pictures(folder / IMAGES, faults)
    split_of = _splits(folder)
    labels = {
        path.name[: -len("_annotations.json")]: path for path in (folder / "annotations").glob("*_annotations.json")
    }
    known = {base: found for base, path in sorted(labels.items()) if (found := _labels(path, faults)) is not None}
    references = _references(pictures)
    used = []
    for key, picture in enumerate(pictures):
        if picture.neutral:
            continue
        kind = ""
        if picture.base not in known:
            kind = "pictures without an annotation, left out"
        elif picture.person not in references:
            kind = "pictures of people without a neutral one, left out"
        elif split_of and picture.base not in split_of:
            kind = "pictures that the split does not name, left out"
        if kind:
            faults.append(Fault(kind, picture.path.name))
        else:
            used.append(key)
    shown = {picture.base for picture in pictures}
    faults += [Fault("annotations without a picture", labels[base].name) for base in sorted(known.keys() - shown)]
    if not used:
        raise ValueError(f"{folder}: no usable frame among {len(pictures)} pictures")
    return _corpus(pictures, used, known, references, split_of, faults)


def _corpus(
    pictures: Sequence[_Picture],
    used: list[int],
    known: dict[str, np.ndarray],
    references: dict[str, np.ndarray],
    split_of: dict[str, str],
    faults: list[Fault],
) -> Corpus:
    table = np.stack([known[pictures[key].base] for key in used])
    subject = np.array([pictures[key].person for key in used])
    split = np.array([split_of[pictures[key].base] for key in used]) if split_of else None
    if split is not None:
        for person in np.unique(subject):
            if len(set(split[subject == person].tolist())) > 1:
                raise ValueError(f"split: {person} is in two splits; a person belongs in one")

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
        neutral_words="the same person's neutral frame of the same view",
        split=split,
        views=[picture.view for picture in pictures],
        pictures=" ".join(f"{picture.mark:08x}" for picture in pictures),
    )


def _pictures(folder: Path, faults: list[Fault]) -> list[_Picture]:
    found = []
    for path in sorted(folder.iterdir()):
        if match := _PICTURE.fullmatch(path.name):
            found.append(_Picture(path, match["base"], match["person"], int(match["view"]), bool(match["neutral"])))
        elif path.suffix.lower() in (".jpg", ".jpeg", ".png"):
            faults.append(Fault("pictures whose name tells no face and view, left out", path.name))
    with ThreadPoolExecutor() as pool:
        marks = list(pool.map(_mark, (picture.path for picture in found)))
    broken = [picture.path.name for picture, mark in zip(found, marks, strict=True) if mark is None]
    faults += [Fault("pictures that cannot be read, left out", name) for name in broken]
    return [replace(picture, mark=mark) for picture, mark in zip(found, marks, strict=True) if mark is not None]


def _mark(path: Path) -> int | None:
    """CRC-32 of a picture's file; None for one that cannot be read."""
    try:
        data = path.read_bytes()
        decode_rgb(data, path.name, 1)  # at half size, which takes half the time
    except (ValueError, OSError):
        return None
    return zlib.crc32(data)


def _references(pictures: Sequence[_Picture]) -> dict[str, np.ndarray]:
    keys: dict[str, list[int]] = {}
    for key, picture in enumerate(pictures):
        if picture.neutral:
            keys.setdefault(picture.person, []).append(key)
    return {person: np.array(found) for person, found in keys.items()}


def _labels(path: Path, faults: list[Fault]) -> np.ndarray | None:
    """The six units and PSPI, float [7]; None, and a fault, for what is no annotation."""
    try:
        record = json.loads(path.read_text())
        values = np.array([float(record[name]) for name in (*ACTION_UNITS, "PSPI")])
    except (OSError, ValueError, KeyError, TypeError) as error:
        faults.append(
            Fault("annotations that cannot be read, left out", path.name, f"{type(error).__name__}: {error}"[:60])
        )
        return None
    highest = np.array([5, 5, 5, 5, 5, 1, 16])
    if not ((values >= 0) & (values <= highest)).all():
        faults.append(Fault("annotations out of range, left out", path.name))
        return None
    if pspi_of(values[:6]) != values[6]:
        detail = f"given {values[6]:g}, units make {pspi_of(values[:6]):g}"
        faults.append(Fault("annotations whose PSPI is not that of their units, kept", path.name, detail))
    return values


def _splits(folder: Path) -> dict[str, str]:
    """Split by annotation; empty if there is no such CSV."""
    files = sorted({*folder.glob("split*.csv"), *folder.glob("*split.csv")})
    if not files:
        return {}
    if len(files) > 1:
        raise ValueError(f"{folder}: {files[0].name} and {files[1].name} are both splits; keep one of them")
    names = {str(number): name for number, name in enumerate(SPLITS)}
    try:
        with files[0].open(newline="") as file:
            rows = list(csv.DictReader(file))
        return {row["annotation_base_name"].strip(): names[row["split"].strip()] for row in rows}
    except (KeyError, ValueError, AttributeError):
        raise ValueError(f"{files[0]}: expected the columns annotation_base_name,split with 0, 1 or 2") from None
