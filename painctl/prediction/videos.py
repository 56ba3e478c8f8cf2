"""Video files, decoded one frame at a time."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import cv2

from painctl.images.silence import silenced
from painctl.prediction.shots import Shot

_COMPLETE_SHARE = 0.95  # of the stated number of frames, which some formats only estimate


class Video:
    """Every `every`-th frame of a video from frame 0, with its time."""

    is_video, has_references = True, False

    def __init__(self, path: Path, every: int = 1, name: str = "") -> None:
        """`name` is that of the shots, by default the path. Raises ValueError for a file without a readable frame."""
        self.name, self._path, self._every, self._read = name or str(path), str(path), every, 0
        with silenced():
            capture = cv2.VideoCapture(self._path)
            readable = capture.isOpened() and capture.grab() and capture.retrieve()[0]
            self._stated_count = max(0, int(capture.get(cv2.CAP_PROP_FRAME_COUNT)))
            capture.release()
        if not readable:
            raise ValueError(f"{path}: not a picture, a painctl shard or a video that can be read")
        self.count = -(-self._stated_count // every)

    def __iter__(self) -> Iterator[Shot]:
        with silenced():
            capture = cv2.VideoCapture(self._path)
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
                    decoded, image = capture.retrieve()
                if decoded:
                    rgb = cv2.cvtColor(image, cv2.COLOR_BGR2RGB)
                    yield Shot(self.name, lambda rgb=rgb: rgb, number, seconds)  # type: ignore[misc]
        finally:
            capture.release()

    def remark(self) -> str:
        if self._read >= _COMPLETE_SHARE * self._stated_count:
            return ""
        return f"{self.name}: only {self._read} of its {self._stated_count} frames could be read"
