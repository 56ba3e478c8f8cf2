"""Faces as a model takes them, with their landmarks and their quality."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from painctl.aligner.framing import moved
from painctl.aligner.shipped import shipped_aligner
from painctl.prediction.quality import Quality, quality_of
from painctl.vitpain.interface import PainModel


@dataclass(frozen=True, eq=False)
class Face:
    """The square crop of a face."""

    picture: np.ndarray  # uint8 RGB [S, S, 3], prepared for a model
    marks: np.ndarray | None  # float32 [68, 2], landmarks, pixels with centres at half integers; None if it is warped
    visible: np.ndarray  # float32 [68], probability that each is hidden by nothing
    quality: Quality


def face_for(model: PainModel, crop: np.ndarray) -> Face:
    """The face in a crop uint8 RGB [H, W, 3] framed like painctl's own frames, prepared for a model."""
    landmarks = shipped_aligner().locate_in_frame(crop)
    picture = model.prepared(crop, landmarks)
    marks = None if model.uses_landmarks else landmarks.points
    if model.straightens:
        marks = (moved(landmarks.frame, landmarks.points) * len(picture)).astype(np.float32)
    return Face(picture, marks, landmarks.visible, quality_of(crop, landmarks))


def pictures_for(model: PainModel, crops: Iterable[np.ndarray]) -> list[np.ndarray]:
    """The pictures of the faces in crops, as `face_for`."""
    if not model.uses_landmarks:
        return [*crops]
    return [model.prepared(crop, shipped_aligner().locate_in_frame(crop)) for crop in crops]
