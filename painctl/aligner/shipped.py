"""The aligner that comes with painctl."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from painctl.aligner.aligner import Aligner

FILE: Final = Path(str(files("painctl.aligner"))) / "aligner.safetensors"


@cache
def shipped_aligner() -> Aligner:
    """The aligner that comes with painctl, read once. Raises as `weights.read`."""
    from painctl.aligner.aligner import Aligner
    from painctl.aligner.weights import read

    return Aligner(read(FILE))
