"""A video file, frame by frame: one frame in memory at a time."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import cv2

from painctl.images.silence import silenced
from painctl.prediction.shots import Shot

_SHORT = 0.95  # of the frames that a file says to have, whose number some formats only estimate


class Video:
    """Every `every`-th frame of a video, beginning with frame 0, with the time at which it is shown."""

    is_video, has_references = True, False

    def __init__(self, path: Path, every: int = 1) -> None:
        """Raises ValueError for a file without a frame that can be read."""
        self.name, self._every, self._read = str(path), every, 0
        with silenced():
            capture = cv2.VideoCapture(self.name)
            shows = capture.isOpened() and capture.grab() and capture.retrieve()[0]
            self._said = max(0, int(capture.get(cv2.CAP_PROP_FRAME_COUNT)))
            capture.release()
        if not shows:
            raise ValueError(f"{path}: neither a picture, a painctl shard, nor a video that can be read")
        self.count = -(-self._said // every)

    def __iter__(self) -> Iterator[Shot]:
        with silenced():
            capture = cv2.VideoCapture(self.name)
        self._read = 0
        try:
            while True:
                with silenced():
                    if not capture.grab():
                        return
                    number, self._read = self._read, self._read + 1
                    if number % self._every:
                        continue
                    seconds = capture.get(cv2.CAP_PROP_POS_MSEC) / 1000
                    whole, image = capture.retrieve()
                if whole:
                    rgb = cv2.cvtColor(image, cv2.COLOR_BGR2RGB)
                    yield Shot(self.name, lambda rgb=rgb: rgb, number, seconds)  # type: ignore[misc]
        finally:
            capture.release()

    def remark(self) -> str:
        if self._read >= _SHORT * self._said:
            return ""
        return f"{self.name}: says to have {self._said} frames, of which {self._read} could be read"
