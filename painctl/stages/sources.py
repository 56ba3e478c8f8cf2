"""What predict looks at, whatever it comes as: shots of pictures, folders, videos and painctl's own shards."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import cv2
import numpy as np

HDF5 = b"\x89HDF\r\n\x1a\n"
SUFFIXES = (".jpg", ".jpeg", ".png", ".bmp", ".tif", ".tiff", ".webp", ".jp2", ".avif", ".heic", ".heif", ".gif")


@dataclass(frozen=True, eq=False)
class Shot:
    """One picture to look at, read when it is asked for."""

    name: str
    read: Callable[[], np.ndarray]  # RGB uint8 [H, W, 3]; raises ValueError or OSError that names it
    frame: int | None = None  # of a video, from 0
    time: float | None = None  # seconds from the start of the video
    framed: bool = False  # already has the framing of painctl's frames
    is_neutral: bool = False
    references: Callable[[], list[np.ndarray]] | None = None  # neutral pictures of the same person that came with it


class Source(Protocol):
    """Shots that came as one thing."""

    name: str
    count: int  # of shots, as far as is known
    is_video: bool
    has_references: bool  # shots come with their own neutral pictures

    def __iter__(self) -> Iterator[Shot]: ...

    def remark(self) -> str:
        """What is to be said after the last shot, or nothing."""


def survey(paths: Sequence[Path], every: int = 1) -> tuple[list[Source], list[str]]:
    """The sources that paths stand for, and remarks on what was left out of folders.

    A folder stands for the pictures in it, by their suffixes, in the order of their names; of a video every `every`-th
    frame is taken. Raises FileNotFoundError for what is not there and for a folder without pictures, and ValueError
    for a file that is nothing of all this.
    """
    sources: list[Source] = []
    remarks = []
    for path in paths:
        if not path.is_dir():
            sources.append(_opened(path, every))
            continue
        from painctl.stages.picture_files import Picture

        inside = sorted(entry for entry in path.iterdir() if not entry.name.startswith("."))
        chosen = [entry for entry in inside if entry.suffix.lower() in SUFFIXES and entry.is_file()]
        if not chosen:
            raise FileNotFoundError(f"{path}: no pictures in this folder")
        sources += map(Picture, chosen)
        if ignored := len(inside) - len(chosen):
            remarks.append(f"{path}: {len(chosen)} pictures; {ignored} other file{'s'[: ignored > 1]} ignored")
    return sources, remarks


def _opened(path: Path, every: int) -> Source:
    with path.open("rb") as file:
        start = file.read(len(HDF5))
    if start == HDF5:
        from painctl.stages.shard_frames import ShardFrames

        return ShardFrames(path)
    if path.suffix.lower() in SUFFIXES or cv2.haveImageReader(str(path)):
        from painctl.stages.picture_files import Picture

        return Picture(path)
    from painctl.stages.video import Video

    return Video(path, every)
