"""What a head has that is no part of its mesh: hair, clothing and teeth, coloured at the corners of their triangles.

They are rasterised finer than the picture, lashes finest, and laid first behind the head, so that its edges blend with
what is behind them, and then before it where they are nearer. They move no vertex and no label.
"""

from __future__ import annotations

from dataclasses import dataclass, fields

import cv2
import numpy as np

from painctl.appearance.lashes import Lashes
from painctl.mesh.normals import vertex_normals
from painctl.records import Camera, Mesh, Strands
from painctl.render.corners import unit
from painctl.render.light import Lights
from painctl.render.occlusion import SoftShadow
from painctl.render.rasterise import GBuffer, paint

_NEARER = 0.0025  # metres behind the head's surface at which hair still lies on it: what a pixel's slope hides
_HIDDEN = 0.010  # metres behind it from which a strand is left out
_FINER = 1.4  # pixels of the overlay to one of the picture
_FINEST = 4  # and of the squares about the eyes: a lash is a fraction of a pixel wide
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
    """A part of the overlay over a square of the picture, in h x h pixels of its own."""

    colour: np.ndarray  # float32 [h, h, 3], radiance, 0 where there is nothing
    depth: np.ndarray  # float32 [h, h], metres, infinite where there is nothing
    left: int  # the square, in pixels of the picture
    top: int
    side: int

    def behind(self, picture: np.ndarray) -> None:
        """Lay the overlay as if there were no head over a picture [H, W, 3]."""
        self._lay(picture, self.colour, np.isfinite(self.depth))

    def before(self, picture: np.ndarray, seen: GBuffer) -> np.ndarray:
        """Lay what of the overlay is nearer than the head over a picture [H, W, 3] of that head.

        Returns where in the `square` that covers half a pixel and more, bool [side, side].
        """
        nearer = self._nearer(seen)
        return self._lay(picture, self.colour * nearer[..., None], nearer) >= 0.5

    @property
    def square(self) -> tuple[slice, slice]:
        """The rows and columns of the picture that it is over."""
        return slice(self.top, self.top + self.side), slice(self.left, self.left + self.side)

    def _nearer(self, seen: GBuffer) -> np.ndarray:
        """bool [h, h], where there is overlay and no head before it."""
        mask, depth = seen.mask[self.square], seen.depth[self.square]
        surface = np.where(mask, depth + np.float32(_NEARER), np.float32(np.inf))
        return self.depth < cv2.resize(surface, self.depth.shape, interpolation=cv2.INTER_NEAREST)

    def _lay(self, picture: np.ndarray, colour: np.ndarray, covered: np.ndarray) -> np.ndarray:
        """Colours [h, h, 3], 0 where not covered [h, h], over a picture [H, W, 3]; returns each pixel's cover."""
        part, share = picture[self.square], self._shrunk(covered.astype(np.float32))
        part *= 1 - share[..., None]
        part += self._shrunk(colour)
        return share

    def _shrunk(self, layer: np.ndarray) -> np.ndarray:
        return cv2.resize(layer, (self.side, self.side), interpolation=cv2.INTER_AREA)


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
            edges = _edges(self._hair.points[few], _CASTING * self._hair.width[few], self._hair.outward[few])
            faces.append(_ribbons(*edges.shape[:2]) + len(self._solid.vertices))
            vertices.append(edges.reshape(-1, 3))
        return np.concatenate(vertices), np.concatenate(faces)

    def render(
        self, face: np.ndarray, seen: GBuffer, camera: Camera, lights: Lights, up: np.ndarray, shadow: SoftShadow
    ) -> list[Layer]:
        """The overlay of a face [V, 3], `seen` by the camera, under `lights`; what comes later is before the rest.

        The lights' directions and `up` [3] are in the head's frame.
        """
        eye = (-camera.extrinsics[:3, :3].T @ camera.extrinsics[:3, 3]).astype(np.float32)

        def drawn(strands: Strands) -> Mesh:
            strands, segments = _shown(strands, seen, camera)
            edges = _edges(strands.points, strands.width, eye - strands.points)
            ribbons = _ribbons(*edges.shape[:2]).reshape(*segments.shape, 2, 3)[segments].reshape(-1, 3)
            colours = np.repeat(_shade_hair(strands, eye, lights, up, shadow).T, 2, axis=0)
            return Mesh(edges.reshape(-1, 3), ribbons, colours)

        solid = Mesh(self._solid.vertices, self._solid.faces, self._shade_solid(lights, up, shadow).T)
        main = solid if self._hair is None else Mesh.joined([solid, drawn(self._hair)])
        layers = []
        for lashes in self._lashes.pose(face):
            square, mesh = _about(lashes.points, camera), drawn(lashes)
            if square and len(mesh.faces):
                layers.append(_layer(mesh, camera, _FINEST, *square))
        return [*layers, _layer(main, camera, _FINER, 0, 0, camera.size)]

    def _shade_solid(self, lights: Lights, up: np.ndarray, shadow: SoftShadow) -> np.ndarray:
        """Radiance float32 [3, N] of the mesh."""
        normal = self._normals
        total = _sky(lights, up @ normal)
        lit = shadow.light(self._solid.vertices)
        for number, (towards, irradiance) in enumerate(zip(lights.directions, lights.irradiance, strict=True)):
            total += irradiance[:, None] * _wrapped(towards @ normal) * (lit if number == 0 else 1)
        return (total * self._solid.colour.T).astype(np.float32)


def _layer(mesh: Mesh, camera: Camera, finer: float, left: int, top: int, side: int) -> Layer:
    """A mesh of colours as it shows in a square of the picture, in `finer` pixels to one."""
    size = round(finer * side)
    moved = size / side * np.array([[1, 0, -left], [0, 1, -top], [0, 0, side / size]])
    part = Camera(moved @ camera.intrinsics, camera.extrinsics, size)
    colours = np.ascontiguousarray(mesh.colour, np.float32)
    return Layer(*paint(mesh.vertices, mesh.faces, colours, part), left, top, side)


def _about(points: np.ndarray, camera: Camera) -> tuple[int, int, int] | None:
    """Left, top and side of the least square of pixels about points [..., 3]; None where they leave the picture."""
    pixels = camera.project(points.reshape(-1, 3))
    low, high = np.floor(pixels.min(axis=0)).astype(int), np.ceil(pixels.max(axis=0)).astype(int)
    side = int((high - low).max())
    if (low < 0).any() or (low + side > camera.size).any():
        return None
    return int(low[0]), int(low[1]), side


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


def _edges(points: np.ndarray, width: np.ndarray, facing: np.ndarray) -> np.ndarray:
    """The two edges of ribbons along points [S, P, 3] that turn their width [S, P] to `facing` [S, P, 3].

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


def _wrapped(cosine: np.ndarray) -> np.ndarray:
    return np.maximum(cosine + _WRAP, 0) / (1 + _WRAP) ** 2


def _sky(lights: Lights, height: np.ndarray) -> np.ndarray:
    """Irradiance [3, N] from the sky on what looks up by the sine height [N]."""
    return lights.ground[:, None] + (lights.sky - lights.ground)[:, None] * (0.5 + 0.5 * height)
