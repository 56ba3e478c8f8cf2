"""Folders with a folder of pictures for each person, some of them neutral."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from painctl.files.names import printable
from painctl.prediction.cropping import Crop
from painctl.prediction.pairs_file import PersonPictures, Row
from painctl.prediction.sources import pictures_in, visible_in
from painctl.records import UsageError

_NEUTRAL = re.compile(r"neutral(?![a-z])", re.IGNORECASE)  # neutral.jpg, neutral-2.png, but not neutralised.jpg


class PeopleFolders(PersonPictures):
    """The pictures of people, each compared with those in the same folder whose names begin with `neutral`."""

    def __init__(self, folders: Sequence[Path], crop: Crop | None, part: tuple[int, int], by_name: bool) -> None:
        """`folders` are as `holds_people` accepts. Without `by_name`, no picture is a neutral one.

        Of `part` (I, N), it takes every N-th person from the I-th: what a face is compared with does not depend on it.
        """
        people = [rows for folder in folders for rows in read_people(folder, by_name)]
        self.remedy = "name one neutral.jpg in the folder of the person"
        self.remedy += ", or use --neutral auto" if by_name else " and leave --neutral auto out"
        chosen = [row for rows in people[part[0] :: part[1]] for row in rows]
        super().__init__(", ".join(map(printable, folders)), chosen, crop, has_people=True)
        self._ignored = [path for folder in folders for path in _others_in(folder)]

    def remark(self) -> str:
        if not self._ignored:
            return ""
        others = f" and {len(self._ignored) - 1} more" if len(self._ignored) > 1 else ""
        return f"not pictures in folders of people, ignored: {printable(self._ignored[0])}{others}"


def holds_people(path: Path) -> bool:
    """Whether a folder holds folders of pictures. Raises UsageError if it holds pictures beside them."""
    if not path.is_dir() or not any(pictures_in(folder)[0] for folder in visible_in(path) if folder.is_dir()):
        return False
    if pictures := pictures_in(path)[0]:
        raise UsageError(
            f"{printable(path)}: has folders of pictures, one for each person, and pictures beside them, such as "
            f"{printable(pictures[0].name)}; move these elsewhere, or name pictures in place of the folder"
        )
    return True


def read_people(folder: Path, by_name: bool) -> list[list[Row]]:
    """The pictures of each person, in the order of their names, with the neutral ones of the same person.

    Those are not rows of their own, unless a person has no others, which are then compared with none.
    """
    people = []
    for person in filter(Path.is_dir, visible_in(folder)):
        pictures = pictures_in(person)[0]
        neutral = tuple(path for path in pictures if by_name and _NEUTRAL.match(path.stem))
        others = [path for path in pictures if path not in neutral]
        name = printable(person.name)
        people.append([Row(path, neutral, name) for path in others] or [Row(path, (), name) for path in pictures])
    return [rows for rows in people if rows]


def _others_in(folder: Path) -> list[Path]:
    """What is neither the folder of a person nor a picture in one."""
    others = []
    for entry in visible_in(folder):
        pictures = set(pictures_in(entry)[0]) if entry.is_dir() else set()
        others += [path for path in (visible_in(entry) if entry.is_dir() else [entry]) if path not in pictures]
    return others
