"""Video files as sources of shots."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import NoReturn

import numpy as np

from painctl.prediction.shots import Shot
from painctl.video.frames import VideoFrames


class Video:
    """Every `every`-th frame of a video, from frame 0.

    A video that cannot be read is one shot, whose reading raises ValueError.
    """

    is_video, has_references = True, False

    def __init__(self, path: Path, every: int = 1, name: str = "") -> None:
        """`name` is that of the shots, by default the path. Raises as `VideoFrames`."""
        self._frames = VideoFrames(path, every, name)
        self.name, self.count = self._frames.name, self._frames.count

    @property
    def is_complete(self) -> bool:
        """Whether no frame was lost, once all shots have been read."""
        return not self._frames.fault

    def __iter__(self) -> Iterator[Shot]:
        shown = False
        for frame in self._frames:
            shown = True
            yield Shot(self.name, partial(_same, frame.image), frame.number, frame.time)
        if not shown:
            yield Shot(self.name, partial(_fail, f"{self.name}: {self._frames.fault}"))

    def remark(self) -> str:
        """What was wrong with the video: how it is incomplete, or where its times come from."""
        return self._frames.remark()


def _same(image: np.ndarray) -> np.ndarray:
    return image


def _fail(message: str) -> NoReturn:
    raise ValueError(message)
