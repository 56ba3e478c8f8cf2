"""Faces as a model takes them, with their landmarks and their quality."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import cv2
import numpy as np

from painctl.aligner.aligner import Landmarks
from painctl.aligner.framing import moved
from painctl.aligner.shipped import shipped_aligner
from painctl.likeness.likeness import face_vector
from painctl.prediction.cropping import FaceCrop
from painctl.prediction.quality import Quality, quality_of
from painctl.vitpain.interface import PainModel


@dataclass(frozen=True, eq=False)
class Reference:
    """A neutral face to compare with."""

    picture: np.ndarray  # uint8 RGB [S, S, 3], prepared for a model
    vector: np.ndarray | None = None  # float32 [D], as of `Face`; None if it is the same person's by construction
    outside: np.ndarray | None = None  # bool [S, S], as of `Face`
    image: str = ""  # path of its picture, as printable text; empty if there is none


@dataclass(frozen=True, eq=False)
class Face:
    """The square crop of a face."""

    picture: np.ndarray  # uint8 RGB [S, S, 3], prepared for a model
    points: np.ndarray | None  # float32 [68, 2], landmarks, pixels with centres at half integers; None if it is warped
    visible: np.ndarray  # float32 [68], probability that each is hidden by nothing
    quality: Quality
    vector: np.ndarray | None  # float32 [D], similar to those of other faces of the person; None if not compared
    outside: np.ndarray | None = None  # bool [S, S], beyond the photograph or the crop; None: nowhere, or warped

    def as_reference(self, image: str = "") -> Reference:
        """This face as one to compare with; `image` is the path of its picture."""
        return Reference(self.picture, self.vector, self.outside, image)


def face_for(model: PainModel, crop: FaceCrop, compare: bool = True) -> Face:
    """The face in a crop, prepared for a model; with a vector if `compare`, for a model that compares faces."""
    landmarks = shipped_aligner().locate_in_frame(crop.picture)
    picture = model.prepared(crop.picture, landmarks)
    points = None if model.uses_landmarks else landmarks.points
    if model.straightens:
        points = (moved(landmarks.frame, landmarks.points) * len(picture)).astype(np.float32)
    vector = face_vector(crop.picture, landmarks.frame) if compare and model.uses_reference else None
    outside = _outside(model, crop, landmarks)
    return Face(picture, points, landmarks.visible, quality_of(crop, landmarks), vector, outside)


def _outside(model: PainModel, crop: FaceCrop, landmarks: Landmarks) -> np.ndarray | None:
    if model.uses_landmarks and not model.straightens:
        return None
    height, width = crop.picture.shape[:2]
    left, top, right, bottom = (0, 0, width, height) if crop.inside is None else crop.inside
    corners = np.array([[left, top], [right, top], [right, bottom], [left, bottom]])
    side = width
    if model.straightens:
        side = len(landmarks.framed(crop.picture))
        corners = moved(landmarks.frame, corners) * side
    mask = np.ones((side, side), np.uint8)
    cv2.fillConvexPoly(mask, np.rint(16 * (corners - 0.5)).astype(np.int32), 0, lineType=cv2.LINE_8, shift=4)
    return mask.astype(bool) if mask.any() else None


def references_for(model: PainModel, crops: Iterable[np.ndarray], compare: bool) -> list[Reference]:
    """The faces in the pictures of crops, prepared for a model; with vectors if the person is to be compared."""
    if compare:
        return [face_for(model, FaceCrop(crop)).as_reference() for crop in crops]
    if not model.uses_landmarks:
        return [Reference(crop) for crop in crops]
    return [Reference(model.prepared(crop, shipped_aligner().locate_in_frame(crop))) for crop in crops]
