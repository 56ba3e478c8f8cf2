"""What a head has that is no part of its mesh: hair, clothing and teeth, coloured at the corners of their triangles.

They are rasterised finer than the picture and laid first behind the head, so that its edges blend with what is
behind them, and then before it where they are nearer. They move no vertex and no label.
"""

from __future__ import annotations

from dataclasses import dataclass, fields

import cv2
import numpy as np

from painctl.appearance.lashes import Lashes
from painctl.appearance.meshes import Mesh, Strands, vertex_normals
from painctl.render.light import Lights
from painctl.render.mesh import unit
from painctl.render.occlusion import SoftShadow
from painctl.render.rasterise import GBuffer, paint
from painctl.shard.records import Camera

_NEARER = 0.0025  # metres behind the head's surface at which hair still lies on it: what a pixel's slope hides
_HIDDEN = 0.010  # metres behind it from which a strand is left out
_FINER = 1.4  # pixels of the overlay to one of the picture
_CASTING = 12  # one strand in so many casts a shadow, that much wider and with half the points

# How hair reflects: a white gloss off the cuticle, shifted to the root, and a coloured one from within, shifted to the
# tip, in sines of the cuticle's tilt; strengths are shares of the irradiance. After Marschner et al., "Light scattering
# from human hair fibers" (2003), in the form of Kajiya and Kay (1989).
_GLOSS, _GLOSS_SHIFT, _GLOSS_POWER = 0.05, -0.10, 80
_INNER, _INNER_SHIFT, _INNER_POWER = 0.6, 0.12, 20
_WRAP = np.float32(0.35)  # cosines past the terminator to which hair and cloth are lit
_BURIED = np.float32(0.75)  # share of the light that hair takes from the hair below it


@dataclass(frozen=True, eq=False)
class Layer:
    """The overlay of one picture, in h x w pixels of its own."""

    colour: np.ndarray  # float32 [h, w, 3], radiance, 0 where there is nothing
    depth: np.ndarray  # float32 [h, w], metres, infinite where there is nothing

    def covers(self, seen: GBuffer) -> np.ndarray:
        """Where the overlay is what one sees, before a head `seen` or beside it: bool [H, W], half a pixel and more."""
        share = cv2.resize(self._nearer(seen).astype(np.float32), seen.face.shape, interpolation=cv2.INTER_AREA)
        return share >= 0.5

    def behind(self, picture: np.ndarray) -> np.ndarray:
        """The overlay as if there were no head, over a picture [H, W, 3]."""
        return _over(picture, self.colour, np.isfinite(self.depth))

    def before(self, picture: np.ndarray, seen: GBuffer) -> np.ndarray:
        """What of the overlay is nearer than the head, over a picture [H, W, 3] of that head."""
        nearer = self._nearer(seen)
        return _over(picture, self.colour * nearer[..., None], nearer)

    def _nearer(self, seen: GBuffer) -> np.ndarray:
        """bool [h, w], where there is overlay and no head before it."""
        surface = np.where(seen.mask, seen.depth + np.float32(_NEARER), np.float32(np.inf))
        return self.depth < cv2.resize(surface, self.depth.shape, interpolation=cv2.INTER_NEAREST)


class Overlay:
    """A person's hair, lashes, and all else as one mesh. Only the lashes are moved by expressions."""

    def __init__(self, hair: Strands | None, solid: Mesh, lashes: Lashes) -> None:
        self._hair, self._solid, self._lashes = hair, solid, lashes
        self._normals = vertex_normals(solid.vertices, solid.faces).T.astype(np.float32)

    def casters(self) -> tuple[np.ndarray, np.ndarray]:
        """A coarse mesh of it all but the lashes, for shadows: vertices float32 [N, 3] and triangles int32 [M, 3]."""
        vertices, faces = [self._solid.vertices], [self._solid.faces]
        if self._hair is not None:
            last = self._hair.width.shape[1] - 1
            few = np.ix_(range(0, len(self._hair.width), _CASTING), sorted({*range(0, last, 2), last}))
            edges = _edges(self._hair.points[few], self._hair.across[few], _CASTING * self._hair.width[few])
            faces.append(_ribbons(*edges.shape[:2]) + len(self._solid.vertices))
            vertices.append(edges.reshape(-1, 3))
        return np.concatenate(vertices), np.concatenate(faces)

    def render(
        self, face: np.ndarray, seen: GBuffer, camera: Camera, lights: Lights, up: np.ndarray, shadow: SoftShadow
    ) -> Layer:
        """The overlay of a face [V, 3], `seen` by the camera, under `lights`.

        The lights' directions and `up` [3] are in the head's frame.
        """
        fine = Camera(
            np.diag([_FINER, _FINER, 1.0]) @ camera.intrinsics, camera.extrinsics, round(_FINER * camera.size)
        )
        eye = (-camera.extrinsics[:3, :3].T @ camera.extrinsics[:3, 3]).astype(np.float32)
        vertices, faces = [self._solid.vertices], [self._solid.faces]
        colours = [self._shade_solid(lights, up, shadow).T]
        for strands in (self._hair, self._lashes.pose(face)):
            if strands is None:
                continue
            strands, drawn = _shown(strands, seen, camera)
            edges = _edges(strands.points, strands.across, strands.width)
            ribbons = _ribbons(*edges.shape[:2]).reshape(*drawn.shape, 2, 3)[drawn].reshape(-1, 3)
            faces.append(ribbons + np.int32(sum(map(len, vertices))))
            vertices.append(edges.reshape(-1, 3))
            colours.append(np.repeat(_shade_hair(strands, eye, lights, up, shadow).T, 2, axis=0))
        points, triangles, shades = (np.concatenate(part) for part in (vertices, faces, colours))
        return Layer(*paint(points, triangles, np.ascontiguousarray(shades), fine))

    def _shade_solid(self, lights: Lights, up: np.ndarray, shadow: SoftShadow) -> np.ndarray:
        """Radiance float32 [3, N] of the mesh."""
        normal = self._normals
        total = _sky(lights, up @ normal)
        lit = shadow.light(self._solid.vertices)
        for number, (towards, irradiance) in enumerate(zip(lights.directions, lights.irradiance, strict=True)):
            total += irradiance[:, None] * _wrapped(towards @ normal) * (lit if number == 0 else 1)
        return (total * self._solid.colour.T).astype(np.float32)


