"""Open the inputs of predict: pictures, folders of pictures, videos, and painctl's own shards."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import cv2

from painctl.prediction.picture_files import Picture
from painctl.prediction.shard_frames import ShardFrames
from painctl.prediction.shots import Source
from painctl.prediction.videos import Video
from painctl.shard.identify import SIGNATURE

SUFFIXES = (".jpg", ".jpeg", ".png", ".bmp", ".tif", ".tiff", ".webp", ".jp2", ".avif", ".heic", ".heif", ".gif")


def open_sources(
    paths: Sequence[Path], every: int = 1, display_name: Callable[[str], str] = str
) -> tuple[list[Source], list[str]]:
    """The sources at paths, and remarks about files in folders that were ignored.

    A folder stands for its pictures, by suffix, in the order of their names; a video yields every `every`-th frame.
    Sources are named by `display_name` of their path. Raises FileNotFoundError for a missing file and for a folder
    without pictures, ValueError for a file of an unknown kind.
    """
    sources: list[Source] = []
    remarks = []
    for path in paths:
        if not path.is_dir():
            sources.append(_open_file(path, every, display_name(str(path))))
            continue
        inside = sorted(entry for entry in path.iterdir() if not entry.name.startswith("."))
        chosen = [entry for entry in inside if entry.suffix.lower() in SUFFIXES and entry.is_file()]
        if not chosen:
            raise FileNotFoundError(f"{path}: no pictures in this folder")
        sources += (Picture(entry, display_name(str(entry))) for entry in chosen)
        if ignored := len(inside) - len(chosen):
            remarks.append(f"{path}: {len(chosen)} pictures; {ignored} other file{'s'[: ignored > 1]} ignored")
    return sources, remarks


def _open_file(path: Path, every: int, name: str) -> Source:
    with path.open("rb") as file:
        start = file.read(len(SIGNATURE))
    if start == SIGNATURE:
        return ShardFrames(path, name)
    if path.suffix.lower() in SUFFIXES or cv2.haveImageReader(str(path)):
        return Picture(path, name)
    return Video(path, every, name)
