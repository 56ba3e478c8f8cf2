"""The open head: Anny on MakeHuman data."""

from __future__ import annotations

from painctl.face.head import FILE, Head, load_head
from painctl.records import Reporter


def probe() -> str:
    """Raises OSError if this copy of painctl lacks the head."""
    FILE.stat()
    return ""


def build(reporter: Reporter) -> Head:
    """The head that comes with painctl. Raises as `load_head`."""
    return load_head()
