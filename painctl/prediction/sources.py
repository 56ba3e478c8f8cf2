"""Open the inputs of predict: pictures, folders of pictures, videos, and painctl's own shards."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from painctl.files.leftovers import is_stray
from painctl.files.names import printable
from painctl.files.reading import open_regular
from painctl.images.formats import READ, START, SUFFIXES, picture_format
from painctl.prediction.picture_files import Picture
from painctl.prediction.shard_frames import ShardFrames
from painctl.prediction.shots import Source
from painctl.prediction.videos import Video
from painctl.shard.identify import SIGNATURE

_RAW = {".arw", ".cr2", ".dng", ".nef", ".nrw", ".orf", ".pef", ".srw"}  # TIFF files that stand beside their JPEG


def open_sources(
    paths: Sequence[Path], every: int = 1, display_name: Callable[[str], str] = str
) -> tuple[list[Source], list[str]]:
    """The sources at paths, and remarks about files in folders that were ignored.

    A folder stands for its pictures, by suffix or content, in the order of their names; a video yields every
    `every`-th frame. Sources are named by `display_name` of their path, as printable text. Raises FileNotFoundError for
    a missing file and for a folder without pictures, ValueError for a file of an unknown kind.
    """
    sources: list[Source] = []
    remarks = []
    for path in paths:
        if not path.is_dir():
            sources.append(_open_file(path, every, printable(display_name(str(path)))))
            continue
        chosen, ignored = pictures_in(path)
        if not chosen:
            raise FileNotFoundError(f"{path}: no pictures in this folder")
        sources += (Picture(entry, printable(display_name(str(entry)))) for entry in chosen)
        if ignored:
            pictures = f"{len(chosen)} picture{'s'[: len(chosen) != 1]}"
            remarks.append(f"{path}: {pictures}; {ignored} other file{'s'[: ignored > 1]} ignored")
    return sources, remarks


def pictures_in(folder: Path) -> tuple[list[Path], int]:
    """The pictures in a folder in the order of their names, and the number of other entries that are not hidden."""
    inside = visible_in(folder)
    chosen = [entry for entry in inside if not is_stray(entry) and _is_picture(entry)]
    return chosen, len(inside) - len(chosen)


def visible_in(folder: Path) -> list[Path]:
    """What is in a folder and not hidden, in the order of names."""
    return sorted(entry for entry in folder.iterdir() if not entry.name.startswith("."))


def _open_file(path: Path, every: int, name: str) -> Source:
    start = _start(path)
    if start.startswith(SIGNATURE):
        return ShardFrames(path, name)
    if path.suffix.lower() in SUFFIXES or picture_format(start):
        return Picture(path, name)
    return Video(path, every, name)


def _is_picture(entry: Path) -> bool:
    """Whether a file in a folder is meant as a picture, even if it is damaged or cannot be read."""
    suffix = entry.suffix.lower()
    if entry.is_dir() or suffix in _RAW:
        return False
    if suffix in SUFFIXES:
        return True
    try:
        return picture_format(_start(entry)) in READ
    except (OSError, ValueError):
        return False


def _start(path: Path) -> bytes:
    with open_regular(path) as file:
        return file.read(START)
