"""What predict looks at, whatever it comes as: shots of pictures, folders, videos and painctl's own shards."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import cv2

from painctl.prediction.picture_files import Picture
from painctl.prediction.shard_frames import ShardFrames
from painctl.prediction.shots import Source
from painctl.prediction.videos import Video
from painctl.shard.seal import SIGNATURE

SUFFIXES = (".jpg", ".jpeg", ".png", ".bmp", ".tif", ".tiff", ".webp", ".jp2", ".avif", ".heic", ".heif", ".gif")


def open_sources(paths: Sequence[Path], every: int = 1) -> tuple[list[Source], list[str]]:
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
        start = file.read(len(SIGNATURE))
    if start == SIGNATURE:
        return ShardFrames(path)
    if path.suffix.lower() in SUFFIXES or cv2.haveImageReader(str(path)):
        return Picture(path)
    return Video(path, every)
