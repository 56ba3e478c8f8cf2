"""inspect: what shards and datasets hold, and their pictures on a contact sheet."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import cv2

from painctl.dataset.gallery import gallery, sheet_rows
from painctl.dataset.summary import describe, read_card
from painctl.files.publish import atomic_write
from painctl.images.contact_sheet import contact_sheet

__all__ = ["describe", "read_card", "write_sheet"]


def write_sheet(paths: Sequence[Path], picture: Path, by_person: bool = False) -> None:
    """Write the contact sheet of shards, or their gallery, as PNG or JPEG by its suffix: complete or absent."""
    titles, rows = gallery(paths) if by_person else ([], sheet_rows(paths))
    _, data = cv2.imencode(picture.suffix, contact_sheet(rows, titles=titles)[..., ::-1])
    atomic_write(picture, data.tobytes())
