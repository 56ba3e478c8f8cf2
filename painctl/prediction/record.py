"""Answers as plain values, for JSON and CSV."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from painctl import __version__
from painctl.corpora.picture_table import SEPARATOR
from painctl.pain.action_units import ACTION_UNITS
from painctl.prediction.answers import Answer
from painctl.prediction.record_fields import DOUBTFUL
from painctl.prediction.rest import LIMIT
from painctl.vitpain.interface import PainModel
from painctl.vitpain.model_folder import ModelIdentity

_BOX = ("face_left", "face_top", "face_right", "face_bottom")
_QUALITY = ("face_pixels", "sharpness", "yaw", "pitch", "roll", "hidden", "landmark_error")


def as_record(
    answer: Answer,
    identity: ModelIdentity,
    chosen: Collection[tuple[str, int | None]] = (),
    rest: float | None = None,
) -> dict[str, Any]:
    """`person` if it is known, `image`, for a video `frame` and `time`, the outputs that the model has, `reference`,
    the face, and the model.

    Without a prediction there is `error` in place of outputs, reference and face. `chosen` are the names and frames of
    the neutral faces, if they were chosen among the faces; then `neutral` says whether this face is one of them. `rest`
    is the highest PSPI of the neutral faces, if it was estimated.
    """
    prediction = answer.prediction
    record: dict[str, Any] = {} if answer.person is None else {"person": answer.person}
    record["image"] = answer.name
    if answer.frame is not None:
        record |= {"frame": answer.frame, "time": None if answer.time is None else round(answer.time, 3)}
    source = {"model": identity.name, "model_sha256": identity.digest, "painctl_version": __version__}
    if prediction is None:
        return {**record, **source, "error": answer.reason}
    heads = {_head(level): round(value, 4) for level, value in prediction.probability.items()}
    units = {} if prediction.aus is None else dict(zip(ACTION_UNITS, prediction.aus.tolist(), strict=True))
    rest = answer.rest if rest is None else rest
    calm = {} if rest is None else {"rest": round(rest, 3)}
    about = {**_reference(answer, chosen), **calm, **_place(answer), **_quality(answer), **_warning(answer, rest)}
    spread = {} if prediction.spread is None else {"pspi_sd": round(prediction.spread, 3)}
    outputs = {"pspi": round(prediction.pspi, 3), **spread, **heads, **{unit: round(v, 3) for unit, v in units.items()}}
    return {**record, **outputs, **about, **source}


def columns(model: PainModel, timed: bool, chosen: bool = False, rest: bool = False, people: bool = False) -> list[str]:
    """The keys of all records of a model; `timed` if the sources include a video, `people` if they name people.

    The others are as for `as_record`.
    """
    units = ACTION_UNITS if model.has_action_units else ()
    spread = ["pspi_sd"] if model.has_spread else []
    names = [
        *(["person"] if people else []),
        "image",
        *(("frame", "time") if timed else ()),
        "pspi",
        *spread,
        *map(_head, model.levels),
        *units,
    ]
    compared = ["reference_image"] if model.uses_reference else []
    reference = ["reference", *compared, *(["neutral"] if chosen else []), *(["rest"] if rest else [])]
    likeness = ["likeness"] if model.uses_reference else []
    about = [*_BOX, "face_score", *_QUALITY, *likeness, "warning"]
    return [*names, *reference, *about, "model", "model_sha256", "painctl_version", "error"]


def _reference(answer: Answer, chosen: Collection[tuple[str, int | None]]) -> dict[str, Any]:
    if not answer.neutral:
        return {"reference": "none"}
    images = {"reference_image": SEPARATOR.join(answer.reference_images)} if answer.reference_images else {}
    if not chosen:
        return {"reference": "given", **images}
    return {"reference": "chosen", **images, "neutral": (answer.name, answer.frame) in chosen}


def _place(answer: Answer) -> dict[str, Any]:
    """The box of a face that was detected, in whole pixels of its picture, and the detector's score."""
    if answer.crop is None or answer.crop.box is None or answer.crop.score is None:
        return {}
    corners = (round(float(corner)) for corner in answer.crop.box)
    return {**dict(zip(_BOX, corners, strict=True)), "face_score": round(answer.crop.score, 3)}


def _quality(answer: Answer) -> dict[str, Any]:
    if answer.quality is None:
        return {}
    quality = answer.quality
    figures = {
        "face_pixels": round(quality.face_pixels),
        "sharpness": round(quality.sharpness, 3),
        "yaw": round(quality.yaw, 1),
        "pitch": round(quality.pitch, 1),
        "roll": round(quality.roll, 1),
        "hidden": round(quality.hidden, 2),
        "landmark_error": round(quality.landmark_error, 3),
    }
    alike = {} if answer.likeness is None else {"likeness": round(answer.likeness, 3)}
    return {**figures, **alike}


def _warning(answer: Answer, rest: float | None) -> dict[str, Any]:
    """The warnings about the face, and about neutral faces that do not look neutral."""
    warnings = [*answer.warnings]
    if rest is not None and rest >= LIMIT:
        warnings.append(DOUBTFUL)
    return {"warning": "; ".join(warnings)} if warnings else {}


def _head(level: int) -> str:
    return "probability" if level == 1 else f"probability>={level}"
