"""What must hold in a dataset before it is written. Each check raises ValueError that names the row or the person."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

from painctl.dataset import pictures
from painctl.dataset.person import Person
from painctl.pain.action_units import ACTION_UNITS, pspi
from painctl.records import SPLITS

_HIGHEST = np.array([5, 5, 5, 5, 5, 1])  # AU4, AU6, AU7, AU9, AU10, AU43


def check_person(person: Person) -> None:
    """All that must hold of one person. Raises ValueError that begins with their name."""
    faces, frames = person.expressions, person.frames
    units = person.units
    try:
        check_labels(units, faces["PSPI"])
        check_neutral(faces["expression"], units, faces["heatmap"])
        check_views(frames["expression_row"], frames["view"], len(units))
        check_pictures(frames["image"], frames["mask"], frames["heatmap"])
    except ValueError as error:
        raise ValueError(f"{person.name}, {error}") from None


def check_references(people: int, face_owner: np.ndarray, frame_owner: np.ndarray, frame_face: np.ndarray) -> None:
    """Rows of a shard: faces [E] and frames [M] belong to one of `people`, in order, and a frame's face to its person.

    `face_owner` and `frame_owner` are rows of identities, `frame_face` rows of expressions.
    """
    for table, owner in (("expressions", face_owner), ("frames", frame_owner)):
        wrong = np.flatnonzero((owner < 0) | (owner >= people))
        if len(wrong):
            raise ValueError(f"{table} row {wrong[0]}: there is no person in row {owner[wrong[0]]}")
        if (np.diff(owner) < 0).any():
            raise ValueError(f"{table} row {np.argmax(np.diff(owner) < 0) + 1}: rows of a person are not together")
    wrong = np.flatnonzero((frame_face < 0) | (frame_face >= len(face_owner)))
    if len(wrong):
        raise ValueError(f"frames row {wrong[0]}: there is no expression in row {frame_face[wrong[0]]}")
    wrong = np.flatnonzero(face_owner[frame_face] != frame_owner)
    if len(wrong):
        raise ValueError(f"frames row {wrong[0]}: its expression is another person's")


def check_labels(units: np.ndarray, scores: np.ndarray) -> None:
    """Action units [E, 6] are in range, and the PSPI scores [E] are what the formula gives."""
    for face, unit in np.argwhere((units < 0) | (units > _HIGHEST))[:1]:
        value = units[face, unit]
        raise ValueError(f"expression {face}: {ACTION_UNITS[unit]} is {value}, not in 0..{_HIGHEST[unit]}")
    given = pspi(units)
    for face in np.flatnonzero(given != scores)[:1]:
        raise ValueError(f"expression {face}: PSPI is {scores[face]}, but its action units give {given[face]}")


def check_neutral(expression: np.ndarray, units: np.ndarray, heat: np.ndarray) -> None:
    """The first face is the neutral one, expression 0 of numbers that rise, without action units and without heat.

    expression [E], units [E, 6], heat [E, V].
    """
    if len(expression) == 0 or expression[0] != 0:
        raise ValueError("the neutral expression is missing")
    if (np.diff(expression) <= 0).any():
        raise ValueError(f"expression numbers {expression.tolist()} do not rise")
    if units[0].any():
        raise ValueError(f"the neutral expression has action units {units[0].tolist()}")
    if heat[0].any():
        raise ValueError("the neutral expression has a heatmap that is not 0")


def check_views(face: np.ndarray, view: np.ndarray, faces: int) -> None:
    """Frames [M] show each face once from the same views: so every frame has its neutral from the same side."""
    views = np.unique(view)
    seen = np.zeros((faces, len(views)), int)
    np.add.at(seen, (face, np.searchsorted(views, view)), 1)
    if len(views) == 0:
        raise ValueError("there are no frames")
    for row, column in np.argwhere(seen != 1)[:1]:
        times = "no frame" if seen[row, column] == 0 else f"{seen[row, column]} frames"
        name = "the neutral expression" if row == 0 else f"expression {row}"
        raise ValueError(f"{name} has {times} of view {views[column]}")


def check_pictures(images: Sequence[bytes], masks: Sequence[bytes], heatmaps: Sequence[bytes]) -> None:
    """Every picture has a whole header and an end, and all are of one size."""
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


def check_disjoint(names: Sequence[str], faces: Iterable[bytes], split: np.ndarray) -> None:
    """No name is given twice, and no face is in two splits, even under two names.

    names [N]; faces [N], what shapes and colours each person's head; split [N], rows of SPLITS.
    """
    seen: dict[bytes, int] = {}
    if len(set(names)) < len(names):
        twice = next(name for name in names if names.count(name) > 1)
        raise ValueError(f"{twice}: two people of this name")
    for row, face in enumerate(faces):
        other = seen.setdefault(face, row)
        if split[row] >= len(SPLITS):
            raise ValueError(f"{names[row]}: there is no split {split[row]}")
        if split[other] != split[row]:
            raise ValueError(
                f"{names[row]} in {SPLITS[split[row]]} has the face of {names[other]} in {SPLITS[split[other]]}"
            )
