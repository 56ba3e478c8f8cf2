"""What the engines of each role take and return. The dataclasses hold arrays; engines do not read shards."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np

from painctl.records import Camera, Identity, OwnColours, Textures, Topology
from painctl.render.head_view import HeadView
from painctl.rig.interface import Rig


@dataclass(frozen=True, eq=False)
class PortraitRequest:
    """A person whose frontal neutral portrait is requested."""

    person: Identity
    topology: Topology
    vertices: np.ndarray  # float32 [V, 3], the neutral head, metres
    depth: np.ndarray  # float32 [S, S], 1 at the nearest point of the head, 0 behind it
    camera: Camera  # of the depth map


@dataclass(frozen=True, eq=False)
class Portrait:
    """A portrait aligned to its depth map."""

    image: np.ndarray  # uint8 [S, S, 3], sRGB
    mask: np.ndarray  # uint8 [S, S], see render.frame
    attempt: int | None = None  # how many portraits were rejected before it; None if the engine draws only one
    agreement: float | None = None  # of face and depth map, 0..1; None if the engine renders the head itself


class PortraitEngine(Protocol):
    """Paints portraits; `record` is what the history of a shard keeps about the engine besides its name."""

    record: Mapping[str, Any]

    def paint(self, requests: Iterable[PortraitRequest]) -> Iterator[Portrait | Exception]:
        """For each request, in order, the portrait or the error that prevented it."""


# errors of the machine rather than of one person: they end the run
FATAL = (OSError, MemoryError, ImportError)


def paint_each(
    requests: Iterable[PortraitRequest], paint: Callable[[PortraitRequest], Portrait]
) -> Iterator[Portrait | Exception]:
    """The portrait that `paint` returns for each request, or the error. Raises errors in `FATAL`."""
    for request in requests:
        try:
            yield paint(request)
        except FATAL:
            raise
        except Exception as error:
            yield error


@dataclass(frozen=True, eq=False)
class TextureRequest:
    """A person whose textures are requested; portrait and camera are None for an engine that does not need them."""

    person: Identity
    topology: Topology
    vertices: np.ndarray  # float32 [V, 3], the neutral head, metres
    size: int  # texels
    portrait: Portrait | None = None
    camera: Camera | None = None
    own: OwnColours | None = None  # those of a head mesh


class TextureEngine(AbstractContextManager["TextureEngine"], Protocol):
    """Paints textures; a context manager, since an engine may hold a process. `record` as for portraits."""

    record: Mapping[str, Any]

    def paint(self, request: TextureRequest) -> Textures:
        """The person's textures. Raises ValueError that says why there are none."""


class RigEngine(Protocol):
    """Rigs heads of any topology that it supports. `record` as for portraits."""

    record: Mapping[str, Any]

    def rig(self, topology: Topology) -> Rig:
        """The rig of heads of this topology. Raises ValueError if it does not support it."""


@dataclass(frozen=True, eq=False)
class InpaintRequest:
    """A frame rendered without hair, whose surroundings are to be painted."""

    purpose: str  # identifies the frame among the person's, for random draws
    image: np.ndarray  # uint8 [S, S, 3], sRGB
    mask: np.ndarray  # uint8 [S, S], see render.frame
    head: HeadView  # with the region "scalp"


@dataclass(frozen=True, eq=False)
class Inpainted:
    """A frame with painted surroundings."""

    image: np.ndarray  # uint8 [S, S, 3], sRGB; the face is exactly that of the request
    mask: np.ndarray  # uint8 [S, S]
    prompt: str
    repainted: np.ndarray  # bool [S, S], true where it was painted


class InpaintEngine(Protocol):
    """Paints the surroundings of rendered faces. `record` as for portraits."""

    record: Mapping[str, Any]

    def paint(self, person: Identity, requests: Iterable[InpaintRequest]) -> Iterator[Inpainted]:
        """The frames of one person, in order."""
