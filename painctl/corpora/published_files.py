"""Where the folders of the published 3DPain are, and how its pictures are named."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from painctl.corpora.layout import entries, folders, nearest, starts
from painctl.corpora.published_labels import ENDING

IMAGES: Final = "meshes_inpainted"
_ANNOTATIONS = "annotations"
PICTURE: Final = re.compile(
    r"(?P<base>(?P<person>.+?)_(?:pain_\d+|(?P<neutral>neutral)))_(?:textured_)?view_(?P<view>[0-9]{1,6})(?:_inpainted)?"
    r"\.(?:(?i:jpe?g|png))",
    re.DOTALL,
)
_ANNOTATION = re.compile(f"{re.escape(ENDING)}\\Z", re.IGNORECASE)


@dataclass(frozen=True)
class Folders:
    """The folders of a corpus."""

    images: Path
    annotations: Path
    around: Path  # where the other two were looked for, which may have the split


def find_published(path: Path) -> Folders | None:
    """The folders of the published 3DPain at, around or below a path; None without them.

    Raises ValueError if two folders could be meant.
    """
    table = [path.parent] if path.suffix.lower() == ".csv" else []  # the split, beside the folders
    for start in [*table, *starts(path, {IMAGES, _ANNOTATIONS})]:
        levels = folders(start)
        images = nearest(levels, IMAGES, lambda folder: _holds(folder, PICTURE.fullmatch))
        if images and (annotations := nearest(levels, _ANNOTATIONS, lambda folder: _holds(folder, _ANNOTATION.search))):
            return Folders(images, annotations, start)
    return None


def _holds(folder: Path, matches: Callable[[str], object]) -> bool:
    """Whether a folder has a file of such a name."""
    try:
        return any(matches(entry.name) for entry in entries(folder))
    except OSError:
        return False
