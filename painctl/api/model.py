"""A pain model in Python."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from painctl.files.names import printable
from painctl.files.text import read_text
from painctl.pain.action_units import ACTION_UNITS
from painctl.prediction.answers import Answer, answers
from painctl.prediction.cropping import LARGEST, Cropper, FaceCrop
from painctl.prediction.faces import Reference, face_for
from painctl.prediction.picture_files import read_picture
from painctl.prediction.record import as_record
from painctl.prediction.rest import rest_scores
from painctl.prediction.shots import Shot
from painctl.records import UsageError
from painctl.runs.devices import choose_device
from painctl.vitpain.checkpoints import Checkpoint
from painctl.vitpain.checkpoints import load as load_checkpoint
from painctl.vitpain.model_card import CARD
from painctl.vitpain.shipped import find_model

Image = str | os.PathLike[str] | np.ndarray  # a picture's path, or RGB uint8 [H, W, 3]


@dataclass(frozen=True, eq=False)
class Estimate:
    """A model's estimate for one picture. Research software: not a medical device, not for the care of any person."""

    record: dict[str, Any]  # as `painctl predict --json` prints it; see docs/formats.md
    # uint8 RGB [S, S, 3], the face as the model takes it; empty if there is an error
    face: np.ndarray = field(repr=False)

    @property
    def error(self) -> str | None:
        """The reason why estimation failed, in a few words; None if it succeeded."""
        return self.record.get("error")

    @property
    def pspi(self) -> float:
        """0..16; NaN if there is an error."""
        return float(self.record.get("pspi", np.nan))

    @property
    def aus(self) -> dict[str, float]:
        """Intensities of the action units by name; empty if the model does not estimate them."""
        return {unit: self.record[unit] for unit in ACTION_UNITS if unit in self.record}

    @property
    def warnings(self) -> list[str]:
        """Warnings, a few words each: about the face, and about the neutral picture where it looks doubtful."""
        return self.record["warning"].split("; ") if "warning" in self.record else []


class Model:
    """A trained pain model, ready to predict."""

    def __init__(self, checkpoint: Checkpoint, folder: Path) -> None:
        self._checkpoint, self._folder = checkpoint, folder

    def __repr__(self) -> str:
        return f"<pain model {self.name}, SHA-256 {self.digest}...>"

    @property
    def name(self) -> str:
        """`painctl model` and a version for the model that comes with painctl, else the name of its folder."""
        return self._checkpoint.identity.name

    @property
    def digest(self) -> str:
        """The first 16 hexadecimal digits of the SHA-256 of its weights."""
        return self._checkpoint.identity.digest

    @property
    def card(self) -> str:
        """Its model card, as Markdown; empty if it has none."""
        path = self._folder / CARD
        return read_text(path) if path.is_file() else ""

    def predict(
        self, image: Image, neutral: Image | Sequence[Image] | None = None, *, crop: bool = True, face: str = ""
    ) -> Estimate:
        """Estimate the pain in a picture, compared with one or several neutral pictures of the same person.

        With `crop`, the face is detected; of several faces in a picture, `face` names one, "largest" or a number from
        the left, from "1". Without `crop`, the pictures are cropped already.

        >>> estimate = painctl.load().predict(pain, neutral=neutral)
        >>> 0 <= estimate.pspi <= 16
        True
        >>> sorted(estimate.aus)
        ['AU10', 'AU4', 'AU43', 'AU6', 'AU7', 'AU9']

        Raises ValueError or OSError if the picture cannot be read or has no unambiguous face, and UsageError if the
        model requires a neutral picture and none is given.
        """
        (answer, estimate) = next(self._estimates([image], neutral, crop, face))
        if answer.error:
            raise answer.error
        return estimate

    def predict_many(
        self,
        images: Image | Iterable[Image],
        neutral: Image | Sequence[Image] | None = None,
        *,
        crop: bool = True,
        face: str = "",
    ) -> Iterator[Estimate]:
        """One estimate for each picture of a person, in order, each compared with the same neutral pictures.

        If a picture cannot be estimated, its `error` says why. Pictures, including the neutral ones, are read lazily,
        sixteen at a time. How clearly neutral pictures show a face is not checked; `rest` in the record is their own
        PSPI, if the model can estimate a face without a reference. The records:

        >>> estimates = painctl.load().predict_many([pain, neutral], neutral=neutral)
        >>> [estimate.record["reference"] for estimate in estimates]
        ['given', 'given']

        Raises ValueError or OSError for a neutral picture that cannot be used, and UsageError if the model needs one.
        """
        for _, estimate in self._estimates(images, neutral, crop, face):
            yield estimate

    def _estimates(
        self, images: Image | Iterable[Image], neutral: Image | Sequence[Image] | None, crop: bool, face: str
    ) -> Iterator[tuple[Answer, Estimate]]:
        checkpoint, model = self._checkpoint, self._checkpoint.model
        if face and not crop:
            raise ValueError(f"face {face!r}: without `crop`, no face is detected; leave one out")
        references = [self._reference(picture, crop) for picture in _listed(neutral)]
        if checkpoint.needs_reference and not references:
            raise UsageError("this model needs a neutral picture of the same person to compare with; give `neutral`")
        scores = rest_scores(checkpoint, references)
        rest = None if scores is None else float(scores.max())
        cropper = Cropper(face=face) if crop else None
        shots = (Shot(_name(image, number), _reader(image)) for number, image in enumerate(_listed(images)))
        for answer in answers(model, shots, references, cropper):
            yield answer, Estimate(as_record(answer, checkpoint.identity, rest=rest), answer.face)

    def _reference(self, image: Image, crop: bool) -> Reference:
        name, picture = _name(image, "neutral"), _reader(image)()
        cropped = Cropper(face=LARGEST)(picture, name) if crop else FaceCrop(picture)
        return face_for(self._checkpoint.model, cropped).as_reference("" if isinstance(image, np.ndarray) else name)


