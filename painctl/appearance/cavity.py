"""The colours of the inside of a mouth, and the cavity and tongue of heads whose mesh has none. Lengths are metres."""

from __future__ import annotations

import numpy as np

from painctl.appearance.teeth import Surface

LINING = np.array((0.22, 0.065, 0.058), np.float32)  # linear RGB, of cheeks, lips and palate inside the mouth
THROAT = np.array((0.07, 0.016, 0.014), np.float32)  # deep in the mouth
TONGUE = np.array((0.24, 0.085, 0.080), np.float32)

_BOWL = np.array((0.038, 0.030, 0.055))  # half axes of the cavity
_RIM = 0.50 * np.pi  # angle from the front at which it begins
_BOWL_MIDDLE = np.array((0, -0.002, -0.010))  # from the front of the upper incisors
_TONGUE_LENGTH, _TONGUE_WIDTH, _TONGUE_HEIGHT = 0.052, 0.021, 0.008  # the last two are half axes
_TONGUE_TIP = np.array((0, -0.006, -0.009))  # from the front of the lower incisors
_RINGS, _AROUND = 14, 24


def cavity() -> tuple[Surface, np.ndarray]:
    """A bowl behind the teeth, open in front, from the front of the upper incisors.

    Returns it and how far each vertex follows the jaw, float [N] in 0..1.
    """
    polar = np.linspace(_RIM, np.pi, _RINGS)[:, None]
    turn = 2 * np.pi * np.arange(_AROUND) / _AROUND
    unit = np.stack([np.sin(polar) * np.cos(turn), np.sin(polar) * np.sin(turn), np.cos(polar) + 0 * turn], -1)
    back = np.clip(0.5 - unit[..., 2], 0, 1)[..., None]
    follows = np.clip(0.5 - 1.5 * unit[..., 1], 0, 1) * np.clip(1.2 + unit[..., 2], 0, 1)  # not the throat
    points, colour = _BOWL_MIDDLE + _BOWL * unit, LINING + back * (THROAT - LINING)
    return _surface(points, colour, inward=True), follows.ravel()


def tongue() -> Surface:
    """A tongue at rest behind the lower teeth, from the front of the lower incisors."""
    along = np.linspace(0, 1, _RINGS)[:, None] ** 1.5
    turn = 2 * np.pi * np.arange(_AROUND) / _AROUND
    round_ = np.sqrt(1 - (1 - along) ** 2.6)
    x = _TONGUE_WIDTH * round_ * np.cos(turn)
    groove = 0.0012 * np.exp(-((x / 0.003) ** 2)) * np.clip(np.sin(turn), 0, 1) * along
    y = _TONGUE_HEIGHT * round_ * np.sin(turn) + 0.012 * np.sin(0.75 * np.pi * along) - groove
    z = -_TONGUE_LENGTH * along + 0 * turn
    points = _TONGUE_TIP + np.stack([x, y, z], -1)
    return _surface(points, np.broadcast_to(TONGUE, points.shape), inward=False)


def _surface(points: np.ndarray, colour: np.ndarray, inward: bool) -> Surface:
    """A tube of rings [R, A, 3], each clockwise as seen from the next, as a surface that faces inwards or outwards."""
    index = np.arange(points[..., 0].size).reshape(points.shape[:2])
    a, b = index[:-1], index[1:]
    c, d = np.roll(b, -1, axis=1), np.roll(a, -1, axis=1)
    if inward:
        b, d = d, b
    faces = np.stack([a, b, c, a, c, d], -1).reshape(-1, 3)
    return Surface(points.reshape(-1, 3), faces, colour.reshape(-1, 3), np.ones(index.size))
