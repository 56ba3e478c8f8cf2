"""Predictions for the faces of a source, each compared with neutral pictures of the same person."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice

import numpy as np

from painctl.likeness.likeness import likeness
from painctl.prediction.cropping import Crop, FaceCrop, FaceError
from painctl.prediction.faces import Reference, face_for, references_for
from painctl.prediction.quality import LEAST_LIKENESS, OTHER_PERSON, Quality
from painctl.prediction.shots import Shot
from painctl.vitpain.inference import NOT_FINITE, Prediction, fitted_references, predict_pairs
from painctl.vitpain.interface import PainModel
from painctl.vitpain.sources import NO_PICTURE

AT_ONCE = 16  # pictures in memory


class OutputError(FaceError):
    """A face for which the model has no valid output."""


@dataclass(frozen=True, eq=False)
class Answer:
    """The prediction for a shot, or the error that prevented it."""

    name: str
    frame: int | None  # of a video
    time: float | None  # seconds; None for a picture, and if the video does not state it
    prediction: Prediction | None = None
    face: np.ndarray = field(default_factory=lambda: NO_PICTURE)  # as the model takes it, uint8 [S, S, 3] RGB
    neutral: Sequence[np.ndarray] = ()  # the neutral faces that it is compared with; empty without a reference
    points: np.ndarray | None = None  # float32 [68, 2], landmarks of the face, pixels of `face`; None if it is warped
    visible: np.ndarray | None = None  # float32 [68], probability that each is hidden by nothing
    outside: np.ndarray | None = None  # bool [S, S], where the face's crop leaves its photograph; None: nowhere
    reference_images: tuple[str, ...] = ()  # paths of the neutral pictures as printable text, if they are files
    neutral_outside: np.ndarray | None = None  # the same of the first neutral face
    quality: Quality | None = None  # of the face; None if there is none
    likeness: float | None = None  # -1..1, to the least similar neutral face; None if it is not compared
    error: Exception | None = None
    vector: np.ndarray | None = None  # float32 [D], of the face, see `faces.Face`
    crop: FaceCrop | None = None  # where the face is in its picture
    person: str | None = None  # if the source says who it is
    rest: float | None = None  # highest PSPI of the neutral faces, each alone, if the source had it estimated

    @property
    def warnings(self) -> dict[str, str]:
        """What makes the estimate less reliable, in a few words, with the figures."""
        warnings = dict(self.quality.warnings) if self.quality else {}
        if self.likeness is not None and self.likeness < LEAST_LIKENESS:
            warnings[OTHER_PERSON] = f"likeness {self.likeness:.2f} to the neutral face, below {LEAST_LIKENESS}"
        return warnings

    @property
    def reason(self) -> str:
        """Why there is no prediction, in a few words."""
        return self.error.reason if isinstance(self.error, FaceError) else "not readable"


def answers(
    model: PainModel,
    source: Iterable[Shot],
    neutral: Sequence[Reference],
    crop: Crop | None,
    strict: bool = False,
    done: int = 0,
) -> Iterator[Answer]:
    """One answer per shot, in order, averaged over the neutral faces; `AT_ONCE` pictures in memory at a time.

    Without `neutral`, a model that compares faces uses the references of the shots, and neutral shots are left out; a
    shot without references is compared with a blank picture. `crop` crops pictures that are not framed yet; without it
    the whole picture is the face. With `strict`, a warning is an error. The first `done` answers are left out, because
    they are known.
    """
    uses_shot_references = model.uses_reference and not neutral
    shots = (shot for shot in source if not (uses_shot_references and shot.is_neutral))
    prepared = (
        _prepare(model, shot, neutral if model.uses_reference else None, crop, strict)
        for shot in islice(shots, done, None)
    )
    while batch := list(islice(prepared, AT_ONCE)):
        yield from _predict(model, batch)


def _prepare(
    model: PainModel, shot: Shot, neutral: Sequence[Reference] | None, crop: Crop | None, strict: bool
) -> Answer:
    """Read and crop the faces of a shot, none to compare with if `neutral` is None; the prediction is still missing."""
    answer = Answer(shot.name, shot.frame, shot.time, person=shot.person)
    try:
        image, crop = shot.read(), shot.crop or crop
        cropped = crop(image, shot.name) if crop and not shot.framed else FaceCrop(image)
        face = face_for(model, cropped, compare=not shot.framed)
        references = neutral or ()
        if neutral is not None and not neutral and shot.references:
            references = references_for(model, shot.references(), compare=not shot.framed)
        answer = replace(
            answer,
            face=face.picture,
            crop=cropped,
            neutral=[reference.picture for reference in references],
            reference_images=shot.reference_images or tuple(face.image for face in references if face.image),
            rest=shot.rest(),
            points=face.points,
            visible=face.visible,
            outside=face.outside,
            neutral_outside=references[0].outside if references else None,
            quality=face.quality,
            vector=face.vector,
            likeness=_likeness(face.vector, references),
        )
        if strict and answer.warnings:
            kind, figures = next(iter(answer.warnings.items()))
            raise FaceError(shot.name, kind, f"{figures}, which --strict rejects")
        return answer
    except (ValueError, OSError) as error:
        return replace(answer, error=error)
    except MemoryError:
        return replace(answer, error=ValueError(f"{shot.name}: not enough memory for this picture"))


def _likeness(vector: np.ndarray | None, references: Sequence[Reference]) -> float | None:
    """How similar a face is to the least similar of the references that have a vector; None without any."""
    return None if vector is None else likeness(vector, (each.vector for each in references if each.vector is not None))


def _predict(model: PainModel, batch: Sequence[Answer]) -> Iterator[Answer]:
    pairs = []
    for answer in batch:
        if not answer.error:
            face = model.architecture.preprocess.fit(answer.face)
            pairs.append([(face, reference) for reference in fitted_references(model, answer.neutral)])
    predictions = predict_pairs(model, pairs)
    rows = iter(range(len(pairs)))
    for answer in batch:
        yield answer if answer.error else _answered(answer, predictions[next(rows)])


def _answered(answer: Answer, prediction: Prediction) -> Answer:
    if prediction.is_finite:
        return replace(answer, prediction=prediction)
    return replace(answer, error=OutputError(answer.name, NOT_FINITE, "train the model again, or use another"))
