"""A picture to predict, and the protocol of the sources that yield them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np


@dataclass(frozen=True, eq=False)
class Shot:
    """One picture, read lazily."""

    name: str
    read: Callable[[], np.ndarray]  # RGB uint8 [H, W, 3]; raises ValueError or OSError that names the picture
    frame: int | None = None  # of a video, from 0
    time: float | None = None  # seconds from the start of the video; None if the video does not state it
    framed: bool = False  # already cropped like painctl's frames
    is_neutral: bool = False
    references: Callable[[], list[np.ndarray]] | None = None  # neutral pictures of the same person from the source
    reference_images: tuple[str, ...] = ()  # their paths as printable text, if they are files
    person: str | None = None  # if the source says who it is
    # a `cropping.Crop` in place of the one for all pictures, if the source says which face
    crop: Callable[[np.ndarray, str], Any] | None = None
    rest: Callable[[], float | None] = lambda: None  # PSPI of the references, once they have been read, if estimated


class Source(Protocol):
    """The shots of one picture file, video or shard."""

    name: str
    count: int  # of shots; an estimate for some videos
    is_video: bool
    has_references: bool  # whether its shots have neutral pictures of the same person

    @property
    def is_complete(self) -> bool:
        """Whether every shot of the file was yielded, once all have been; false for a video that was cut off."""

    def __iter__(self) -> Iterator[Shot]: ...

    def remark(self) -> str:
        """A warning to report after the last shot; empty if there is none."""
