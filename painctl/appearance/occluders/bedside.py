"""What is around a patient in bed: a pillow, the rail of the bed, a lit monitor. Placed as the camera sees them.

Down is down in the picture, also for a head that lies. Lengths are metres, in the head's frame.
"""

from __future__ import annotations

import numpy as np

from painctl.appearance.occluders.part import CLOTH, METAL, PLASTIC, Lamp, Material, Part
from painctl.appearance.occluders.shapes import grid, tube, vector
from painctl.appearance.occluders.wearer import Wearer
from painctl.mesh.normals import unit
from painctl.records import Camera

_LINEN = ((0.72, 0.73, 0.74), (0.62, 0.68, 0.74), (0.68, 0.72, 0.64), (0.74, 0.70, 0.64))
_SIDEWAYS = 40.0  # degrees of roll from which a head may lie on its side
_SCREEN = Material(glow=1.0, reflectance=0.04, roughness=0.2)


def pillow(wearer: Wearer, camera: Camera) -> list[Part]:
    """A pillow behind the head, or under the side of it that is below in the picture, for a head on its side."""
    generator = wearer.draws("pillow")
    rotation = camera.extrinsics[:3, :3]
    down = rotation[1]
    on_side = abs(np.degrees(np.arcsin(np.clip(down[0], -1, 1)))) > _SIDEWAYS and generator.random() < 0.5
    if on_side:
        away = np.array((np.sign(down[0]), 0.0, -0.15))  # from the head into the pillow
        along = np.array((0, 1.0, 0))
    else:
        away, along = np.array((0, -0.12, -1.0)), np.array((0, 1.0, -0.12))
    away = unit(away)
    along = unit(along - (along @ away) * away)
    across = np.cross(along, away)
    half = np.array((0.34, 0.23)) * generator.uniform(0.92, 1.1)
    if on_side:
        half = half[::-1] * (1.15, 1.3)
    head = wearer.neutral[wearer.topology.region("neck") < 0.5].astype(float) - wearer.centre
    surface = float((head @ away).max()) - generator.uniform(0.022, 0.034)  # the head sinks in

    u, v = np.linspace(-1, 1, 110), np.linspace(-1, 1, 90)[:, None]
    x, y = half[0] * u + 0 * v, half[1] * v + 0 * u + 0.02
    distance = np.hypot(x / 1.05, y)
    bulge = 0.030 * np.exp(-(((distance - 0.125) / 0.05) ** 2)) - 0.03 * np.exp(-((distance / 0.08) ** 2))
    side = (1 - np.abs(u) ** 3.5).clip(0) ** 0.5 * (1 - np.abs(v) ** 3.5).clip(0) ** 0.5
    phases = generator.uniform(0, 6.28, 8)
    angle = np.arctan2(y, x)
    creases = sum(
        np.sin(rate * angle + phase + 9 * distance) for rate, phase in zip((3, 5, 8, 12), phases, strict=False)
    )
    creases = 0.0022 * creases * np.clip((distance - 0.07) / 0.05, 0, 1)
    raised = bulge + creases + 0.13 * (side - 1)
    points = wearer.centre + x[..., None] * across + y[..., None] * along + (surface - raised)[..., None] * away
    colour = np.array(_LINEN[generator.integers(4)])
    shade = 0.62 + 0.38 * np.clip((distance - 0.06) / 0.09, 0, 1)  # less sky next to the head
    tone = shade * (1 + 0.012 * generator.standard_normal(x.shape))
    if generator.random() < 0.3:  # stripes
        tone = tone * (1 - 0.10 * (np.sin(x * 420) > 0.7))
    return [Part(grid(points, colour * tone[..., None]), CLOTH, casts=False)]


