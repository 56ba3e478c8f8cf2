"""Video files, decoded one frame at a time."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np

from painctl.files.names import printable
from painctl.files.reading import open_regular
from painctl.video.container_kinds import AVI, examine
from painctl.video.video_decoder import MOST_PIXELS
from painctl.video.video_process import DecoderError, decoder

_NOT_DECODED = {"av01": "AV1"}  # codecs that OpenCV's FFmpeg demuxes but does not decode
_FEW = 0.9  # of the frames that a stated length suggests
_CONVERT = "convert it to H.264, for instance with ffmpeg"


@dataclass(frozen=True, eq=False)
class VideoFrame:
    """A decoded frame."""

    image: np.ndarray  # RGB uint8 [H, W, 3]
    number: int  # from 0
    time: float | None  # seconds from the start of the video; None if the video does not state it


class VideoFrames:
    """Every `every`-th frame of a video from frame 0, with its time and square pixels.

    Iterating raises nothing: `fault` says afterwards what was wrong, also if there was no frame.
    """

    def __init__(self, path: Path, every: int = 1, name: str = "") -> None:
        """`name` is that of the video, by default the path.

        Raises OSError if the file cannot be opened, ValueError if it is a special file or nothing like a video.
        """
        self.name, self._path, self._every = name or printable(path), path, every
        self._fault = self._remark = ""
        self._shown = 0  # frames that were yielded
        with open_regular(path) as file:
            size = file.seek(0, 2)
            self._container = examine(file)
            self._description = _describe(file)
        codec = self._description.get("codec", "").lower()
        if not self._container.kind and not self._description.get("first") and codec not in _NOT_DECODED:
            raise ValueError(f"{self.name}: not a picture, a painctl shard or a video that can be read")
        self._unreadable = self._why_unreadable()
        stated = min(max(1, int(self._description.get("count", 1))), max(1, size))
        self.count = 1 if self._unreadable else -(-stated // every)

    @property
    def fault(self) -> str:
        """Why frames were lost, once all have been read; empty if none was."""
        return self._fault

    def __iter__(self) -> Iterator[VideoFrame]:
        self._fault, self._remark, self._shown = self._unreadable, "", 0
        if self._unreadable:
            return
        self._fault = self._container.fault and f"it was cut off: {self._container.fault}"
        try:
            with open_regular(self._path) as file, decoder(file, self._every) as messages:
                for message in messages:
                    if message.image is None:
                        self._finish(message.fields)
                        continue
                    self._shown += 1
                    yield VideoFrame(message.image, message.fields["frame"], message.fields["time"])
        except (DecoderError, OSError, ValueError) as error:
            self._fault = str(error)
        if not self._shown:
            self._fault = self._fault or "no frame can be decoded"

    def remark(self) -> str:
        """What was wrong with the video: how it is incomplete, or where its times come from."""
        faults = [self._fault] if self._shown and self._fault else []
        return "; ".join([f"{self.name}: {text}" for text in (*faults, *filter(None, [self._remark]))])

    def _why_unreadable(self) -> str:
        container, description = self._container, self._description
        codec = description.get("codec", "").strip("\0 ") or container.codec
        if description.get("width", 0) * description.get("height", 0) > MOST_PIXELS:
            size = f"{description['width']} x {description['height']}"
            return f"its frames have {size} pixels; the limit is {MOST_PIXELS // 1_000_000} million"
        if description.get("first"):
            return ""
        if container.fault:
            return f"no frame can be decoded: {container.fault}"
        if codec.lower() in _NOT_DECODED:
            return f"its codec is {_NOT_DECODED[codec.lower()]} ({codec}), which cannot be decoded; {_CONVERT}"
        if "fault" in description:
            return description["fault"]
        named = f" (codec {codec})" if codec.isprintable() and codec else ""
        reason = "it is damaged, or its codec is not supported"
        return f"no frame of this {container.kind} file{named} can be decoded: {reason}"

    def _finish(self, fields: dict[str, Any]) -> None:
        """Judge the whole from the last message."""
        if "read" not in fields:
            return
        read, missed, stated = fields["read"], fields["missed"], self._container.frames
        if not self._fault and stated is not None and read < stated:
            self._fault = f"{stated - read} of its {stated} frames could not be decoded"
        elif not self._fault and missed:
            self._fault = f"{missed} of its frames could not be decoded"
        elif self._fault:
            self._fault += f"; {read} frames could be decoded"
        reported, continued, unknown = fields["times"]
        rate, suggested = self._description["rate"], self._description["count"]
        is_estimate = stated is None and not self._container.is_trimmed and self._container.kind != AVI
        if not self._fault and is_estimate and read < _FEW * suggested:
            self._remark = f"{read} frames could be decoded; its stated length suggests {suggested}"
        elif unknown:
            self._remark = f"{unknown} of its frames have no time: it states none, and {rate:g} frames a second"
        elif continued > reported:
            self._remark = f"{continued} of its frames have no time; they are counted at {rate:g} frames a second"


def _describe(file: BinaryIO) -> dict[str, Any]:
    """What the decoder says about a video; `first` if its first frame can be decoded, `fault` if the decoder failed."""
    description: dict[str, Any] = {}
    try:
        with decoder(file, 0) as messages:
            for message in messages:
                description |= {"first": True} if message.image is not None else message.fields
    except DecoderError as error:
        description["fault"] = str(error)
    return description
