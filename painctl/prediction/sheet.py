"""The picture of a prediction run: strips of its answers, stacked."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from painctl.files.publish import atomic_write
from painctl.images.encode import encode_png
from painctl.prediction.answers import Answer
from painctl.prediction.strips import curve_strip, face_strip, note, padded
from painctl.vitpain.attention import action_unit_attention
from painctl.vitpain.interface import PainModel

MAX_STRIPS = 12
NOTICE = "research software, not a medical device: do not base anyone's care on these numbers"
_LEAST_PATCHES = 6  # to a side, of a map of attention that is drawn; a coarser one says little


class Sheet:
    """Collects answers in order: strips of the first faces, and for a video its times and scores."""

    def __init__(self, model: PainModel) -> None:
        self._model = model
        self._strips: list[np.ndarray] = []
        self._video: tuple[str, list[float], list[float]] = ("", [], [])

    def add(self, answer: Answer) -> None:
        """Add a face as a strip, or a frame of a video as a point of its curve, which `end_video` completes."""
        if answer.frame is not None:
            _, times, scores = self._video
            times.append(np.nan if answer.time is None else answer.time)
            scores.append(answer.prediction.pspi if answer.prediction else np.nan)
            self._video = (answer.name, times, scores)
        elif answer.prediction and len(self._strips) < MAX_STRIPS:
            attention = action_unit_attention(self._model, answer.face, answer.neutral)
            if attention is not None and attention.shape[1] < _LEAST_PATCHES:
                attention = None
            preprocess = self._model.architecture.preprocess
            self._strips.append(face_strip(answer, attention, preprocess.crop, preprocess.down))

    def end_video(self) -> None:
        """Add the curve of the frames since the last video as a strip; none if no frame was read."""
        if self._video[1] and len(self._strips) < MAX_STRIPS:
            self._strips.append(curve_strip(*self._video))
        self._video = ("", [], [])

    def write(self, path: Path) -> None:
        """Write the PNG, complete or absent; nothing if there are no strips. Raises OSError that names `path`."""
        if self._strips:
            width = max(strip.shape[1] for strip in self._strips)
            rows = [*(padded(strip, width) for strip in self._strips), note(NOTICE, width)]
            atomic_write(path, encode_png(np.vstack(rows)), private=True)  # people's faces
