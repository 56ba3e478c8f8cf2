"""The picture of a prediction run: answers gathered as strips, one below the other."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from painctl.files.publish import atomic_write
from painctl.images.encode import encode_png
from painctl.prediction.answers import Answer
from painctl.prediction.strips import curve_strip, face_strip
from painctl.vitpain.attention import action_unit_attention
from painctl.vitpain.interface import PainModel

MOST = 12  # strips


class Sheet:
    """Takes answers in order; keeps strips of the first ones, and of a video its times and scores."""

    def __init__(self, model: PainModel) -> None:
        self._model = model
        self._strips: list[np.ndarray] = []
        self._video: tuple[str, list[float], list[float]] = ("", [], [])

    def add(self, answer: Answer) -> None:
        """A face becomes a strip; a frame of a video a point of its curve, which ends with `end_video`."""
        if answer.time is not None:
            _, times, scores = self._video
            times.append(answer.time)
            scores.append(answer.said.pspi if answer.said else np.nan)
            self._video = (answer.name, times, scores)
        elif answer.said and len(self._strips) < MOST:
            attention = action_unit_attention(self._model, answer.face, answer.neutral)
            self._strips.append(face_strip(answer, attention, self._model.architecture.preprocess.crop))

    def end_video(self) -> None:
        """The curve of what came since the last one."""
        if len(self._strips) < MOST:
            self._strips.append(curve_strip(*self._video))
        self._video = ("", [], [])

    def write(self, path: Path) -> None:
        """The PNG, complete or absent; nothing if there was no answer. Raises OSError in the name of `path`."""
        if self._strips:
            atomic_write(path, encode_png(np.vstack(self._strips)))