def _shown(strands: Strands, seen: GBuffer, camera: Camera) -> tuple[Strands, np.ndarray]:
    """The strands that the head does not hide whole, and which of their segments are seen, bool [S, P - 1]."""
    points = strands.points.reshape(-1, 3)
    column, row = np.clip(camera.project(points), 0, camera.size - 1).astype(np.intp).T
    depth = points @ camera.extrinsics[2, :3].astype(np.float32) + np.float32(camera.extrinsics[2, 3])
    head = np.where(seen.mask, seen.depth, np.float32(np.inf))[row, column]
    shown = (depth < head + _HIDDEN).reshape(strands.width.shape)
    rows = shown.any(axis=1)
    chosen = Strands(*(getattr(strands, field.name)[rows] for field in fields(Strands)))
    return chosen, (shown[:, :-1] | shown[:, 1:])[rows]


def _shade_hair(strands: Strands, eye: np.ndarray, lights: Lights, up: np.ndarray, shadow: SoftShadow) -> np.ndarray:
    """Radiance float32 [3, N] along the strands, point by point, seen from `eye` [3]."""
    tangent, points, normal, albedo = (
        np.ascontiguousarray(part.reshape(-1, 3).T)
        for part in (np.gradient(strands.points, axis=1), strands.points, strands.outward, strands.colour)
    )
    tangent = unit(tangent)
    open_air = 1 - _BURIED * strands.buried.ravel()
    lit = shadow.light(points.T) * open_air
    view = unit(eye[:, None] - points)
    body, gloss = _sky(lights, up @ normal) * open_air, np.zeros_like(points)
    for number, (towards, irradiance) in enumerate(zip(lights.directions, lights.irradiance, strict=True)):
        reach = lit if number == 0 else open_air
        along = towards @ tangent
        facing = _wrapped(towards @ normal) * reach
        body += irradiance[:, None] * (facing * np.sqrt(np.maximum(1 - along * along, 0)))
        tilt = (unit(view + towards[:, None]) * tangent).sum(axis=0)
        white = _GLOSS * np.maximum(1 - (tilt - _GLOSS_SHIFT) ** 2, 0) ** (_GLOSS_POWER / 2)
        inner = _INNER * np.maximum(1 - (tilt - _INNER_SHIFT) ** 2, 0) ** (_INNER_POWER / 2)
        gloss += irradiance[:, None] * (facing * (white + inner * albedo))
    return (body * albedo + gloss).astype(np.float32)


def _over(picture: np.ndarray, colour: np.ndarray, covered: np.ndarray) -> np.ndarray:
    """Colours [h, w, 3], 0 where not covered [h, w], over a picture [H, W, 3]."""
    size = picture.shape[1::-1]
    share = cv2.resize(covered.astype(np.float32), size, interpolation=cv2.INTER_AREA)
    return picture * (1 - share[..., None]) + cv2.resize(colour, size, interpolation=cv2.INTER_AREA)


def _edges(points: np.ndarray, across: np.ndarray, width: np.ndarray) -> np.ndarray:
    """The two edges of ribbons [S, P]: float32 [S, P, 2, 3]."""
    half = (0.5 * width)[..., None] * across
    return np.stack([points - half, points + half], 2)


def _ribbons(count: int, points: int) -> np.ndarray:
    """Triangles int32 [F, 3] over the flattened edges of `count` ribbons."""
    at = np.arange(2 * count * points, dtype=np.int32).reshape(count, points, 2)
    a, b, c, d = at[:, :-1, 0], at[:, :-1, 1], at[:, 1:, 0], at[:, 1:, 1]
    return np.stack([a, b, c, b, d, c], -1).reshape(-1, 3)


def _wrapped(cosine: np.ndarray) -> np.ndarray:
    return np.maximum(cosine + _WRAP, 0) / (1 + _WRAP) ** 2


def _sky(lights: Lights, height: np.ndarray) -> np.ndarray:
    """Irradiance [3, N] from the sky on what looks up by the sine height [N]."""
    return lights.ground[:, None] + (lights.sky - lights.ground)[:, None] * (0.5 + 0.5 * height)