def load(model: str | os.PathLike[str] | None = None, device: str = "cpu") -> Model:
    """A pain model: a folder written by `painctl pretrain`, or without one the model that comes with painctl.

    `device` is cpu, cuda or auto. The environment variable PAINCTL_MODEL overrides the default model. Raises UsageError
    if no model is available, and ValueError or OSError if the folder is missing or invalid.

    >>> model = painctl.load()
    >>> model.name.startswith("painctl")
    True
    >>> "not a medical device" in model.card.lower()
    True
    """
    folder = find_model(None if model is None else os.fspath(model))
    checkpoint = load_checkpoint(folder)
    checkpoint.model.to(choose_device(device))
    return Model(checkpoint, folder)


def _listed(images: Image | Iterable[Image] | None) -> Iterable[Image]:
    """Pictures, of one or several; an array of four dimensions is several."""
    if images is None:
        return []
    if isinstance(images, (str, os.PathLike)):
        return [os.fspath(images)]
    return [images] if isinstance(images, np.ndarray) and images.ndim != 4 else images


def _name(image: Image, number: int | str) -> str:
    """A picture in messages. Raises ValueError for what is neither a path nor an array."""
    if not isinstance(image, (np.ndarray, str, os.PathLike)):
        kind = type(image).__name__
        raise ValueError(f"picture {number}: expected a path or an array, not {kind}; numpy.asarray converts it")
    return f"picture {number}" if isinstance(image, np.ndarray) else printable(os.fspath(image))


def _reader(image: Image) -> Any:
    """A function that returns a picture, RGB uint8 [H, W, 3]. It raises ValueError for an array of another kind."""

    def read() -> np.ndarray:
        if not isinstance(image, np.ndarray):
            return read_picture(Path(image))
        if image.dtype != np.uint8 or image.ndim != 3 or image.shape[2] != 3 or not image.size:
            raise ValueError(f"an array {image.dtype} {list(image.shape)}: expected a picture, RGB uint8 [H, W, 3]")
        return image

    return read
