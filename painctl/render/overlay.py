"""Everything outside the head's mesh: hair, lashes, clothing and teeth, shaded at the vertices of their triangles.

They are rasterised at a higher resolution than the picture, lashes at the highest, and composited twice: behind the
head, so that its edges blend with them, and then in front of it wherever they are nearer. They change no label.

The mouth is seen between the lips only, however far the jaw is open: mouth_view.py says where.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace

import cv2
import numpy as np

from painctl.appearance.lashes import Lashes
from painctl.appearance.mouth import Mouth, OpenMouth
from painctl.appearance.occluders.part import Occluder
from painctl.mesh.normals import vertex_normals
from painctl.records import Camera, Mesh, Strands
from painctl.render.camera import position_of
from painctl.render.hidden_hair import hidden_by_hair, strand_areas
from painctl.render.lighting import Lighting
from painctl.render.mouth_view import MouthView, shade_mouth
from painctl.render.planar import unit
from painctl.render.rasterise import GBuffer
from painctl.render.rasterise_opencv import rasterise_colours, rasterise_depth

NEARER = 0.0025  # metres behind the head's surface within which hair still counts as in front: the slope of a pixel
_HIDDEN = 0.010  # metres behind it beyond which a segment of a strand is skipped
_BORDER = 0.04  # sides of the picture beyond its border within which hair is drawn: the length of a segment
FINER = 1.4  # pixels of the overlay per pixel of the picture, along a side
_FINEST = 4  # the same around the eyes: a lash is a fraction of a pixel wide
_FINE = 3  # the same in the mouth, whose teeth are a few pixels wide
_CASTING = 12  # one strand in this many casts a shadow, this many times as wide and with half the points

# Reflection of hair: a white highlight from the cuticle, shifted towards the root, and a coloured one from within,
# shifted towards the tip, in sines of the cuticle's tilt; strengths are shares of the irradiance. After Marschner et
# al., "Light scattering from human hair fibers" (2003), in the form of Kajiya and Kay (1989).
_GLOSS, _GLOSS_SHIFT, _GLOSS_POWER = 0.05, -0.10, 80
_INNER, _INNER_SHIFT, _INNER_POWER = 0.6, 0.12, 20
_WRAP = np.float32(0.35)  # how far light wraps past the terminator on hair and cloth, in cosines
_BURIED = np.float32(0.75)  # share of the light that the outer hair takes from the innermost


@dataclass(frozen=True, eq=False)
class Layer:
    """Part of the overlay, over a square of the picture, at its own resolution of h x h pixels."""

    colour: np.ndarray  # float32 [h, h, 3], radiance, 0 where it is empty
    depth: np.ndarray  # float32 [h, h], metres, infinite where it is empty
    left: int  # the square, in pixels of the picture
    top: int
    side: int
    seen: bool = False  # whether all of it is in front of the head, whatever their depths
    worn: np.ndarray | None = None  # bool [h, h], which of it is no part of the head; all if None

    def draw_behind(self, picture: np.ndarray) -> None:
        """Composite all of the layer over a background [H, W, 3], before the head is drawn."""
        if self.seen:
            return  # between the lips, where the head covers all of the background
        self.composite(picture, self.colour, np.isfinite(self.depth))

    def draw_in_front(self, picture: np.ndarray, gbuffer: GBuffer) -> np.ndarray:
        """Composite the part of the layer that is nearer than the head over a picture [H, W, 3] of the head.

        Returns the pixels of `square` of which what is worn covers at least half, bool [side, side].
        """
        nearer = self.nearer(gbuffer)
        share = self.composite(picture, self.colour * nearer[..., None], nearer)
        if self.worn is not None:
            share = self.shrunk((nearer & self.worn).astype(np.float32))
        return share >= 0.5

    def covers(self, gbuffer: GBuffer) -> np.ndarray:
        """The pixels of `square` of which the part nearer than the head covers at least half, bool [side, side]."""
        return self.shrunk(self.nearer(gbuffer).astype(np.float32)) >= 0.5

    @property
    def square(self) -> tuple[slice, slice]:
        """The rows and columns of the picture that the layer covers."""
        return slice(self.top, self.top + self.side), slice(self.left, self.left + self.side)

    def nearer(self, gbuffer: GBuffer) -> np.ndarray:
        """bool [h, h], where the layer is not empty and not hidden by the head."""
        if self.seen:
            return np.isfinite(self.depth)
        mask, depth = gbuffer.mask[self.square], gbuffer.depth[self.square]
        surface = np.where(mask, depth + np.float32(NEARER), np.float32(np.inf))
        return self.depth < cv2.resize(surface, self.depth.shape, interpolation=cv2.INTER_NEAREST)

    def composite(self, picture: np.ndarray, colour: np.ndarray, covered: np.ndarray) -> np.ndarray:
        """Colours [h, h, 3], 0 where not covered [h, h], over a picture [H, W, 3]; returns the coverage of pixels.

        Coverage is bool, or a float in 0..1 for what transmits light.
        """
        part, share = picture[self.square], self.shrunk(covered.astype(np.float32))
        part *= 1 - share[..., None]
        part += self.shrunk(colour)
        return share

    def shrunk(self, layer: np.ndarray) -> np.ndarray:
        """Values [h, h, ...] averaged over the pixels of `square`: [side, side, ...]."""
        return cv2.resize(layer, (self.side, self.side), interpolation=cv2.INTER_AREA)


class Overlay:
    """A person's hair, lashes, everything solid as one mesh, and the mouth. Expressions move lashes and mouth only."""

    def __init__(self, hair: Strands | None, solid: Mesh, lashes: Lashes, mouth: Mouth | None = None) -> None:
        self._hair, self._solid, self._lashes, self._mouth = hair, solid, lashes, mouth
        self._under: tuple[tuple[Occluder, ...], Strands | None] = (), hair
        self._areas = _areas(hair)
        self._view = None if mouth is None else MouthView(mouth.topology, mouth.neutral)
        self._normals = vertex_normals(solid.vertices, solid.faces).T.astype(np.float32)
        self._latest: OpenMouth | None = None

    def casters(self, face: np.ndarray, occluders: Sequence[Occluder] = ()) -> tuple[np.ndarray, np.ndarray]:
        """A coarse mesh of everything but the lashes around a face [V, 3], for shadows.

        `occluders` are not in it, but press the hair flat. Returns vertices float32 [N, 3] and triangles int32 [M, 3].
        """
        solid = self._solid
        if self._mouth is not None and (opened := self._open_mouth(face)) is not None:
            solid = Mesh.joined([solid, replace(opened.mesh, faces=opened.mesh.faces[: self._mouth.crowns])])
        vertices, faces = [solid.vertices], [solid.faces]
        if (hair := self._pressed(occluders)) is not None:
            last = hair.width.shape[1] - 1
            sample = np.ix_(range(0, len(hair.width), _CASTING), sorted({*range(0, last, 2), last}))
            edges = _edges(hair.points[sample], _CASTING * hair.width[sample], hair.outward[sample])
            faces.append(_ribbons(*edges.shape[:2]) + len(solid.vertices))
            vertices.append(edges.reshape(-1, 3))
        return np.concatenate(vertices), np.concatenate(faces)

    def render(
        self,
        face: np.ndarray,
        gbuffer: GBuffer,
        camera: Camera,
        lighting: Lighting,
        occluders: Sequence[Occluder] = (),
    ) -> list[Layer]:
        """The layers over a face [V, 3] whose visible surface is `gbuffer`, back to front: the hair last.

        `occluders` press the hair under them flat; they are not in the layers.
        """
        layers = []
        for lashes in self._lashes.pose(face):
            square, mesh = _square_around(lashes.points, camera), hair_mesh(lashes, gbuffer, camera, lighting)
            if square and len(mesh.faces):
                layers.append(layer_of(mesh, camera, _FINEST, square))
        layers += self._mouth_layers(face, gbuffer, camera, lighting)
        main = Mesh(self._solid.vertices, self._solid.faces, self._shade_solid(lighting).T)
        if (hair := self._pressed(occluders)) is not None:
            main = Mesh.joined([main, hair_mesh(hair, gbuffer, camera, lighting, self._areas)])
        return [*layers, layer_of(main, camera, FINER, (0, 0, camera.size))]

    def _pressed(self, occluders: Sequence[Occluder]) -> Strands | None:
        """The hair under `occluders`; the latest result is cached."""
        wearing = tuple(occluder for occluder in occluders if occluder.press or occluder.covers_hair)
        if wearing != self._under[0]:
            hair = self._hair
            for occluder in wearing:
                hair = None if hair is None else occluder.flatten(hair)
            self._under, self._areas = (wearing, hair), _areas(hair)
        return self._under[1]

    def _mouth_layers(self, face: np.ndarray, gbuffer: GBuffer, camera: Camera, lighting: Lighting) -> list[Layer]:
        """What is seen of the teeth and gums of a face [V, 3]: none or one."""
        if self._mouth is None or self._view is None or (opened := self._open_mouth(face)) is None:
            return []
        lips = camera.project(self._mouth.topology.landmarks(face)[48:68].astype(float))
        square = self._view.square(gbuffer, lips)
        if square is None:
            return []
        vertices, faces, part = opened.mesh.vertices, opened.mesh.faces, _part(camera, _FINE, square)
        drawn = layer_of(
            Mesh(vertices, faces, shade_mouth(self._mouth, opened, camera, lighting)), camera, _FINE, square
        )
        surface = self._view.surface(face, part)
        worn = rasterise_depth(vertices, faces[: self._mouth.crowns], part) <= drawn.depth + np.float32(1e-4)
        behind = cv2.resize(gbuffer.mask[drawn.square].astype(np.uint8), surface.shape, interpolation=cv2.INTER_NEAREST)
        surface[worn & (behind == 0)] = np.inf  # from the side, teeth are seen against the background
        seen = drawn.depth < surface
        depth = np.where(seen, drawn.depth, np.float32(np.inf))
        return [replace(drawn, colour=drawn.colour * seen[..., None], depth=depth, seen=True, worn=worn)]

    def _open_mouth(self, face: np.ndarray) -> OpenMouth | None:
        """The mouth of a face [V, 3]; the latest is kept, since a face is seen from several views in turn."""
        if self._mouth is None:
            return None
        if self._latest is None or not np.array_equal(self._latest.face, face):
            self._latest = self._mouth.pose(face.astype(np.float32))
        return self._latest

    def _shade_solid(self, lighting: Lighting) -> np.ndarray:
        """Radiance float32 [3, N] of the solid mesh."""
        lights, normal = lighting.lights, self._normals
        total = lights.sky_irradiance(lighting.up @ normal)
        lit = lighting.key_shadow.light(self._solid.vertices)
        for number, (towards, irradiance) in enumerate(zip(lights.directions, lights.irradiance, strict=True)):
            total += irradiance[:, None] * _wrapped(towards @ normal) * (lit if number == 0 else 1)
        return (total * self._solid.colour.T).astype(np.float32)


