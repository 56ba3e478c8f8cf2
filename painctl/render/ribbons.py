"""Hair as ribbons that face the camera: which of it is visible, and how it reflects light."""

from __future__ import annotations

from dataclasses import fields

import numpy as np

from painctl.records import Camera, Mesh, Strands
from painctl.render.camera import position_of
from painctl.render.hidden_hair import hidden_by_hair
from painctl.render.lighting import Lighting
from painctl.render.planar import cross, dot, unit
from painctl.render.rasterise import GBuffer
from painctl.render.shading import power_where, wrapped

_HIDDEN = 0.010  # metres behind it beyond which a segment of a strand is skipped
_BORDER = 0.04  # sides of the picture beyond its border within which hair is drawn: the length of a segment
_CASTING = 12  # one strand in this many casts a shadow, this many times as wide and with half the points

# Reflection of hair: a white highlight from the cuticle, shifted towards the root, and a coloured one from within,
# shifted towards the tip, in sines of the cuticle's tilt; strengths are shares of the irradiance. After Marschner et
# al., "Light scattering from human hair fibers" (2003), in the form of Kajiya and Kay (1989).
_GLOSS, _GLOSS_SHIFT, _GLOSS_POWER = 0.05, -0.10, 80
_INNER, _INNER_SHIFT, _INNER_POWER = 0.6, 0.12, 20
_BURIED = np.float32(0.75)  # share of the light that the outer hair takes from the innermost


def hair_mesh(
    strands: Strands, gbuffer: GBuffer, camera: Camera, lighting: Lighting, areas: np.ndarray | None = None
) -> Mesh:
    """The visible segments of strands as shaded ribbons that face the camera.

    With the `areas` [S * P] of the ribbons around their points, strands hide each other.
    """
    eye = position_of(camera).astype(np.float32)
    strands, segments = _visible(strands, gbuffer, camera, areas)
    points, along = _planar(strands.points), _planar(np.gradient(strands.points, axis=1))
    facing = eye[:, None] - points
    edges = _edges(points, along, strands.width.ravel(), facing)
    ribbons = _ribbons(*strands.width.shape).reshape(*segments.shape, 2, 3)[segments].reshape(-1, 3)
    colours = np.repeat(_shade_hair(strands, points, unit(along), unit(facing), lighting).T, 2, axis=0)
    return Mesh(edges, ribbons, colours)


def _visible(
    strands: Strands, gbuffer: GBuffer, camera: Camera, areas: np.ndarray | None
) -> tuple[Strands, np.ndarray]:
    """The strands that are not entirely hidden or outside the picture, and their visible segments, bool [S, P - 1].

    `areas` as in `hair_mesh`.
    """
    points = strands.points.reshape(-1, 3)
    pixels = camera.project(points).T
    column, row = np.clip(pixels, 0, camera.size - 1).astype(np.intp)
    depth = points @ camera.extrinsics[2, :3].astype(np.float32) + np.float32(camera.extrinsics[2, 3])
    at = row * camera.size + column
    head = np.where(gbuffer.face.take(at) >= 0, gbuffer.depth.take(at), np.float32(np.inf))
    visible = depth < head + _HIDDEN
    for coordinate in pixels:
        visible &= np.abs(coordinate - camera.size / 2) < (0.5 + _BORDER) * camera.size
    if areas is not None:
        visible[visible] = ~hidden_by_hair(areas[visible], pixels[:, visible], depth[visible], camera)
    visible = visible.reshape(strands.width.shape)
    rows = visible.any(axis=1)
    kept = Strands(*(getattr(strands, field.name)[rows] for field in fields(Strands)))
    return kept, (visible[:, :-1] | visible[:, 1:])[rows]


def _shade_hair(
    strands: Strands, points: np.ndarray, tangent: np.ndarray, view: np.ndarray, lighting: Lighting
) -> np.ndarray:
    """Radiance float32 [3, N] of the points [3, N] of strands.

    `tangent` and `view`, which is towards the eye, are unit vectors [3, N].
    """
    normal, albedo = _planar(strands.outward), _planar(strands.colour)
    open_air = 1 - _BURIED * strands.buried.ravel()
    lit = lighting.key_shadow.light(points.T) * open_air

    # Diffuse body and the two highlights
    lights = lighting.lights
    body, gloss = lights.sky_irradiance(lighting.up @ normal) * open_air, np.zeros_like(points)
    for number, (towards, irradiance) in enumerate(zip(lights.directions, lights.irradiance, strict=True)):
        reach = lit if number == 0 else open_air
        along = towards @ tangent
        facing = wrapped(towards @ normal) * reach
        body += irradiance[:, None] * (facing * np.sqrt(np.maximum(1 - along * along, 0)))
        tilt = (unit(view + towards[:, None]) * tangent).sum(axis=0)
        lit_side = facing > 0
        white = _GLOSS * power_where(lit_side, np.maximum(1 - (tilt - _GLOSS_SHIFT) ** 2, 0), _GLOSS_POWER / 2)
        inner = _INNER * power_where(lit_side, np.maximum(1 - (tilt - _INNER_SHIFT) ** 2, 0), _INNER_POWER / 2)
        gloss += irradiance[:, None] * (facing * (white + inner * albedo))
    return (body * albedo + gloss).astype(np.float32)


def _planar(values: np.ndarray) -> np.ndarray:
    """Values [S, P, 3] as [3, S * P]."""
    return np.ascontiguousarray(values.reshape(-1, 3).T)


def _edges(points: np.ndarray, along: np.ndarray, width: np.ndarray, facing: np.ndarray) -> np.ndarray:
    """The two edges of ribbons of width [N] at points [3, N] that run `along` [3, N], turned to face `facing` [3, N].

    Returns float32 [2 N, 3], the edges of each point in turn.
    """
    across = cross(along, facing)
    half = 0.5 * width / np.maximum(np.sqrt(dot(across, across)), 1e-12) * across
    edges = np.empty((len(width), 2, 3), np.float32)
    edges[:, 0], edges[:, 1] = (points - half).T, (points + half).T
    return edges.reshape(-1, 3)


def _ribbons(count: int, points: int) -> np.ndarray:
    """Triangles int32 [F, 3] over the edges of `count` ribbons."""
    at = np.arange(2 * count * points, dtype=np.int32).reshape(count, points, 2)
    a, b, c, d = at[:, :-1, 0], at[:, :-1, 1], at[:, 1:, 0], at[:, 1:, 1]
    return np.stack([a, b, c, b, d, c], -1).reshape(-1, 3)


def casting_ribbons(strands: Strands) -> tuple[np.ndarray, np.ndarray]:
    """A few wide ribbons that cast the shadow of strands: vertices float32 [N, 3] and triangles int32 [M, 3]."""
    last = strands.width.shape[1] - 1
    sample = np.ix_(range(0, len(strands.width), _CASTING), sorted({*range(0, last, 2), last}))
    points, outward = strands.points[sample], _planar(strands.outward[sample])
    along, width = _planar(np.gradient(points, axis=1)), _CASTING * strands.width[sample]
    return _edges(_planar(points), along, width.ravel(), outward), _ribbons(*width.shape)
