"""The file formats of pictures and plots, by suffix."""

from __future__ import annotations

from typing import Final

SUFFIXES: Final = (".png", ".jpg", ".jpeg", ".pdf", ".svg")
PAGED: Final = (".pdf",)  # hold several pages
