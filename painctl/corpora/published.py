"""The published 3DPain, its archives unpacked into one folder; `painctl pack --format folder` writes this layout too.

meshes_inpainted/flame_sample_0000_pain_1_textured_view_000_inpainted.jpg and ..._neutral_textured_view_...,
annotations/flame_sample_0000_pain_1_annotations.json, and a CSV annotation_base_name,split (0 train, 1 val, 2 test)
whose name begins or ends with split. Neutral frames are used only as references, the one of the same view first. Every
picture is decoded before training begins; unreadable ones are listed and left out.
"""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from painctl.corpora.corpus import Corpus
from painctl.corpora.faults import Fault, reason, unusable
from painctl.corpora.layout import entries
from painctl.corpora.pictures import SUFFIXES, read_picture
from painctl.corpora.published_files import IMAGES, PICTURE, find_published
from painctl.corpora.published_labels import ENDING, Splits, read_labels, read_splits
from painctl.files.names import printable
from painctl.pain.neutrals import same_view_first


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


def read_published(path: Path) -> Corpus:
    """The corpus at a path, its frames by name. Raises ValueError for no usable frame, or an invalid split."""
    tree = find_published(path)
    if not tree:
        raise ValueError(f"{printable(path)}: has no {IMAGES} and annotations folders of 3DPain")
    images, annotations = tree.images, tree.annotations
    faults: list[Fault] = []
    splits = read_splits({tree.around, images.parent, annotations.parent}, faults)
    named = _pictures(images, faults)
    pictures = _readable(named, faults)
    labels = {
        printable(name[: -len(ENDING)]): annotations / name
        for name in sorted(entry.name for entry in entries(annotations, ENDING))
    }
    labelled = {base: row for base, file in labels.items() if (row := read_labels(file, faults)) is not None}
    invalid = labels.keys() - labelled.keys()  # listed by `read_labels`
    references = _references(pictures)
    used = []
    for key, picture in enumerate(pictures):
        if picture.neutral or picture.base in invalid:
            continue
        kind = ""
        if picture.base not in labelled:
            kind = "pictures without an annotation, left out"
        elif picture.person not in references:
            kind = "pictures of people without a neutral picture, left out"
        elif splits and picture.base not in splits.of:
            kind = "pictures missing from the split, left out"
        if kind:
            faults.append(Fault(kind, printable(picture.path.name)))
        else:
            used.append(key)
    pictured = {picture.base for picture in named}
    faults += [
        Fault("annotations without a picture, left out", printable(labels[base].name))
        for base in sorted(labelled.keys() - pictured)
    ]
    if not used:
        raise unusable(path, f"no usable frame among {len(named)} pictures", faults)
    return _corpus(pictures, used, labelled, references, splits, faults)


def _corpus(
    pictures: Sequence[_Picture],
    used: list[int],
    labelled: dict[str, np.ndarray],
    references: dict[str, np.ndarray],
    splits: Splits | None,
    faults: list[Fault],
) -> Corpus:
    table = np.stack([labelled[pictures[key].base] for key in used])
    subject = np.array([pictures[key].person for key in used])
    split = np.array([splits.of[pictures[key].base] for key in used]) if splits else None
    if splits:
        splits.require_one_each((pictures[key].base, pictures[key].person) for key in used)

    def read(key: int, side: int) -> np.ndarray:
        return read_picture(pictures[key].path, side)[0]

    return Views(
        names=[printable(pictures[key].path.name) for key in used],
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
    """The pictures whose name gives an expression and a view, by name."""
    named = []
    for name in sorted(entry.name for entry in entries(folder)):
        if match := PICTURE.fullmatch(name):
            base, person = printable(match["base"]), printable(match["person"])
            named.append(_Picture(folder / name, base, person, int(match["view"]), bool(match["neutral"])))
        elif name.lower().endswith(SUFFIXES):
            faults.append(Fault("pictures whose name gives no expression and view, left out", printable(name)))
    return named


def _readable(named: Sequence[_Picture], faults: list[Fault]) -> list[_Picture]:
    """The pictures that can be decoded, with their checksums."""
    with ThreadPoolExecutor() as pool:
        checked = list(pool.map(_checked, named))
    faults += [
        Fault("pictures that cannot be read, left out", printable(picture.path.name), problem)
        for picture, problem in checked
        if problem
    ]
    return [picture for picture, problem in checked if not problem]


def _checked(picture: _Picture) -> tuple[_Picture, str]:
    """A picture with its checksum, and "" or why it cannot be used."""
    try:
        _, data = read_picture(picture.path, 1)  # at half size, in half the time
    except (ValueError, OSError) as error:
        return picture, reason(error, picture.path)
    return replace(picture, checksum=zlib.crc32(data)), ""


def _references(pictures: Sequence[_Picture]) -> dict[str, np.ndarray]:
    keys: dict[str, list[int]] = {}
    for key, picture in enumerate(pictures):
        if picture.neutral:
            keys.setdefault(picture.person, []).append(key)
    return {person: np.array(person_keys) for person, person_keys in keys.items()}
