"""A table of pictures, each with neutral pictures of the same person."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Final

import numpy as np

from painctl.corpora.picture_table import FACE, LABELS, read_rows
from painctl.files.names import printable
from painctl.prediction.cropping import Crop, Cropper, FaceCrop, FaceError, read_face
from painctl.prediction.picture_files import read_picture
from painctl.prediction.shots import Shot

_COLUMNS: Final = ("person", "image", "neutral", FACE)
_KEPT = 32  # neutral faces in memory


@dataclass(frozen=True)
class Row:
    """A row of the table."""

    image: Path
    neutral: tuple[Path, ...]  # empty if there is none
    person: str | None  # None without that column
    crop: Cropper | None = None  # takes the face that the row names, if it names one


class PersonPictures:
    """Pictures of people as a source: one shot per row, with the neutral pictures of that row."""

    # a row without a neutral picture is an error of its own, or is estimated alone
    is_video, is_complete, has_references = False, True, True
    remedy = "name one in the column neutral"  # for a row without a neutral picture
    requires_neutral = False  # whether a row without a neutral picture is an error
    # called once with each neutral picture and the face in it; returns the PSPI of that face alone, if it can be
    # estimated; may raise FaceError, which is then an error of the row
    examine: Callable[[Path, FaceCrop], float | None] = staticmethod(lambda path, face: None)

    def __init__(self, name: str, rows: Sequence[Row], crop: Crop | None, has_people: bool) -> None:
        """`crop` crops neutral pictures; `has_people` says whether the rows name people."""
        self.name, self.rows, self._crop = name, rows, crop
        self.count = len(self.rows)
        self.has_people = has_people
        self._neutral_face = lru_cache(_KEPT)(self._read_neutral)
        self._rest: dict[Path, float | None] = {}  # what `examine` returned

    @property
    def files(self) -> list[Path]:
        """All pictures that the rows name."""
        return [path for row in self.rows for path in (row.image, *row.neutral)]

    @property
    def alone(self) -> int:
        """The number of rows without a neutral picture."""
        return sum(not row.neutral for row in self.rows)

    def __iter__(self) -> Iterator[Shot]:
        for row in self.rows:
            yield Shot(
                printable(row.image),
                lambda row=row: read_picture(row.image),  # type: ignore[misc]
                references=(lambda row=row: self._neutral_faces(row)) if row.neutral or self.requires_neutral else None,  # type: ignore[misc]
                person=row.person,
                crop=row.crop,
                reference_images=tuple(map(printable, row.neutral)),
                rest=lambda row=row: self._rest_of(row),  # type: ignore[misc]
            )

    def remark(self) -> str:
        return ""

    def _neutral_faces(self, row: Row) -> list[np.ndarray]:
        if not row.neutral:
            raise FaceError(printable(row.image), "no neutral picture", self.remedy)
        return [*map(self._neutral_face, row.neutral)]

    def _rest_of(self, row: Row) -> float | None:
        scores = [self._rest.get(path) for path in row.neutral]
        estimated = [score for score in scores if score is not None]
        return max(estimated) if estimated and len(estimated) == len(scores) else None

    def _read_neutral(self, path: Path) -> np.ndarray:
        try:
            face = read_face(path, self._crop)
            if path not in self._rest:
                self._rest[path] = self.examine(path, face)
        except FaceError as error:
            raise FaceError(str(path), f"neutral picture: {error.reason}", "name another in this row") from None
        except OSError as error:
            reason = "neutral picture: not readable"
            raise FaceError(str(path), reason, error.strerror or "name another in this row") from None
        except ValueError as error:
            reason = "neutral picture: not readable"
            raise FaceError(str(path), reason, str(error).removeprefix(f"{path}: ")) from None
        return face.picture


class PairsFile(PersonPictures):
    """The pictures of a CSV file."""

    def __init__(
        self, path: Path, crop: Crop | None, part: tuple[int, int] = (0, 1), cropper: Cropper | None = None
    ) -> None:
        """`crop` crops neutral pictures, and `cropper` the others. Of `part` (I, N), it takes every N-th row from the
        I-th.

        Raises OSError or ValueError, which names the file and the line, if it is not such a table.
        """
        rows = read_pairs(path, cropper)
        if not rows:
            raise ValueError(f"{path}: no rows; each needs an image")
        super().__init__(printable(path), rows[part[0] :: part[1]], crop, rows[0].person is not None)
        different = {(row.image, row.neutral, row.person, row.crop.face if row.crop else "") for row in rows}
        self._repeated = len(rows) - len(different)

    def remark(self) -> str:
        if not self._repeated:
            return ""
        rows = "1 row repeats an earlier one" if self._repeated == 1 else f"{self._repeated} rows repeat earlier ones"
        return f"{self.name}: {rows}"


def read_pairs(path: Path, cropper: Cropper | None = None) -> list[Row]:
    """The rows of a CSV file with the columns image, and optionally neutral, person and face; labels are ignored.

    `face` says which face of several `cropper` takes, as of `Cropper`; empty for its own choice. Raises ValueError,
    which names the file and the line, for another value, and without a cropper; and as `picture_table.read_rows`.
    """
    table = read_rows(path, (*_COLUMNS, *LABELS), "image, and optionally neutral, person and face")
    rows = []
    for row in table:
        person = None if row.person is None else printable(row.person)
        crop = _crop_of(row.cells[FACE], cropper, f"{path}: line {row.line}") if row.cells.get(FACE) else None
        rows.append(Row(row.image, row.neutral, person, crop))
    return rows


def _crop_of(face: str, cropper: Cropper | None, where: str) -> Cropper:
    if cropper is None:
        raise ValueError(f"{where}: face {face}, but --crop none detects no face; leave one out")
    try:
        return replace(cropper, face=face)
    except ValueError as error:
        raise ValueError(f"{where}: {error}") from None