def layer_of(mesh: Mesh, camera: Camera, finer: float, square: tuple[int, int, int]) -> Layer:
    """A coloured mesh, drawn over a square (left, top, side) of the picture with `finer` pixels per pixel of it."""
    part = _part(camera, finer, square)
    colours = np.ascontiguousarray(mesh.colour, np.float32)
    return Layer(*rasterise_colours(mesh.vertices, mesh.faces, colours, part), *square)


def _part(camera: Camera, finer: float, square: tuple[int, int, int]) -> Camera:
    """The camera of a square (left, top, side) of the picture, with `finer` pixels per pixel of it."""
    left, top, side = square
    size = round(finer * side)
    moved = size / side * np.array([[1, 0, -left], [0, 1, -top], [0, 0, side / size]])
    return Camera(moved @ camera.intrinsics, camera.extrinsics, size)


def _square_around(points: np.ndarray, camera: Camera) -> tuple[int, int, int] | None:
    """Left, top and side of the smallest square of pixels around points [..., 3]; None if it leaves the picture."""
    pixels = camera.project(points.reshape(-1, 3))
    low, high = np.floor(pixels.min(axis=0)).astype(int), np.ceil(pixels.max(axis=0)).astype(int)
    side = int((high - low).max())
    if (low < 0).any() or (low + side > camera.size).any():
        return None
    return int(low[0]), int(low[1]), side


def _areas(hair: Strands | None) -> np.ndarray | None:
    return None if hair is None else strand_areas(hair).ravel()


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

    `areas` as in `_hair_mesh`.
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
        facing = _wrapped(towards @ normal) * reach
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


def _wrapped(cosine: np.ndarray) -> np.ndarray:
    return np.maximum(cosine + _WRAP, 0) / (1 + _WRAP) ** 2
