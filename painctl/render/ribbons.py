"""Hair as ribbons that face the camera: which of it is visible, and how it reflects light."""

from __future__ import annotations

from dataclasses import fields

import numpy as np

from painctl.records import Camera, Mesh, Strands
from painctl.render.camera import position_of
from painctl.render.hidden_hair import hidden_by_hair
from painctl.render.lighting import Lighting
from painctl.render.planar import unit
from painctl.render.rasterise import GBuffer
from painctl.render.shading import wrapped

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
    edges = _edges(strands.points, strands.width, eye - strands.points)
    ribbons = _ribbons(*edges.shape[:2]).reshape(*segments.shape, 2, 3)[segments].reshape(-1, 3)
    colours = np.repeat(_shade_hair(strands, eye, lighting).T, 2, axis=0)
    return Mesh(edges.reshape(-1, 3), ribbons, colours)


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
    head = np.where(gbuffer.mask, gbuffer.depth, np.float32(np.inf))[row, column]
    visible = depth < head + _HIDDEN
    visible &= (np.abs(pixels - camera.size / 2) < (0.5 + _BORDER) * camera.size).all(axis=0)
    if areas is not None:
        visible[visible] = ~hidden_by_hair(areas[visible], pixels[:, visible], depth[visible], camera)
    visible = visible.reshape(strands.width.shape)
    rows = visible.any(axis=1)
    kept = Strands(*(getattr(strands, field.name)[rows] for field in fields(Strands)))
    return kept, (visible[:, :-1] | visible[:, 1:])[rows]


def _shade_hair(strands: Strands, eye: np.ndarray, lighting: Lighting) -> np.ndarray:
    """Radiance float32 [3, N] of the points of strands towards `eye` [3]."""
    # Geometry and the light that reaches each point
    tangent, points, normal, albedo = (
        np.ascontiguousarray(part.reshape(-1, 3).T)
        for part in (np.gradient(strands.points, axis=1), strands.points, strands.outward, strands.colour)
    )
    tangent = unit(tangent)
    open_air = 1 - _BURIED * strands.buried.ravel()
    lit = lighting.key_shadow.light(points.T) * open_air
    view = unit(eye[:, None] - points)

    # Diffuse body and the two highlights
    lights = lighting.lights
    body, gloss = lights.sky_irradiance(lighting.up @ normal) * open_air, np.zeros_like(points)
    for number, (towards, irradiance) in enumerate(zip(lights.directions, lights.irradiance, strict=True)):
        reach = lit if number == 0 else open_air
        along = towards @ tangent
        facing = wrapped(towards @ normal) * reach
        body += irradiance[:, None] * (facing * np.sqrt(np.maximum(1 - along * along, 0)))
        tilt = (unit(view + towards[:, None]) * tangent).sum(axis=0)
        white = _GLOSS * np.maximum(1 - (tilt - _GLOSS_SHIFT) ** 2, 0) ** (_GLOSS_POWER / 2)
        inner = _INNER * np.maximum(1 - (tilt - _INNER_SHIFT) ** 2, 0) ** (_INNER_POWER / 2)
        gloss += irradiance[:, None] * (facing * (white + inner * albedo))
    return (body * albedo + gloss).astype(np.float32)


def _edges(points: np.ndarray, width: np.ndarray, facing: np.ndarray) -> np.ndarray:
    """The two edges of ribbons of width [S, P] along points [S, P, 3], turned to face `facing` [S, P, 3].

    Returns float32 [S, P, 2, 3].
    """
    across = np.cross(np.gradient(points, axis=1), facing)
    half = (0.5 * width / np.maximum(np.linalg.norm(across, axis=2), 1e-12))[..., None] * across
    return np.stack([points - half, points + half], 2)


def _ribbons(count: int, points: int) -> np.ndarray:
    """Triangles int32 [F, 3] over the flattened edges of `count` ribbons."""
    at = np.arange(2 * count * points, dtype=np.int32).reshape(count, points, 2)
    a, b, c, d = at[:, :-1, 0], at[:, :-1, 1], at[:, 1:, 0], at[:, 1:, 1]
    return np.stack([a, b, c, b, d, c], -1).reshape(-1, 3)


def casting_ribbons(strands: Strands) -> tuple[np.ndarray, np.ndarray]:
    """A few wide ribbons that cast the shadow of strands: vertices float32 [N, 3] and triangles int32 [M, 3]."""
    last = strands.width.shape[1] - 1
    sample = np.ix_(range(0, len(strands.width), _CASTING), sorted({*range(0, last, 2), last}))
    edges = _edges(strands.points[sample], _CASTING * strands.width[sample], strands.outward[sample])
    return edges.reshape(-1, 3), _ribbons(*edges.shape[:2])
