"""The kinds of occluders: their names, values in masks, places on the head, and how they are made."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from painctl.appearance.occluders.bedside import bed_rail, monitor, monitor_light, pillow
from painctl.appearance.occluders.fringe import fringe, has_fringe
from painctl.appearance.occluders.glasses import glasses, sunglasses
from painctl.appearance.occluders.hand import hand
from painctl.appearance.occluders.headwear import bandage, cap, headscarf
from painctl.appearance.occluders.oxygen_mask import oxygen_mask
from painctl.appearance.occluders.part import Lamp, Occluder, Part
from painctl.appearance.occluders.relief import Relief, to_polar
from painctl.appearance.occluders.surgical_mask import chin_mask, surgical_mask
from painctl.appearance.occluders.tubing import cannula, gastric_tube
from painctl.appearance.occluders.wearer import Wearer
from painctl.mesh.normals import unit
from painctl.records import Camera, Mesh

_PRESSED = 0.002  # metres, least distance between headwear and the hair under it
_MOST = 0.010  # metres by which a mask moves glasses forwards, at most
_SPRING = 0.004  # metres per degree at which hair springs up beside the edge of headwear


@dataclass(frozen=True)
class Kind:
    """One kind of occluder. Two that share a place cannot be worn together."""

    value: int  # in masks, a multiple of 8
    places: tuple[str, ...]
    fit: Callable[[Wearer], list[Part]] | None = None  # to a face
    stand: Callable[[Wearer, Camera], list[Part]] | None = None  # around it, as a camera sees it
    presses: bool = False  # hair under it
    lamp: Callable[[Wearer, Camera], Lamp] | None = None  # the light that it sheds


KINDS = {
    "glasses": Kind(8, ("eyes",), glasses),
    "sunglasses": Kind(16, ("eyes",), sunglasses),
    "mask": Kind(24, ("mouth",), surgical_mask),
    "chin-mask": Kind(32, ("mouth", "chin"), chin_mask),
    "cannula": Kind(40, ("nostrils", "chin"), cannula),
    "oxygen-mask": Kind(48, ("mouth", "nostrils"), oxygen_mask),
    "gastric-tube": Kind(56, ("nostrils",), gastric_tube),
    "bandage": Kind(64, ("forehead",), bandage, presses=True),
    "headscarf": Kind(72, ("forehead", "chin"), headscarf),
    "cap": Kind(80, ("forehead",), cap, presses=True),
    "hand": Kind(88, ("cheek",), hand),
    "fringe": Kind(96, ("forehead",)),
    "pillow": Kind(104, ("pillow",), stand=pillow),
    "bed-rail": Kind(112, ("bed",), stand=bed_rail),
    "monitor": Kind(120, ("bedside",), stand=monitor, lamp=monitor_light),
}


def put_on(wearer: Wearer, names: Sequence[str]) -> list[Occluder]:
    """Those of the named objects that are worn, fitted to a face; a fringe only if the hair is long enough."""
    worn = []
    for name in names:
        kind = KINDS[name]
        if kind.fit:
            parts = tuple(kind.fit(wearer))
            if "eyes" in kind.places and "mask" in names:
                parts = _over(wearer, parts, surgical_mask(wearer)[0])
            press = _press(wearer, parts) if kind.presses else None
            worn.append(Occluder(name, parts, press=press, covers_hair=name == "headscarf"))
        elif name == "fringe" and has_fringe(wearer.person.haircut):
            worn.append(Occluder(name, (), fringe(wearer)))
    return worn


def set_up(wearer: Wearer, camera: Camera, names: Sequence[str]) -> list[Occluder]:
    """Those of the named objects that stand around the head, as a camera sees them."""
    placed = []
    for name in names:
        kind = KINDS[name]
        if kind.stand:
            lamp = kind.lamp(wearer, camera) if kind.lamp else None
            placed.append(Occluder(name, tuple(kind.stand(wearer, camera)), lamp=lamp))
    return placed


def _over(wearer: Wearer, parts: Sequence[Part], below: Part) -> tuple[Part, ...]:
    """Parts moved forwards until they are in front of another that is worn below them."""
    cover = Relief.of(below.mesh.vertices.astype(float), below.mesh.faces, wearer.centre)
    points = np.concatenate([part.mesh.vertices for part in parts]).astype(float)
    azimuth, elevation, radius = to_polar(points, wearer.centre)
    under = np.where(np.abs(azimuth) < 40, cover.at(azimuth, elevation) + _PRESSED - radius, 0)
    ahead = np.array((0, 0, np.clip(under.max(), 0, _MOST)), np.float32)
    return tuple(replace(part, mesh=replace(part.mesh, vertices=part.mesh.vertices + ahead)) for part in parts)


def _press(wearer: Wearer, parts: Sequence[Part]) -> Callable[[np.ndarray], np.ndarray]:
    """Moves points of the hair that would stick out of headwear to the inside of it."""
    mesh = Mesh.joined([part.mesh for part in parts])
    cover = Relief.of(mesh.vertices.astype(float), mesh.faces, wearer.centre).spread(_SPRING)

    def press(points: np.ndarray) -> np.ndarray:
        azimuth, elevation, radius = to_polar(points, wearer.centre)
        limit = np.maximum(cover.at(azimuth, elevation) - _PRESSED, 0.05)
        return wearer.centre + np.minimum(radius, limit)[:, None] * unit(points - wearer.centre)

    return press
