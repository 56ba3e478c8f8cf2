"""What the container of a video states about itself."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Container:
    """What a container states."""

    kind: str  # empty if it is none that is recognised
    fault: str = ""  # why the file cannot be whole
    codec: str = ""  # of the video, as the file names it
    frames: int | None = None  # exact, if it is stated and no edit list leaves frames out
    is_trimmed: bool = False  # whether an edit list leaves frames out


def cut_off(stated: int, size: int) -> str:
    """Why a file of `size` bytes that should have `stated` is not whole; empty if it may be."""
    return f"it should have {stated:,} bytes and has {size:,}" if stated > size else ""


def printed(code: bytes) -> str:
    """A codec's code as text."""
    return "".join(chr(byte) for byte in code if 32 < byte < 127)
