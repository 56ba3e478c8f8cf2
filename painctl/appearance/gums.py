"""The gum of a row of teeth: a ridge along the arch, scalloped around the necks; and the palate. Lengths are metres."""

from __future__ import annotations

import numpy as np

from painctl.appearance.dentition import Row, along
from painctl.appearance.teeth import Surface

_COLUMNS = 7  # of vertices from the middle of a contact to that of the next
_PAPILLA = 0.40  # of a crown's length, by which the gum rises between two teeth
_RECEDED = 0.0015  # by which the gum of the old is farther from the edge
# Rings of the ridge, from lip to tongue: outwards from the front or the back of the teeth, and away from the edge
_LIP = ((-0.2, 13.0), (0.7, 6.5), (0.45, 2.2), (0.05, 0.3))
_TONGUE = ((0.1, 0.2), (0.8, 3.0), (2.2, 8.0), (4.0, 12.0))
_PALATE = ((0.35, 3.5), (0.7, 6.0), (1.0, 6.5))  # rings of the palate: share of the way to the midline, and height
_MARGIN = np.array((0.40, 0.17, 0.155))  # colours, linear RGB
_MUCOSA = np.array((0.30, 0.085, 0.08))
_ROOF = np.array((0.34, 0.14, 0.13))
_BROWN = np.array((0.55, 0.50, 0.48))  # of dark people, relative to that of light ones


def gum(row: Row, melanin: float, ageing: float) -> Surface:
    """The gum of a row in the arch's coordinates, with the palate if it is the upper one."""
    count = len(row.width)
    contacts = np.concatenate([[0], np.cumsum(row.width)])
    within = np.linspace(-1, 1, _COLUMNS)[:-1]
    middle = (contacts[:-1] + contacts[1:]) / 2
    half = np.append((middle[:, None] + row.width[:, None] / 2 * within).ravel(), contacts[-1])
    distance = np.concatenate([-half[:0:-1], half])
    # by tooth: how far the gum is from the edge, and how deep the tooth is; smooth from one tooth to the next
    near = np.abs(distance)
    neck = np.interp(near, middle, row.length + row.edge) + _RECEDED * ageing
    depth = 0.88 * np.interp(near, middle, row.depth)
    tooth = np.clip(np.searchsorted(contacts, near, side="right") - 1, 0, count - 1)
    aside = np.clip(np.abs(near - middle[tooth]) / (row.width[tooth] / 2), 0, 1)
    margin = neck - _PAPILLA * np.interp(near, middle, row.length) * aside**2.4
    place, normal = along(row, distance)

    rings, colours, depths = [], [], []
    for out, rise in _LIP:
        hollow = 0.55 + 1.1 * aside**2 if rise < 3 else 0.75 + 0.25 * aside**2
        rings.append(place + (out * 1e-3 - hollow * 1e-3)[:, None] * normal)
        depths.append(margin + rise * 1e-3 + (neck - margin) * min(rise / 6.5, 1))
        blend = np.clip((rise - 2) / 5, 0, 1)
        colours.append(_MARGIN + blend * (_MUCOSA - _MARGIN))
    for back, rise in _TONGUE:
        rings.append(place - (depth + (back - 0.6) * 1e-3)[:, None] * normal)
        depths.append(margin + rise * 1e-3 + (neck - margin) * min(rise / 3, 1))
        colours.append(_MARGIN + min(rise / 12, 1) * (_ROOF - _MARGIN))
    if row.up > 0:
        last, height = rings[-1], depths[-1]
        for share, rise in _PALATE:
            rings.append(last * np.array((1 - share, 1)))
            depths.append(height + rise * 1e-3)
            colours.append(_ROOF)
    plan, up = np.stack(rings, 1), np.stack(depths, 1)
    points = np.stack([plan[..., 0], row.up * up, plan[..., 1]], -1)
    brown = np.clip((np.log(melanin) - np.log(0.06)) / (np.log(0.30) - np.log(0.06)), 0, 1)
    colour = np.broadcast_to(np.array(colours) * (1 + 0.75 * brown * (_BROWN - 1)), points.shape)
    faces = _strip_faces(len(points), points.shape[1], row.up)
    return Surface(points.reshape(-1, 3), faces, colour.reshape(-1, 3), np.ones(points[..., 0].size))


def _strip_faces(columns: int, rings: int, up: int) -> np.ndarray:
    index = np.arange(columns * rings).reshape(columns, rings)
    a, b, c, d = index[:-1, :-1], index[1:, :-1], index[1:, 1:], index[:-1, 1:]
    if up < 0:
        b, d = d, b
    return np.stack([a, d, c, a, c, b], -1).reshape(-1, 3)
