"""One picture to estimate, and where a run of them comes from."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Protocol

import numpy as np


@dataclass(frozen=True, eq=False)
class Shot:
    """One picture to look at, read when it is asked for."""

    name: str
    read: Callable[[], np.ndarray]  # RGB uint8 [H, W, 3]; raises ValueError or OSError that names it
    frame: int | None = None  # of a video, from 0
    time: float | None = None  # seconds from the start of the video
    framed: bool = False  # already has the framing of painctl's frames
    is_neutral: bool = False
    references: Callable[[], list[np.ndarray]] | None = None  # neutral pictures of the same person that came with it


class Source(Protocol):
    """Shots that came as one thing."""

    name: str
    count: int  # of shots, as far as is known
    is_video: bool
    has_references: bool  # shots come with their own neutral pictures

    def __iter__(self) -> Iterator[Shot]: ...

    def remark(self) -> str:
        """What is to be said after the last shot, or nothing."""
