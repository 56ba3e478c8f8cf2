"""A hand against the cheek: palm and fingers as tapered tubes, bent at their joints. Lengths are metres.

Lengths of bones and breadths are those of an adult's hand (Buryanov and Kotiuk, "Proportions of hand segments",
International Journal of Morphology 2010; a hand breadth of 82 mm in men, 74 mm in women).
"""

from __future__ import annotations

import numpy as np

from painctl.appearance.occluders.part import SKIN, Part
from painctl.appearance.occluders.shapes import curve, tube
from painctl.appearance.occluders.wearer import Wearer
from painctl.mesh.normals import unit
from painctl.records import Mesh

_BONES = np.array(
    [(0.0446, 0.0263, 0.0194), (0.0465, 0.0287, 0.0198), (0.0413, 0.0259, 0.0196), (0.0327, 0.0182, 0.0170)]
)
_THICK = np.array((0.0088, 0.0090, 0.0084, 0.0075))  # radii of index, middle, ring and little finger at the knuckle
_KNUCKLES = np.array((0.031, 0.011, -0.010, -0.029))  # across the palm
_NAIL = np.array((1.15, 0.95, 0.92))  # of the skin


def hand(wearer: Wearer) -> list[Part]:
    """The hand whose fingers rest on the cheek."""
    generator, at, albedo = wearer.draws("hand"), wearer.landmarks, wearer.skin
    side = 1 if generator.random() < 0.5 else -1
    size = (1.0 if wearer.person.gender == "man" else 0.91) * generator.uniform(0.96, 1.04)
    jaw, temple, mouth = (at[i] for i in ((12, 15, 54) if side > 0 else (4, 1, 48)))
    contact = 0.55 * temple + 0.45 * mouth
    normal = wearer.height(contact[None])[1][0]
    up = unit(np.array((side * 0.18, 1.0, 0.10)) - normal * (np.array((side * 0.18, 1.0, 0.10)) @ normal))
    across = np.cross(up, normal) * side  # towards the ear, where the thumb is
    heel = contact - 0.075 * size * up + 0.022 * normal
    meshes = []
    for finger in range(4):
        knuckle = (
            heel + size * (0.075 * up + _KNUCKLES[finger] * across) + 0.004 * normal - 0.006 * abs(finger - 1.2) * up
        )
        spread = unit(up + 0.10 * (1.2 - finger) * across)
        joints, heading, bend = [knuckle], spread, generator.uniform(0.05, 0.2, 3)
        for bone, angle in zip(_BONES[finger] * size, bend, strict=True):
            heading = unit(heading - angle * normal)
            joints.append(joints[-1] + bone * heading)
        radius = _THICK[finger] * size
        path = curve(np.stack([knuckle - 0.03 * size * spread + 0.002 * normal, *joints]), 44)
        taper = radius * (1 - 0.28 * np.linspace(0, 1, 44)) * _knobs(44)
        path = wearer.clear(path, taper + 0.0004)
        meshes.append(_finger(path, taper, albedo, normal))
    meshes.append(_arm(heel, jaw, up, across, normal, size, albedo))
    thumb = np.stack(
        [
            heel + size * (0.006 * up + 0.030 * across),
            heel + size * (0.034 * up + 0.050 * across) - 0.004 * normal,
            heel + size * (0.060 * up + 0.058 * across) - 0.010 * normal,
            heel + size * (0.088 * up + 0.056 * across) - 0.016 * normal,
        ]
    )
    path, taper = curve(thumb, 40), 0.0105 * size * (1 - 0.22 * np.linspace(0, 1, 40)) * _knobs(40)
    meshes.append(_finger(wearer.clear(path, taper + 0.0004), taper, albedo, normal))
    return [Part(mesh, SKIN) for mesh in meshes]


def _knobs(count: int) -> np.ndarray:
    """Thickness along a finger: a little more at its joints."""
    along = np.linspace(0, 1, count)
    return 1 + 0.05 * np.exp(-(((along - 0.52) / 0.05) ** 2)) + 0.04 * np.exp(-(((along - 0.78) / 0.04) ** 2))


def _finger(path: np.ndarray, radius: np.ndarray, albedo: np.ndarray, back: np.ndarray) -> Mesh:
    """A finger along a path, with creases over its joints and a nail on its `back` [3]."""
    mesh = tube(path, radius, albedo, back, sides=20)
    rows = len(mesh.vertices) // 20
    along, turn = np.linspace(0, 1, rows)[:, None], np.linspace(0, 2 * np.pi, 20, endpoint=False)[None]
    dorsal = np.sin(turn).clip(0)
    crease = np.exp(-(((along - 0.52) / 0.02) ** 2)) + np.exp(-(((along - 0.78) / 0.015) ** 2))
    nail = (
        np.clip((along - 0.88) / 0.015, 0, 1)
        * np.clip((0.985 - along) / 0.015, 0, 1)
        * np.clip((dorsal - 0.55) / 0.1, 0, 1)
    )
    tone = (1 - 0.16 * crease * dorsal)[..., None] * (1 + nail[..., None] * (_NAIL - 1))
    tone = tone * (1 + np.array((0.10, -0.05, -0.06)) * np.clip((along - 0.8) / 0.2, 0, 1)[..., None])
    return Mesh(mesh.vertices, mesh.faces, (mesh.colour * tone.reshape(-1, 3)).astype(np.float32))


def _arm(
    heel: np.ndarray,
    jaw: np.ndarray,
    up: np.ndarray,
    across: np.ndarray,
    normal: np.ndarray,
    size: float,
    albedo: np.ndarray,
) -> Mesh:
    """Forearm, wrist and the back of the hand up to the knuckles."""
    elbow = jaw - 0.22 * up + 0.11 * normal
    knuckles = heel + 0.071 * size * up + 0.003 * normal + 0.002 * across
    path = curve(np.stack([elbow, heel - 0.07 * up + 0.014 * normal, heel - 0.004 * up + 0.002 * normal, knuckles]), 70)
    reach = np.linalg.norm(path - knuckles, axis=1) / size
    width = size * np.interp(reach, (0, 0.012, 0.045, 0.075, 0.10, 0.25), (0.030, 0.038, 0.0385, 0.031, 0.029, 0.036))
    flat = np.interp(reach, (0, 0.02, 0.06, 0.10, 0.25), (0.26, 0.34, 0.46, 0.68, 0.80))
    return tube(path, width, albedo, normal, flat=flat, sides=32)
