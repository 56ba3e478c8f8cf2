"""Meshes of simple shapes: grids, tubes along curves, and curves through points."""

from __future__ import annotations

import numpy as np

from painctl.mesh.normals import unit
from painctl.records import Mesh


def vector(x: float, y: float, z: float) -> np.ndarray:
    """A vector [3]."""
    return np.array((x, y, z), float)


def grid(points: np.ndarray, colour: np.ndarray, closed: bool = False) -> Mesh:
    """The mesh of a grid of points [R, C, 3] of `colour` [3] or [R, C, 3].

    `closed` joins its last column to its first.
    """
    rows, columns = points.shape[:2]
    index = np.arange(rows * columns).reshape(rows, columns)
    if closed:
        index = np.concatenate([index, index[:, :1]], 1)
    a, b, c, d = index[:-1, :-1], index[1:, :-1], index[1:, 1:], index[:-1, 1:]
    faces = np.stack([a, b, c, a, c, d], -1).reshape(-1, 3)
    colours = np.broadcast_to(colour, points.shape).reshape(-1, 3)
    return Mesh(points.reshape(-1, 3).astype(np.float32), faces.astype(np.int32), colours.astype(np.float32))


def tube(
    path: np.ndarray,
    radius: np.ndarray | float,
    colour: np.ndarray,
    outward: np.ndarray | tuple[float, float, float] | None = None,
    flat: np.ndarray | float = 1.0,
    sides: int = 8,
    closed: bool = False,
) -> Mesh:
    """A tube around a path [N, 3], with `radius` scalar or [N] and round ends unless it is `closed`.

    It is `flat` times, a scalar or [N], as thick along `outward` [N, 3] or [3] as across.
    """
    if closed:
        wide = np.concatenate([path[-1:], path, path[:1]])
        along = unit(wide[2:] - wide[:-2])
    else:
        along = unit(np.gradient(path, axis=0))
    reference = _least_parallel(along) if outward is None else np.broadcast_to(outward, path.shape)
    across = unit(np.cross(along, reference))
    normal = np.cross(across, along)
    radii, flats = (np.broadcast_to(values, len(path)).astype(float) for values in (radius, flat))
    if not closed:
        ends = np.array((-0.9, -0.6)), np.array((0.6, 0.9))
        shrink = np.sqrt(1 - ends[1] ** 2)[::-1]
        path = np.concatenate(
            [
                path[0] + ends[0][:, None] * radii[0] * along[0],
                path,
                path[-1] + ends[1][:, None] * radii[-1] * along[-1],
            ]
        )
        radii = np.concatenate([radii[0] * shrink, radii, radii[-1] * shrink[::-1]])
        flats = np.concatenate([flats[:1], flats[:1], flats, flats[-1:], flats[-1:]])
        across, normal = (np.concatenate([v[:1], v[:1], v, v[-1:], v[-1:]]) for v in (across, normal))
    turn = np.linspace(0, 2 * np.pi, sides, endpoint=False)
    ring = np.cos(turn)[None, :, None] * across[:, None] + (
        flats[:, None, None] * np.sin(turn)[None, :, None] * normal[:, None]
    )
    points = path[:, None] + radii[:, None, None] * ring
    if closed:
        points = np.concatenate([points, points[:1]])
    return grid(points, colour, closed=True)


def _least_parallel(along: np.ndarray) -> np.ndarray:
    return np.eye(3)[np.abs(along).sum(0).argmin()][None].repeat(len(along), 0)


def curve(controls: np.ndarray, count: int, closed: bool = False) -> np.ndarray:
    """A smooth curve [count, D] through points [K, D]: Hermite, with the tangents of Catmull and Rom."""
    points = np.asarray(controls, float)
    wide = (
        np.concatenate([points[-1:], points, points[:2]])
        if closed
        else np.concatenate([2 * points[:1] - points[1:2], points, 2 * points[-1:] - points[-2:-1]])
    )
    spans = len(wide) - 3
    lengths = np.linalg.norm(np.diff(wide[1:-1], axis=0), axis=1)
    knots = np.concatenate([[0], np.cumsum(lengths)])
    at = np.interp(np.linspace(0, knots[-1], count, endpoint=not closed), knots, np.arange(spans + 1))
    span = np.minimum(at.astype(int), spans - 1)
    t = (at - span)[:, None]
    p0, p1, p2, p3 = (wide[span + k] for k in range(4))
    m1, m2 = (p2 - p0) / 2, (p3 - p1) / 2
    cube, square = t**3, t**2
    return (
        (2 * cube - 3 * square + 1) * p1
        + (cube - 2 * square + t) * m1
        + (3 * square - 2 * cube) * p2
        + (cube - square) * m2
    )


def taut(points: np.ndarray, centre: np.ndarray, rounds: int = 6, axes: tuple[int, ...] = (0, 1)) -> np.ndarray:
    """A grid of points [R, C, 3] stretched like cloth: moved away from `centre` [3] until it bridges all hollows.

    Each point moves along its ray from the centre up to the midpoint of the points on either side of it, at several
    distances along the `axes` of the grid. The border stays.
    """
    ray = unit(points - centre)
    radius = np.linalg.norm(points - centre, axis=-1)
    for _ in range(rounds):
        for axis in axes:
            count = points.shape[axis]
            for step in (count // 3, count // 6, count // 12, 2, 1):
                if step < 1 or count <= 2 * step:
                    continue
                low, middle, high = (
                    [slice(None)] * axis + [part]
                    for part in (slice(None, -2 * step), slice(step, -step), slice(2 * step, None))
                )
                now = centre + radius[..., None] * ray
                bridge = (now[tuple(low)] + now[tuple(high)]) / 2 - centre
                level = (bridge * ray[tuple(middle)]).sum(-1)
                radius[tuple(middle)] = np.maximum(radius[tuple(middle)], level)
    return centre + radius[..., None] * ray


def smoothed(values: np.ndarray, rounds: int) -> np.ndarray:
    """Values [R, C, ...] averaged with their neighbours inside the grid; the border stays."""
    values = values.copy()
    for _ in range(rounds):
        inner = values[:-2, 1:-1] + values[2:, 1:-1] + values[1:-1, :-2] + values[1:-1, 2:]
        values[1:-1, 1:-1] = 0.5 * values[1:-1, 1:-1] + inner / 8
    return values
