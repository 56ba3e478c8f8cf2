"""UNBC-McMaster as distributed: Images, Frame_Labels/PSPI, Frame_Labels/FACS, AAM_landmarks (Lucey et al. 2011).

Every frame is checked before training begins. A PSPI file holds one number; a FACS file has rows of AU, intensity and
two more values, and an empty one means that no unit is active. The PSPI of the file is used; frames whose units give
another are listed and kept. Frames that are unreadable, unlabelled or black are listed and left out. Faces are cropped
by the AAM points, or by face detection for a copy without these points.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np

from painctl.corpora.corpus import Corpus, is_black, neutral_references, reference_faults
from painctl.corpora.faults import Fault
from painctl.detect.detection import detect_faces
from painctl.detect.framing import box_of_points, crop_face, crop_square, five_points
from painctl.images.encode import decode_rgb
from painctl.images.resize import center_crop
from painctl.pain.action_units import ACTION_UNITS
from painctl.pain.action_units import pspi as pspi_of
from painctl.vitpain.sources import NO_PICTURE

IMAGES: Final = "Images"
SIZE: Final = 256  # pixels of a cropped face, about its size in the original
POINTS: Final = 66  # the 68 landmarks without the inner corners of the mouth
NEUTRAL: Final = "frames of PSPI 0 of the same person, drawn for each frame"
_NO_POINTS: Final = np.empty((0, 2), np.float32)
_NUMBERS = tuple(int(name[2:]) for name in ACTION_UNITS)


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
    checksum: int  # CRC-32 of the picture's file
    usable: bool
    faults: tuple[Fault, ...]


def is_unbc(folder: Path) -> bool:
    """Whether a folder is laid out like UNBC-McMaster."""
    return (folder / IMAGES).is_dir() and (folder / "Frame_Labels" / "PSPI").is_dir()


def read_unbc(folder: Path, seed: int = 0, detect: bool = False) -> Corpus:
    """The corpus in a folder, its frames in the order of subject, sequence and frame; pictures are square face crops.

    They are cropped like painctl's own frames, by the AAM points, or with `detect` by `detect_faces`. Detection takes a
    tenth of a second per frame and core, and uses the largest of several faces; AAM points are then ignored, and the
    corpus has no landmarks. Raises ValueError if there is no usable frame.
    """
    names = sorted({*_names(folder / IMAGES, ".png"), *_names(folder / "Frame_Labels" / "PSPI", "_facs.txt")})
    with ThreadPoolExecutor() as pool:  # reading, decoding and detection run in parallel
        frames = list(pool.map(lambda name: _read_frame(folder, name, detect), names))
    faults = [fault for frame in frames for fault in frame.faults]
    used = [frame for frame in frames if frame.usable]
    if frames and all(any("AAM" in fault.kind for fault in frame.faults) for frame in frames):
        raise ValueError(f"{folder}: has no AAM points; --crop face detects the faces without them")
    if not any(frame.pspi == 0 for frame in used):
        raise ValueError(
            f"{folder}: no usable frame of PSPI 0 among {len(frames)}; is this the original layout of UNBC-McMaster?"
        )
    return _corpus(used, faults, seed)


def _corpus(used: Sequence[_Frame], faults: list[Fault], seed: int) -> Corpus:
    keys = np.arange(len(used))
    subject = np.array([frame.subject for frame in used])
    pspi = np.array([frame.pspi for frame in used])
    references = neutral_references(subject, pspi, keys)
    faults.extend(reference_faults(subject, references))
    keys = keys[np.isin(subject, list(references))]

    def read(key: int, side: int) -> np.ndarray:
        frame = used[key]
        image = decode_rgb(frame.path.read_bytes(), str(frame.path))
        return center_crop(crop_face(image, frame.box), SIZE, 1.0)

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


def _names(folder: Path, ending: str) -> Iterator[str]:
    """subject/sequence/frame of every file three levels down."""
    for path in folder.glob(f"*/*/*{ending}"):
        yield "/".join((*path.parts[-3:-1], path.name[: -len(ending)]))


def _read_frame(folder: Path, name: str, detect: bool) -> _Frame:
    """Read and check one frame, with all its faults."""
    path = folder / IMAGES / f"{name}.png"
    labels = {kind: folder / "Frame_Labels" / kind / f"{name}_facs.txt" for kind in ("PSPI", "FACS")}
    faults: list[Fault] = []
    score = _table(labels["PSPI"], "PSPI labels", faults)
    units = _table(labels["FACS"], "FACS labels", faults)
    pspi, aus = _pspi(score, labels["PSPI"], faults), _aus(units, labels["FACS"], faults)
    points = _NO_POINTS if detect else _points(folder / "AAM_landmarks" / f"{name}_aam.txt", name, faults)
    image, checksum = _picture(path, faults)
    box = np.zeros(4, np.float32)
    if not faults:
        box = _detect_box(image, path, faults) if detect else box_of_points(five_points(points))
    usable = not faults
    if usable and pspi_of(aus) != pspi:
        detail = f"PSPI {pspi:g}, action units give {float(pspi_of(aus)):g}"
        faults.append(Fault("frames whose PSPI disagrees with their action units, kept", name, detail))
    return _Frame(name, name[:3], path, pspi, aus, points, box, checksum, usable, tuple(faults))


def _points(path: Path, name: str, faults: list[Fault]) -> np.ndarray:
    """The AAM points, float32 [66, 2]; [0, 2], and a fault, if they are missing or invalid."""
    points = _table(path, "AAM points", faults)
    if points is not None and points.shape != (POINTS, 2):
        faults.append(Fault("AAM points that are not 66 pairs, left out", name, f"{points.shape[0]} rows"))
        return _NO_POINTS
    return _NO_POINTS if points is None else points.astype(np.float32)


def _detect_box(image: np.ndarray, path: Path, faults: list[Fault]) -> np.ndarray:
    """The box [4] of the largest face in a picture; zeros, and a fault, if none is detected."""
    faces = detect_faces(image)
    if not len(faces):
        faults.append(Fault("pictures without a detectable face, left out", path.name))
        return np.zeros(4, np.float32)
    return faces.boxes[faces.largest]


def _table(path: Path, labels: str, faults: list[Fault]) -> np.ndarray | None:
    """The numbers of a text file, float [rows, columns]; None, and a fault, if there are none to read."""
    try:
        rows = [line.split() for line in path.read_text().splitlines() if line.strip()]
        return np.array(rows, float).reshape(len(rows), -1 if rows else 0)
    except FileNotFoundError:
        faults.append(Fault(f"frames without {labels}, left out", path.name))
    except (ValueError, OSError) as error:
        faults.append(Fault(f"{labels} that cannot be read, left out", path.name, " ".join(str(error).split())[:60]))
    return None


def _pspi(table: np.ndarray | None, path: Path, faults: list[Fault]) -> float:
    if table is None:
        return 0.0
    if table.size != 1 or not 0 <= table[0, 0] <= 16:
        faults.append(Fault("PSPI labels that are not one number from 0 to 16, left out", path.name))
        return 0.0
    return float(table[0, 0])


def _aus(table: np.ndarray | None, path: Path, faults: list[Fault]) -> np.ndarray:
    """The six units float [6], 0 where not listed; AU43 is 0 or 1."""
    aus = np.zeros(len(ACTION_UNITS))
    if table is None or not table.size:
        return aus
    if table.shape[1] < 2 or not ((table[:, 1] >= 0) & (table[:, 1] <= 5)).all():
        faults.append(
            Fault("FACS labels that are not rows of action unit and intensity from 0 to 5, left out", path.name)
        )
        return aus
    for row, number in enumerate(_NUMBERS):
        intensities = table[table[:, 0] == number, 1]
        aus[row] = intensities.max() if len(intensities) else 0
    aus[-1] = aus[-1] > 0
    return aus


def _picture(path: Path, faults: list[Fault]) -> tuple[np.ndarray, int]:
    """A picture and the CRC-32 of its file; an empty one and 0, and a fault, if it is unusable."""
    try:
        data = path.read_bytes()
        image = decode_rgb(data, path.name)
    except FileNotFoundError:
        faults.append(Fault("frames without a picture, left out", path.name))
    except (ValueError, OSError):
        faults.append(Fault("pictures that cannot be read, left out", path.name))
    else:
        if not is_black(image):
            return image, zlib.crc32(data)
        faults.append(Fault("black frames, left out", path.name))
    return NO_PICTURE, 0
