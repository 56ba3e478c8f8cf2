"""The file formats of pictures and plots, by suffix."""

from __future__ import annotations

from pathlib import Path
from typing import Final

SUFFIXES: Final = (".png", ".jpg", ".jpeg", ".pdf", ".svg")
PAGED: Final = (".pdf",)  # hold several pages


def is_accepted(path: Path) -> bool:
    """Whether a picture can be written in the format that the path's suffix stands for, in upper or lower case."""
    return path.suffix.lower() in SUFFIXES
