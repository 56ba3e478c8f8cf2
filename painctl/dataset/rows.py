"""One frame as one flat row of plain values, which WebDataset and Parquet store beside the pictures."""

from __future__ import annotations

from typing import Any

from painctl.dataset.person import Person, face_name

IDENTITY = ("name", "age_group", "age", "gender", "ethnicity")
GEOMETRY = ("landmarks", "landmarks_visible", "intrinsics", "extrinsics")


def key(person: Person, frame: int) -> str:
    """The frame's name, unique in a dataset and without a dot: s7-00003_pain_1_view_000."""
    return f"{person.name}_{face_name(person.number(frame))}_view_{person.frames['view'][frame]:03d}"


def row(person: Person, frame: int) -> dict[str, Any]:
    """Person, expression, labels and geometry of a frame; `neutral` is the key of its reference frame."""
    frames, identity = person.frames, person.identity
    expression = int(frames["expression_row"][frame])
    return {
        "key": key(person, frame),
        "neutral": key(person, person.neutral(frame)),
        **{name: _plain(identity[name]) for name in IDENTITY},
        "expression": person.number(frame),
        **{name: _plain(frames[name][frame]) for name in ("view", "yaw", "pitch")},
        **person.labels(expression),
        "other": person.other(expression),
        **{name: frames[name][frame].tolist() for name in GEOMETRY},
    }


def _plain(value: Any) -> Any:
    return value.item() if hasattr(value, "item") else value