def bed_rail(wearer: Wearer, camera: Camera) -> list[Part]:
    """Bars of the bed's rail between camera and patient, across the lower part of the picture."""
    generator = wearer.draws("bed-rail")
    colour = np.array([(0.62, 0.63, 0.65), (0.70, 0.69, 0.64), (0.45, 0.50, 0.55)][generator.integers(3)])
    plastic = generator.random() < 0.5
    high = generator.uniform(0.060, 0.110)
    tops = [(-high, 0.0125), (-high - generator.uniform(0.055, 0.075), 0.008)]
    lean = generator.uniform(-0.08, 0.08)
    parts = []
    across = np.linspace(-0.4, 0.4, 60)
    for height, radius in tops:
        path = np.stack([across, -(height + lean * across), np.full(60, -0.26)], 1)
        parts.append(tube(_from_camera(path, wearer, camera), radius, colour, sides=16))
    for x in np.arange(-0.38, 0.39, generator.uniform(0.10, 0.14)) + generator.uniform(-0.04, 0.04):
        top = -(tops[1][0] + lean * x)
        path = np.stack([np.full(12, x), np.linspace(top, top + 0.2, 12), np.full(12, -0.26)], 1)
        parts.append(tube(_from_camera(path, wearer, camera), 0.006, colour, sides=12))
    return [Part(mesh, PLASTIC if plastic else METAL, casts=False) for mesh in parts]


def monitor(wearer: Wearer, camera: Camera) -> list[Part]:
    """A patient monitor beside the head, on."""
    generator, side = wearer.draws("monitor"), _side(wearer)
    x, y, z = side * generator.uniform(0.150, 0.185), -generator.uniform(0.02, 0.10), generator.uniform(0.2, 0.3)
    wide, tall = 0.16, 0.12
    u, v = np.linspace(-0.5, 0.5, 120), np.linspace(-0.5, 0.5, 96)[:, None]
    screen = np.full((96, 120, 3), (0.004, 0.006, 0.010))
    traces = ((0.06, 0.55, 0.15), (0.55, 0.48, 0.09), (0.09, 0.42, 0.55), (0.48, 0.48, 0.48))
    for row, colour in enumerate(traces):
        phase = generator.uniform(0, 1)
        beat = (7 * (u + 0.5) + phase) % 1
        wave = 0.05 * np.exp(-(((beat - 0.3) / 0.05) ** 2)) - 0.02 * np.exp(-(((beat - 0.45) / 0.08) ** 2))
        line = np.exp(-(((v - (-0.36 + 0.22 * row - wave * (1.0 if row == 0 else 0.6))) / 0.016) ** 2)) * (u < 0.22)
        digits = np.exp(-(((v + 0.36 - 0.22 * row) / 0.05) ** 4) - ((u - 0.36) / 0.06) ** 4)
        screen += (line + 0.7 * digits)[..., None] * colour
    turn = 0.35 * side
    at = np.stack([x + wide * u * np.cos(turn) + 0 * v, y + tall * v + 0 * u, z + wide * u * np.sin(turn) + 0 * v], -1)
    frame = at.mean((0, 1)) + (at - at.mean((0, 1))) * np.array((1.14, 1.18, 1.14)) + vector(0, 0, 0.006)
    return [
        Part(grid(_from_camera(frame, wearer, camera), np.array((0.62, 0.63, 0.62))), PLASTIC, casts=False),
        Part(grid(_from_camera(at, wearer, camera), screen), _SCREEN, casts=False),
    ]


def monitor_light(wearer: Wearer, camera: Camera) -> Lamp:
    """The light of the monitor's screen on the face."""
    strength = wearer.draws("monitor/light").uniform(0.10, 0.28)
    turn = np.radians(62.0) * _side(wearer)
    towards = np.array((np.sin(turn), 0.0, -np.cos(turn))) @ camera.extrinsics[:3, :3]
    return Lamp(towards.astype(np.float32), (strength * np.array((0.55, 1.0, 1.15))).astype(np.float32), 0.12)


def _side(wearer: Wearer) -> float:
    """Where in the picture the monitor is: 1 on the right, -1 on the left."""
    return float(wearer.draws("monitor/side").choice([-1.0, 1.0]))


def _from_camera(points: np.ndarray, wearer: Wearer, camera: Camera) -> np.ndarray:
    """Points [..., 3] in the camera's axes, relative to the centre of the head, in the head's frame."""
    return wearer.centre + points @ camera.extrinsics[:3, :3]
