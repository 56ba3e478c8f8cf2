"""predict: what a model says of faces, each beside neutral pictures of the same person."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice
from typing import Any

import numpy as np

from painctl.images.resize import center_crop
from painctl.pain.action_units import ACTION_UNITS
from painctl.prediction.cropping import Crop, FaceError
from painctl.prediction.shots import Shot, Source
from painctl.vitpain.inference import Prediction, predict_pairs
from painctl.vitpain.interface import PainModel
from painctl.vitpain.sources import NO_PICTURE

AT_ONCE = 16  # pictures in memory


@dataclass(frozen=True, eq=False)
class Answer:
    """What was said of a shot, or why nothing was."""

    name: str
    frame: int | None  # of a video
    time: float | None  # seconds
    said: Prediction | None = None
    face: np.ndarray = field(
        default_factory=lambda: NO_PICTURE
    )  # the square that the model was asked about, uint8 [S, S, 3] RGB
    neutral: Sequence[np.ndarray] = ()  # the neutral faces it was compared with
    error: Exception | None = None

    @property
    def reason(self) -> str:
        """Why there is no answer, in a few words."""
        return self.error.reason if isinstance(self.error, FaceError) else "not readable"


def answers(model: PainModel, source: Source, neutral: Sequence[np.ndarray], crop: Crop | None) -> Iterator[Answer]:
    """An answer a shot, in order, each averaged over the neutral faces; `AT_ONCE` pictures in memory at a time.

    Without `neutral`, a model that compares takes the shots' own references, and neutral shots are left out. `crop`
    finds the face of a picture that has not painctl's framing; without it the picture is the face.
    """
    own = model.uses_reference and not neutral
    looked = (_looked_at(shot, neutral, crop) for shot in source if not (own and shot.is_neutral))
    while some := list(islice(looked, AT_ONCE)):
        yield from _answered(model, some)


def as_record(answer: Answer) -> dict[str, Any]:
    """An answer as plain values, for JSON.

    `image`, of a video `frame` and `time`, then what is said; a head that the model does not have is left out. Without
    an answer there is `error` in the place of numbers.
    """
    said = answer.said
    record: dict[str, Any] = {"image": answer.name}
    if answer.time is not None:
        record |= {"frame": answer.frame, "time": round(answer.time, 3)}
    if said is None:
        return {**record, "error": answer.reason}
    heads = {_head(level): round(value, 4) for level, value in said.probability.items()}
    units = {} if said.aus is None else dict(zip(ACTION_UNITS, said.aus.tolist(), strict=True))
    return {**record, "pspi": round(said.pspi, 3), **heads, **{unit: round(v, 3) for unit, v in units.items()}}


def columns(model: PainModel, timed: bool) -> list[str]:
    """The keys of all records of a model; `timed` if there is a video among them."""
    units = ACTION_UNITS if model.has_action_units else ()
    return ["image", *(("frame", "time") if timed else ()), "pspi", *map(_head, model.levels), *units, "error"]


def _head(level: int) -> str:
    return "probability" if level == 1 else f"probability>={level}"


def _looked_at(shot: Shot, neutral: Sequence[np.ndarray], crop: Crop | None) -> Answer:
    """The faces of a shot, still without an answer."""
    asked = Answer(shot.name, shot.frame, shot.time)
    try:
        image = shot.read()
        face = crop(image, shot.name) if crop and not shot.framed else image
        return replace(asked, face=face, neutral=neutral or (shot.references() if shot.references else ()))
    except (ValueError, OSError) as error:
        return replace(asked, error=error)


def _answered(model: PainModel, looked: Sequence[Answer]) -> Iterator[Answer]:
    size, crop = model.architecture.preprocess.size, model.architecture.preprocess.crop
    pairs = []
    for one in looked:
        if not one.error:
            face = center_crop(one.face, size, crop)
            references = (
                [center_crop(image, size, crop) for image in one.neutral] if model.uses_reference else [NO_PICTURE]
            )
            pairs.append([(face, reference) for reference in references])
    said = predict_pairs(model, pairs)
    rows = iter(range(len(pairs)))
    for one in looked:
        yield one if one.error else replace(one, said=said[next(rows)])
