"""Recordings of people, as videos or as folders of the pictures extracted from them, and the faces in their frames."""

from __future__ import annotations

import os
import re
import tempfile
import threading
import zlib
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import cv2
import numpy as np

from painctl.corpora.corpus import is_black
from painctl.corpora.faces import Face, cropped, detected_face, faces_in
from painctl.corpora.faults import Fault, Scope, reason
from painctl.corpora.layout import entries
from painctl.corpora.pictures import SUFFIXES
from painctl.files.names import printable
from painctl.images.encode import decode_rgb
from painctl.video.frames import VideoFrames

VIDEOS: Final = (".avi", ".mp4", ".mov", ".mkv", ".mpg", ".mpeg", ".wmv")
_NUMBER = re.compile(r"(\d{1,9})\.[^.]+")


@dataclass(frozen=True)
class Recording:
    """A video, or the folder of its pictures, which are numbered by the last digits of their names."""

    path: Path
    name: str  # unique, printable
    person: str

    @property
    def is_video(self) -> bool:
        return self.path.suffix.lower() in VIDEOS and not self.path.is_dir()


class Crops:
    """Cropped faces of video frames, which cannot be decoded again one by one: a file without a name.

    It can be read by its owner alone, takes about 100 KB per face in the folder for temporary files (TMPDIR), and is
    gone when the process ends, however it ends.
    """

    def __init__(self) -> None:
        self._file = tempfile.TemporaryFile()  # noqa: SIM115  # lives as long as the corpus
        self._size, self._lock = 0, threading.Lock()

    def add(self, image: np.ndarray) -> Face:
        """Store a face, uint8 [H, W, 3] RGB, without loss. Raises OSError if the disk is full."""
        data = cv2.imencode(".png", image[..., ::-1], [cv2.IMWRITE_PNG_COMPRESSION, 1])[1].tobytes()
        with self._lock:
            start, self._size = self._size, self._size + len(data)
        if os.pwrite(self._file.fileno(), data, start) < len(data):
            raise OSError("no space left for temporary files; set TMPDIR to a folder on a larger disk")
        return Face(lambda: self._read(start, len(data)), zlib.crc32(image.tobytes()))

    def _read(self, start: int, size: int) -> np.ndarray:
        return decode_rgb(os.pread(self._file.fileno(), size, start), "a face of a video")


def faces_of(
    recordings: Sequence[Recording], every: int, crop: bool, faults: list[Fault]
) -> list[dict[int, Face | None]]:
    """The faces in every `every`-th frame of each recording, by the number of the frame, from 0; None if unusable.

    Unusable frames are listed, and so are recordings that cannot be read. `crop` as in `faces.faces_in`. Pictures are
    numbered from 0 if one of any recording is, otherwise from 1.
    """
    numbered = [[] if one.is_video else list(_numbered(one.path)) for one in recordings]
    first = 0 if any(number == 0 for pictures in numbered for number, _ in pictures) else 1
    crops = Crops()

    def faces(index: int) -> tuple[dict[int, Face | None], list[Fault]]:
        its_faults: list[Fault] = []
        if recordings[index].is_video:
            return _in_video(recordings[index].path, every, crop, crops, its_faults), its_faults
        chosen = {number - first: path for number, path in numbered[index] if (number - first) % every == 0}
        its_faces = faces_in(list(chosen.values()), crop, its_faults)
        return dict(zip(chosen, its_faces, strict=True)), its_faults

    with ThreadPoolExecutor() as pool:
        results = list(pool.map(faces, range(len(recordings))))
    faults += [fault for _, its_faults in results for fault in its_faults]
    return [its_faces for its_faces, _ in results]


def holds_pictures(folder: Path) -> bool:
    """Whether a folder has numbered pictures."""
    return next(_numbered(folder), None) is not None


def _numbered(folder: Path) -> Iterator[tuple[int, Path]]:
    """The numbers and paths of the pictures in a folder, by number."""
    names = [entry.name for entry in entries(folder, SUFFIXES)]
    matches = ((name, _NUMBER.search(name)) for name in names)
    yield from sorted((int(match[1]), folder / name) for name, match in matches if match)


def _in_video(path: Path, every: int, crop: bool, crops: Crops, faults: list[Fault]) -> dict[int, Face | None]:
    where = printable(path.name)
    faces: dict[int, Face | None] = {}
    try:
        video = VideoFrames(path, every)
    except (OSError, ValueError) as error:
        faults.append(Fault("videos that cannot be read, left out", where, reason(error, path), Scope.RECORDING))
        return {}
    for frame in video:
        name = f"{where} frame {frame.number + 1}"
        faces[frame.number] = None
        if is_black(frame.image):
            faults.append(Fault("black frames, left out", name))
        elif not crop:
            faces[frame.number] = crops.add(frame.image)
        elif located := detected_face(frame.image, name, faults):
            faces[frame.number] = crops.add(cropped(frame.image, *located))
    if video.fault and faces:
        faults.append(Fault("videos of which frames cannot be read, of which the others are used", where, video.fault))
    elif video.fault:
        faults.append(Fault("videos that cannot be read, left out", where, video.fault, Scope.RECORDING))
    return faces
