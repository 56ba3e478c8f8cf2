"""UNBC-McMaster as distributed: Images, Frame_Labels/PSPI, Frame_Labels/FACS, AAM_landmarks (Lucey et al. 2011).

Every frame is checked before training begins. A PSPI file holds one number; a FACS file has rows of AU, intensity and
two more values, and an empty one means that no unit is active. The PSPI of the file is used; frames whose units give
another are listed and kept. Frames that are unreadable, unlabelled or black are listed and left out. Faces are cropped
by the AAM points, or by face detection for a copy without these points.
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np

from painctl.corpora.corpus import Corpus, neutral_references, reference_faults
from painctl.corpora.faces import SIZE, checked_picture, cropped, detected_face
from painctl.corpora.facs import file_name
from painctl.corpora.faults import Fault, unusable
from painctl.corpora.pictures import read_picture
from painctl.corpora.unbc_files import FrameFiles, find_unbc, list_frames
from painctl.corpora.unbc_labels import NO_POINTS, read_aus, read_points, read_pspi
from painctl.detect.framing import box_of_points, crop_square, five_points
from painctl.files.names import printable
from painctl.pain.action_units import pspi as pspi_of
from painctl.vitpain.sources import NO_PICTURE

NEUTRAL: Final = "frames of PSPI 0 of the same person, drawn for each frame"
_WIDEST = 8  # sides of a picture that the crop of a face may have


@dataclass(frozen=True, eq=False)
class _Frame:
    """A frame, whether it is usable, and its faults."""

    name: str  # subject/sequence/frame
    subject: str  # 042 of 042-ll042
    path: Path
    pspi: float
    aus: np.ndarray  # float [6]
    points: np.ndarray  # float32 [66, 2], pixels; [0, 2] if the face was detected without them
    box: np.ndarray  # float32 [4], of the face
    turns: int  # clockwise quarter turns by which the face is turned
    checksum: int  # CRC-32 of the picture's file
    usable: bool
    faults: tuple[Fault, ...]


def read_unbc(path: Path, seed: int = 0, detect: bool = False) -> Corpus:
    """The corpus at a path, its frames in the order of subject, sequence and frame; pictures are square face crops.

    They are cropped like painctl's own frames, by the AAM points, or with `detect` by `detect_faces`. Detection takes a
    tenth of a second per frame and core, and uses the largest of several faces; AAM points are then ignored, and the
    corpus has no landmarks. Raises ValueError if no frame is usable.
    """
    folders = find_unbc(path)
    if not folders:
        raise ValueError(f"{printable(path)}: has no Images and PSPI folders of SUBJECT/SEQUENCE/FRAME")
    faults: list[Fault] = []
    files = list_frames(folders, faults)
    with ThreadPoolExecutor() as pool:  # reading, decoding and detection run in parallel
        frames = list(pool.map(lambda frame: _read_frame(frame, detect), files))
    faults += [fault for frame in frames for fault in frame.faults]
    used = [frame for frame in frames if frame.usable]
    if not used:
        pointless = not detect and all(any("AAM" in fault.kind for fault in frame.faults) for frame in frames)
        advice = "it has no AAM points; --crop face detects the faces without them" if pointless else ""
        raise unusable(path, f"none of {len(frames)} frames is usable", faults, advice)
    if not any(frame.pspi == 0 for frame in used):
        raise unusable(path, f"none of the {len(used)} usable frames, of {len(frames)}, has PSPI 0", faults)
    return _corpus(used, faults, seed)


def _corpus(used: Sequence[_Frame], faults: list[Fault], seed: int) -> Corpus:
    keys = np.arange(len(used))
    subject = np.array([frame.subject for frame in used])
    pspi = np.array([frame.pspi for frame in used])
    references = neutral_references(subject, pspi == 0, keys)
    faults.extend(reference_faults(subject, references))
    keys = keys[np.isin(subject, list(references))]

    def read(key: int, side: int) -> np.ndarray:
        frame = used[key]
        return cropped(read_picture(frame.path)[0], frame.box, frame.turns)

    def points(key: int) -> np.ndarray:
        left, top, size = crop_square(used[key].box)
        return (used[key].points - (left, top)) * np.float32(SIZE / size)

    detected = not all(len(frame.points) for frame in used)
    checksums = " ".join(f"{used[key].checksum:08x}" for key in keys.tolist())

    return Corpus(
        names=[used[key].name for key in keys.tolist()],
        subject=subject[keys],
        aus=np.array([used[key].aus for key in keys.tolist()]),
        pspi=pspi[keys],
        keys=keys,
        read=read,
        references=references,
        faults=tuple(faults),
        neutral_rule=NEUTRAL,
        seed=seed,
        points=None if detected else points,
        pictures=f"found {checksums}" if detected else checksums,
        real=True,
    )


def _read_frame(files: FrameFiles, detect: bool) -> _Frame:
    """Read and check one frame, with all its faults."""
    faults: list[Fault] = []
    pspi = read_pspi(files.pspi, files.name, faults)
    aus = read_aus(files.facs, files.name, faults)
    points = NO_POINTS if detect else read_points(files.aam, files.name, faults)
    image, checksum = _picture(files, faults)
    box, turns = np.zeros(4, np.float32), 0
    if not faults and detect:
        box, turns = detected_face(image, file_name(files.picture, files.name), faults) or (box, turns)
    elif not faults:
        box = _box_of(points, image, files, faults)
    usable = not faults
    if usable and pspi_of(aus) != pspi:
        detail = f"PSPI {pspi:g}, action units give {float(pspi_of(aus)):g}"
        faults.append(Fault("frames whose PSPI disagrees with their action units, kept", files.name, detail))
    path = files.picture or Path(files.name)  # without a picture, the frame is not used
    return _Frame(files.name, files.name[:3], path, pspi, aus, points, box, turns, checksum, usable, tuple(faults))


def _box_of(points: np.ndarray, image: np.ndarray, files: FrameFiles, faults: list[Fault]) -> np.ndarray:
    """The box [4] of the face around its points; a fault if it has no size, or is not in the picture [H, W, 3]."""
    box = box_of_points(five_points(points))
    left, top, side = crop_square(box)
    height, width = image.shape[:2]
    overlaps = -side < left < width and -side < top < height
    if not (1 < side < _WIDEST * max(height, width) and overlaps):
        faults.append(Fault("AAM points that are not around a face in the picture, left out", files.name))
    return box


def _picture(files: FrameFiles, faults: list[Fault]) -> tuple[np.ndarray, int]:
    """A picture and the CRC-32 of its file; an empty one and 0, and a fault, if it is missing or unusable."""
    if files.picture:
        return checked_picture(files.picture, faults)
    faults.append(Fault("frames without a picture, left out", files.name))
    return NO_PICTURE, 0
