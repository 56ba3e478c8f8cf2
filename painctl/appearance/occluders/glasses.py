"""Glasses: two rims around curved lenses, a bridge, pads, and temples that run over the ears.

Sizes follow common frames: lenses of 46 to 54 mm, a bridge of 16 to 20 mm, 12 to 14 mm between cornea and lens, the
lower edge tilted towards the cheek by a few degrees. Lengths are metres.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from painctl.appearance.occluders.part import METAL, PLASTIC, Material, Part
from painctl.appearance.occluders.shapes import curve, grid, tube, vector
from painctl.appearance.occluders.wearer import Wearer
from painctl.face.head import eye_centres
from painctl.records import Mesh

_LENS = Material(opacity=0.04, reflectance=0.08, roughness=0.05, mirror=True)  # two uncoated surfaces of 4 % each
_DARK = Material(opacity=0.90, reflectance=0.06, roughness=0.05, mirror=True)
_VERTEX = 0.0135  # from the eyeball's front to the lens
_TILT, _WRAP = np.radians(5.0), np.radians(4.0)
_CURVE = 7.5  # 1/m, half the curvature of the lens
_PLASTICS = ((0.012, 0.012, 0.013), (0.09, 0.035, 0.014), (0.03, 0.02, 0.015), (0.02, 0.03, 0.07), (0.25, 0.05, 0.05),
             (0.35, 0.30, 0.26), (0.06, 0.07, 0.06))  # fmt: skip
_METALS = ((0.75, 0.75, 0.77), (0.80, 0.62, 0.34), (0.10, 0.10, 0.11), (0.62, 0.45, 0.38))


@dataclass(frozen=True)
class _Frame:
    width: float  # of a lens
    height: float
    square: float  # exponent of the outline: 2 is an ellipse, 5 nearly a rectangle
    drop: float  # of the outer lower corner, as in aviator frames, as a share of the height
    rim: float  # half the thickness; 0 for no rim
    metal: bool
    colour: np.ndarray


def glasses(wearer: Wearer) -> list[Part]:
    """Glasses with clear lenses."""
    return _pair(wearer, _frame(wearer, "glasses", dark=False), _LENS, np.array((0.35, 0.36, 0.36)))


def sunglasses(wearer: Wearer) -> list[Part]:
    """Glasses with dark lenses."""
    generator = wearer.draws("sunglasses/tint")
    tint = np.array([(0.012, 0.012, 0.013), (0.022, 0.013, 0.007), (0.010, 0.016, 0.012)])[generator.integers(3)]
    return _pair(wearer, _frame(wearer, "sunglasses", dark=True), _DARK, tint)


def _frame(wearer: Wearer, purpose: str, dark: bool) -> _Frame:
    generator = wearer.draws(purpose)
    metal = bool(generator.random() < 0.4)
    width, height = generator.uniform((0.047, 0.034), (0.053, 0.043)) + (0.003 if dark else 0)
    square = generator.uniform(2.1, 4.5)
    if generator.random() < 0.2:  # round
        width = height = generator.uniform(0.043, 0.047)
        square = 2.0
    colours = _METALS if metal else _PLASTICS
    return _Frame(
        width,
        height,
        square,
        generator.uniform(0, 0.12),
        generator.uniform(0.0007, 0.0010) if metal else generator.uniform(0.0014, 0.0026),
        metal,
        np.array(colours[generator.integers(len(colours))]),
    )


def _pair(wearer: Wearer, frame: _Frame, lens: Material, tint: np.ndarray) -> list[Part]:
    # Layout in the plane of the lenses: x outwards from the midline, y up, z forwards
    eyes = eye_centres(wearer.topology, wearer.neutral).astype(float)
    apart = np.abs(eyes[:, 0]).mean()
    bridge = 2 * apart - frame.width  # between the lenses, their centres in front of the pupils
    bridge = np.clip(bridge, 0.015, 0.021)
    middle = (bridge + frame.width) / 2
    outline, lens_centre = _outline(frame), np.array((middle, -0.003))
    rims = {side: _bent(outline + lens_centre, side) for side in (1, -1)}

    # Place: as high as the bridge of the nose carries them, far enough in front of brows and cheeks
    nose = wearer.landmarks[27] - wearer.at_rest[27]
    origin = np.array((0, eyes[:, 1].mean(), eyes[:, 2].mean() + 0.012 + _VERTEX)) + nose * (0, 1, 1)
    contact = np.concatenate([*rims.values()])
    for _ in range(4):
        above = wearer.height(contact + origin)[0]
        origin = origin + vector(0, 0, max(frame.rim + 0.0015 - float(above.min()), 0))

    # Meshes
    material = METAL if frame.metal else PLASTIC
    solid, panes = [], []
    for side in (1, -1):
        rim = rims[side] + origin
        solid.append(tube(rim, frame.rim, frame.colour, (0, 0, 1.0), flat=1.2, closed=True))
        rings = np.linspace(0.02, 1, 26)[:, None, None]
        flat = outline[None] * rings + lens_centre
        panes.append(grid(_bent(flat.reshape(-1, 2), side).reshape(*flat.shape[:2], 3) + origin, tint, closed=True))
        solid.append(_temple(wearer, rim, frame, side))
        solid.append(_pad(wearer, rim, side))
    inner = [rims[side][_nearest_to_bridge(rims[side])] + origin for side in (1, -1)]
    crown = [end * (0.4, 1, 1) + vector(0, 0.002, 0.002) for end in inner]
    arch = curve(np.stack([inner[0], *crown, inner[1]]), 14)
    solid.append(tube(wearer.clear(arch, frame.rim + 0.0005), 0.9 * frame.rim + 0.0003, frame.colour))
    return [*(Part(mesh, material) for mesh in solid), *(Part(mesh, lens, casts=lens is _DARK) for mesh in panes)]


def _outline(frame: _Frame) -> np.ndarray:
    """The edge of a lens around its centre, x outwards and y up: a superellipse [N, 2], cut off towards the nose."""
    turn = np.linspace(0, 2 * np.pi, 88, endpoint=False)
    c, s = np.cos(turn), np.sin(turn)
    x = np.sign(c) * np.abs(c) ** (2 / frame.square) * frame.width / 2
    y = np.sign(s) * np.abs(s) ** (2 / frame.square) * frame.height / 2
    inner, low = np.clip(-x / frame.width * 2, 0, 1), np.clip(-y / frame.height * 2, 0, 1)
    x = x + 0.09 * frame.width * inner * low  # room for the nose
    y = y - frame.drop * frame.height * np.clip(x / frame.width * 2, 0, 1) * low
    return np.stack([x, y], 1)


def _bent(flat: np.ndarray, side: int) -> np.ndarray:
    """Points [N, 2] of the plane of the lenses, on a tilted and wrapped surface: [N, 3], relative to the bridge."""
    x, y = flat.T
    z = -_CURVE * (x - 0.03) ** 2 - _CURVE * y**2 - np.tan(_WRAP) * x + np.tan(_TILT) * y
    return np.stack([side * x, y, z], 1)


def _nearest_to_bridge(rim: np.ndarray) -> int:
    return int(np.argmin(np.abs(rim[:, 0]) - 0.6 * rim[:, 1]))


def _temple(wearer: Wearer, rim: np.ndarray, frame: _Frame, side: int) -> Mesh:
    """The bar from the hinge over the ear, and down behind it."""
    low, high = wearer.ear(side)
    hinge = rim[np.argmax(side * rim[:, 0] + 0.35 * rim[:, 1])]
    root = np.array((side * (np.abs((low + high)[0]) / 2 - 0.012), high[1] - 0.004, low[2] + 0.3 * (high - low)[2]))
    behind = np.array((root[0], high[1] - 0.42 * (high - low)[1], low[2] - 0.002))
    corner = hinge + vector(side * 0.004, 0, -0.006)
    path = curve(np.stack([hinge, corner, 0.5 * (corner + root) + vector(side * 0.001, 0.001, 0), root, behind]), 48)
    thick = frame.rim + 0.0003
    path = wearer.clear(path, thick + 0.0012)
    for _ in range(6):
        path[1:-1] = (path[:-2] + 2 * path[1:-1] + path[2:]) / 4
    tall = 1.0 if frame.metal else 2.0
    return tube(path, tall * thick, frame.colour, (side, 0, 0), flat=1 / tall)


def _pad(wearer: Wearer, rim: np.ndarray, side: int) -> Mesh:
    """A nose pad between the rim and the side of the nose."""
    at = rim[np.argmin(np.abs(rim[:, 0]) + 0.25 * np.abs(rim[:, 1] - rim[:, 1].mean() + 0.004))]
    foot = wearer.lay((at + vector(-side * 0.002, 0, -0.004))[None], 0.0012)[0]
    return tube(
        np.linspace(at, foot, 5), np.array((0.0007, 0.0007, 0.0008, 0.0018, 0.0022)), np.array((0.6, 0.58, 0.55))
    )
