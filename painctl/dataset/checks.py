"""Checks that a dataset must pass before it is written. Each raises ValueError that names the row or the person."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

from painctl.dataset import pictures
from painctl.dataset.person import Person
from painctl.pain.action_units import ACTION_UNITS, HIGHEST, pspi
from painctl.records import SPLITS


def check_person(person: Person) -> None:
    """All checks of one person. Raises ValueError that begins with their name."""
    faces, frames = person.expressions, person.frames
    units = person.units
    try:
        check_labels(units, faces["PSPI"])
        check_neutral(faces["expression"], units, faces["heatmap"])
        if person.other(0):
            raise ValueError(f"the neutral expression has the facial actions {person.other(0)}")
        check_views(frames["expression_row"], frames["view"], len(units))
        check_pictures(frames["image"], frames["mask"], frames["heatmap"], frames["intrinsics"])
    except ValueError as error:
        raise ValueError(f"{person.name}, {error}") from None


def check_references(people: int, face_owner: np.ndarray, frame_owner: np.ndarray, frame_face: np.ndarray) -> None:
    """Expressions [E] and frames [M] belong to `people`, contiguously, and a frame's expression to the frame's person.

    `face_owner` and `frame_owner` are rows of identities, `frame_face` rows of expressions.
    """
    for table, owner in (("expressions", face_owner), ("frames", frame_owner)):
        wrong = np.flatnonzero((owner < 0) | (owner >= people))
        if len(wrong):
            raise ValueError(f"{table} row {wrong[0]}: identity_row {owner[wrong[0]]} is out of range")
        if (np.diff(owner) < 0).any():
            raise ValueError(
                f"{table} row {np.argmax(np.diff(owner) < 0) + 1}: the rows of a person are not contiguous"
            )
    wrong = np.flatnonzero((frame_face < 0) | (frame_face >= len(face_owner)))
    if len(wrong):
        raise ValueError(f"frames row {wrong[0]}: expression_row {frame_face[wrong[0]]} is out of range")
    wrong = np.flatnonzero(face_owner[frame_face] != frame_owner)
    if len(wrong):
        raise ValueError(f"frames row {wrong[0]}: its expression belongs to another person")


def check_labels(units: np.ndarray, scores: np.ndarray) -> None:
    """Action units [E, 6] are in range, and the PSPI scores [E] agree with the formula."""
    for face, unit in np.argwhere((units < 0) | (units > HIGHEST))[:1]:
        value = units[face, unit]
        raise ValueError(f"expression {face}: {ACTION_UNITS[unit]} is {value}, not in 0..{HIGHEST[unit]}")
    expected = pspi(units)
    for face in np.flatnonzero(expected != scores)[:1]:
        raise ValueError(f"expression {face}: PSPI is {scores[face]}, but its action units give {expected[face]}")


def check_neutral(expression: np.ndarray, units: np.ndarray, heat: np.ndarray) -> None:
    """The first expression is the neutral, number 0 of increasing numbers, with no action units and a zero heatmap.

    expression [E], units [E, 6], heat [E, V].
    """
    if len(expression) == 0 or expression[0] != 0:
        raise ValueError("the neutral expression is missing")
    if (np.diff(expression) <= 0).any():
        raise ValueError(f"expression numbers {expression.tolist()} are not increasing")
    if units[0].any():
        raise ValueError(f"the neutral expression has action units {units[0].tolist()}")
    if heat[0].any():
        raise ValueError("the neutral expression has a nonzero heatmap")


def check_views(face: np.ndarray, view: np.ndarray, faces: int) -> None:
    """Frames [M] show every expression once from each view, so that every frame has a neutral of the same view."""
    views = np.unique(view)
    count = np.zeros((faces, len(views)), int)
    np.add.at(count, (face, np.searchsorted(views, view)), 1)
    if len(views) == 0:
        raise ValueError("there are no frames")
    for row, column in np.argwhere(count != 1)[:1]:
        frames = "no frame" if count[row, column] == 0 else f"{count[row, column]} frames"
        name = "the neutral expression" if row == 0 else f"expression {row}"
        raise ValueError(f"{name} has {frames} of view {views[column]}")


def check_pictures(
    images: Sequence[bytes], masks: Sequence[bytes], heatmaps: Sequence[bytes], intrinsics: np.ndarray
) -> None:
    """Every picture has a valid header and is not truncated, and all have the size that the cameras [M, 3, 3] have."""
    first: tuple[int, int] | None = None
    for frame, encoded in enumerate(zip(images, masks, heatmaps, strict=True)):
        for name, data in zip(("image", "mask", "heatmap"), encoded, strict=True):
            try:
                size = pictures.size(data)
            except ValueError as error:
                raise ValueError(f"frame {frame}: {name}: {error}") from None
            first = first or size
            if size != first:
                raise ValueError(f"frame {frame}: {name} is {size[1]} x {size[0]}, others are {first[1]} x {first[0]}")
    for frame, (x, y) in enumerate(2 * intrinsics[:, :2, 2]):
        if first and max(abs(x - first[1]), abs(y - first[0])) > 2:
            raise ValueError(f"frame {frame}: the pictures are {first[1]} x {first[0]}, its camera's {x:g} x {y:g}")


def check_disjoint(names: Sequence[str], faces: Iterable[bytes], split: np.ndarray) -> None:
    """Names are unique, and no face is in two splits, even under two names.

    names [N]; faces [N], `Person.face_digest` of each; split [N], rows of SPLITS.
    """
    first_of: dict[bytes, int] = {}
    if len(set(names)) < len(names):
        duplicate = next(name for name in names if names.count(name) > 1)
        raise ValueError(f"{duplicate}: two people have this name")
    for row, face in enumerate(faces):
        first = first_of.setdefault(face, row)
        if split[row] >= len(SPLITS):
            raise ValueError(f"{names[row]}: there is no split {split[row]}")
        if split[first] != split[row]:
            raise ValueError(
                f"{names[row]} in {SPLITS[split[row]]} has the face of {names[first]} in {SPLITS[split[first]]}"
            )
