"""One finished picture of a face, with what is known about every pixel of it."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace

import cv2
import numpy as np

from painctl.appearance.textures import Textures
from painctl.render.background import paint_background
from painctl.render.camera import DISTANCE, head_sphere
from painctl.render.light import Lights, lights_of
from painctl.render.maps import Maps
from painctl.render.mesh import Corners, cross, unit
from painctl.render.occlusion import SoftShadow, ambient_occlusion, blur
from painctl.render.rasterise import GBuffer, Rasteriser, intersect
from painctl.render.shading import TEARS, Surface, cornea, shade
from painctl.render.tone import develop
from painctl.shard.records import Camera, Topology

BREAK = 0.004  # metres of depth between neighbouring pixels that make an edge
CREVICE_REACH = 0.004  # metres about a point that shade it
CREVICE_DEPTH = 0.006  # metres below them for full shade
CREVICE_SHADE = 0.65  # share of the light that it takes
LID_REACH = 0.002  # metres, the lashes' and lids' shade on the eye: how soft, and how far below the lid it falls
LID_SHADE = 0.95  # share of the light that it takes under the lid itself
ADAPTATION = 0.3  # how far a photographer opens up for dark skin: power on its albedo
MEAN_ALBEDO = 0.3  # luminance of skin that needs no adaptation
HIDDEN = 0.004  # metres behind the surface from which a landmark counts as hidden


@dataclass(frozen=True, eq=False)
class Frame:
    """A picture of H x W pixels and its labels."""

    image: np.ndarray  # uint8 [H, W, 3], sRGB
    mask: np.ndarray  # uint8 [H, W], 255 where a pixel's centre sees the head, else 0
    heat: np.ndarray  # float32 [H, W], the heatmap of the face, 0 at the background
    landmarks: np.ndarray  # float32 [68, 2], pixels
    landmarks_visible: np.ndarray  # bool [68], in the picture and nothing of the head before it


class Sitter:
    """A person, ready to sit for many frames, which share mip-mapped textures and each face's shading frames."""

    def __init__(self, topology: Topology, textures: Textures) -> None:
        self.topology = topology
        self.maps = Maps(textures)
        self.corners = Corners.of(topology)
        eyes = [topology.region(name) for name in ("left_eye", "right_eye") if name in topology.region_names]
        self.wet = (sum(eyes, np.zeros(topology.regions.shape[1])) > 0)[topology.faces[:, 0]]  # bool [F]
        face = topology.region("face")[self.corners.vertex] > 0
        self.skin = self.maps.look_up(self.corners.uv[face].T, self.maps.size / 64)[0].mean(axis=1)  # linear RGB [3]
        self._posed: tuple[np.ndarray, np.ndarray] | None = None

    def pose(self, vertices: np.ndarray) -> np.ndarray:
        """A face as shading wants it, float32 [C, 11]: position 3, normal 3, tangent 3, handedness, occlusion.

        The last one is kept, since a face is seen from several views in turn.
        """
        if self._posed is None or not np.array_equal(self._posed[0], vertices):
            vertices = vertices.astype(np.float32)
            frames = self.corners.frames(vertices)
            normals = np.empty_like(vertices)
            normals[self.corners.vertex] = frames[:, :3]
            open_sky = ambient_occlusion(vertices, self.topology.faces, normals, head_sphere(vertices))
            at = self.corners.vertex
            self._posed = vertices, np.concatenate([vertices[at], frames, open_sky[at, None]], axis=1)
        return self._posed[1]


@dataclass(frozen=True, eq=False)
class _Samples:
    """Points that the picture's pixels see, one or several a pixel."""

    pixel: np.ndarray  # int64 [N], flat index
    face: np.ndarray  # int32 [N]
    barycentric: np.ndarray  # float32 [N, 3]
    depth: np.ndarray  # float32 [N], metres


def render_frame(
    sitter: Sitter,
    vertices: np.ndarray,
    heat: np.ndarray,
    camera: Camera,
    *,
    light: np.ndarray,
    background: np.ndarray,
    rasteriser: Rasteriser,
) -> Frame:
    """The frame of a face: vertices float32 [V, 3] in metres with heat float32 [V] in 0..1, seen by `camera`.

    `light` and `background` are the parameters of `draw_light` and `draw_background`. The mask is the raster of pixel
    centres; the picture's edges are anti-aliased with four samples a pixel, in linear light.
    """
    faces = sitter.topology.faces
    seen = rasteriser(vertices, faces, camera)
    lights = lights_of(light)
    radiance = paint_background(background, camera.size) * lights.frontal.astype(np.float32)
    flat = radiance.reshape(-1, 3)

    edge = _edges(seen, sitter.wet)
    smooth = np.flatnonzero(seen.mask & ~edge)
    inner = _Samples(
        smooth,
        *(values.reshape(edge.size, -1)[smooth].squeeze() for values in (seen.face, seen.barycentric, seen.depth)),
    )
    outer = _quarters(np.flatnonzero(edge), vertices, faces, camera, rasteriser)
    samples = _Samples(*(np.concatenate([getattr(inner, f.name), getattr(outer, f.name)]) for f in fields(_Samples)))
    colours = _shade(sitter, vertices, samples, seen, camera, lights)
    flat[smooth] = colours[: len(smooth)]
    _mix_quarters(flat, outer.pixel, colours[len(smooth) :])

    landmarks, visible = _landmarks(sitter.topology, vertices, camera, seen)
    luminance = float(sitter.skin @ (0.2126, 0.7152, 0.0722))
    return Frame(
        image=develop(radiance, lights.exposure * (MEAN_ALBEDO / luminance) ** ADAPTATION),
        mask=np.where(seen.mask, np.uint8(255), np.uint8(0)),
        heat=_interpolate(seen, faces, heat.astype(np.float32)),
        landmarks=landmarks,
        landmarks_visible=visible,
    )


def _edges(seen: GBuffer, wet: np.ndarray) -> np.ndarray:
    """Pixels bool [H, W] beside a break in depth, the silhouette, or the rim of an eye."""
    kernel = np.ones((3, 3), np.uint8)
    parts = np.where(seen.mask, 1 + wet[seen.face].astype(np.uint8), np.uint8(0))
    steps = cv2.dilate(seen.depth, kernel) - cv2.erode(seen.depth, kernel) > BREAK
    return steps | (cv2.dilate(parts, kernel) != cv2.erode(parts, kernel))


def _quarters(
    pixel: np.ndarray, vertices: np.ndarray, faces: np.ndarray, camera: Camera, rasteriser: Rasteriser
) -> _Samples:
    """What the middles of the four quarters of pixels [N] see, without those that see the background."""
    twice = np.diag([2.0, 2.0, 1.0])
    double = Camera(twice @ camera.intrinsics, camera.extrinsics, 2 * camera.size)
    rows, columns = np.divmod(pixel, camera.size)
    at = np.concatenate([np.stack([2 * columns + i, 2 * rows + j], axis=1) for j in (0, 1) for i in (0, 1)])
    near = _faces_near(pixel, vertices, faces, camera)
    face = rasteriser.visible_faces(vertices, faces[near], double)[at[:, 1], at[:, 0]]
    hit = face >= 0
    face = near[face[hit]].astype(np.int32)
    return _Samples(np.tile(pixel, 4)[hit], face, *intersect(vertices, faces, double, face, at[hit] + 0.5))


def _faces_near(pixel: np.ndarray, vertices: np.ndarray, faces: np.ndarray, camera: Camera) -> np.ndarray:
    """Rows of the faces whose bounding box in the picture holds one of the pixels [N]."""
    marked = np.zeros(camera.size**2, np.uint8)
    marked[pixel] = 1
    counts = cv2.integral(marked.reshape(camera.size, -1))
    corners = np.clip(camera.project(vertices), 0, camera.size)[faces]
    (x0, y0), (x1, y1) = np.floor(corners.min(axis=1)).astype(int).T, np.ceil(corners.max(axis=1)).astype(int).T
    return np.flatnonzero(counts[y1, x1] - counts[y0, x1] - counts[y1, x0] + counts[y0, x0])


def _mix_quarters(picture: np.ndarray, pixel: np.ndarray, colours: np.ndarray) -> None:
    """Cover pixels of a picture [P, 3] by a quarter with each of colours [N, 3]."""
    count = np.bincount(pixel, minlength=len(picture))
    touched = np.flatnonzero(count)
    picture[touched] *= (1 - count[touched] / 4)[:, None]
    for channel in range(3):
        picture[touched, channel] += np.bincount(pixel, colours[:, channel] / 4, len(picture))[touched]


def _shade(
    sitter: Sitter, vertices: np.ndarray, samples: _Samples, seen: GBuffer, camera: Camera, lights: Lights
) -> np.ndarray:
    """Radiance float32 [N, 3] of the samples."""
    weights = sitter.corners.weights(samples.face, samples.barycentric)
    values = np.ascontiguousarray((weights @ np.concatenate([sitter.pose(vertices), sitter.corners.uv], axis=1)).T)
    position, normal, tangent, uv = values[:3], unit(values[3:6]), values[6:9], values[11:]
    texels = np.sqrt(sitter.corners.uv_area[np.unique(samples.face)].sum() / max(seen.mask.sum(), 1)) * sitter.maps.size
    albedo, bump, roughness = sitter.maps.look_up(uv, texels)
    wet = sitter.wet[samples.face]
    detail = unit(bump[0] * tangent + bump[1] * values[9] * cross(normal, tangent) + bump[2] * normal)
    detail[:, wet] = cornea(normal[:, wet])

    to_head = (np.diag([1, -1, -1]) @ camera.extrinsics[:3, :3]).T.astype(np.float32)  # from light.py's axes
    lights = replace(lights, directions=lights.directions @ to_head.T)
    eye = -camera.extrinsics[:3, :3].T @ camera.extrinsics[:3, 3]
    shadow = SoftShadow(vertices, sitter.topology.faces, head_sphere(vertices), lights.directions[0], lights.radii[0])
    crevice = _crevice(samples, seen, camera)
    crevice[wet] *= _lid_shade(samples.pixel[wet], sitter.wet, seen, camera)
    surface = Surface(
        view=unit(eye.astype(np.float32)[:, None] - position),
        normal=normal,
        detail=detail,
        albedo=albedo,
        roughness=np.where(wet, TEARS, roughness),
        occlusion=np.clip(values[10], 0, 1) * crevice,
        shadow=shadow.light(position.T) * crevice,
    )
    return shade(surface, lights, to_head[:, 1]).T


def _crevice(samples: _Samples, seen: GBuffer, camera: Camera) -> np.ndarray:
    """Light left [N] where a sample lies deeper than what is around it: nostrils, folds, between the lips.

    After Luft, Colditz and Deussen, Image enhancement by unsharp masking the depth buffer (2006).
    """
    depth = np.where(seen.mask, seen.depth, seen.depth.max())
    below = samples.depth - blur(depth, _pixels(CREVICE_REACH, camera)).ravel()[samples.pixel]
    return 1 - CREVICE_SHADE * np.clip(below / CREVICE_DEPTH, 0, 1)


def _lid_shade(pixel: np.ndarray, wet: np.ndarray, seen: GBuffer, camera: Camera) -> np.ndarray:
    """Light left [N] on pixels of the eyes by the upper lid and its lashes; wet is bool [F], true on eyeballs."""
    reach = _pixels(LID_REACH, camera)
    skin = np.where(seen.mask & ~wet[seen.face], np.float32(1), np.float32(0))
    above = np.maximum(pixel - camera.size * round(reach), 0)
    return 1 - LID_SHADE * blur(skin, reach).ravel()[above]


def _pixels(metres: float, camera: Camera) -> float:
    """How many pixels a length is at the head's distance."""
    return metres * camera.intrinsics[0, 0] / DISTANCE


def _interpolate(seen: GBuffer, faces: np.ndarray, values: np.ndarray) -> np.ndarray:
    """Values [V] of vertices at each pixel: [H, W], 0 at the background."""
    picture = np.zeros(seen.face.shape, np.float32)
    corners = values[faces[seen.face[seen.mask]]]
    picture[seen.mask] = np.einsum("nk,nk->n", seen.barycentric[seen.mask], corners)
    return picture


def _landmarks(
    topology: Topology, vertices: np.ndarray, camera: Camera, seen: GBuffer
) -> tuple[np.ndarray, np.ndarray]:
    """The landmarks in pixels float32 [68, 2], and which are seen, bool [68]."""
    corners = vertices[topology.faces[topology.landmark_faces]]
    points = np.einsum("lk,lkx->lx", topology.landmark_barycentric, corners).astype(np.float64)
    pixels = camera.project(points)
    depth = points @ camera.extrinsics[2, :3] + camera.extrinsics[2, 3]
    surface = cv2.dilate(np.where(seen.mask, seen.depth, np.float32(np.inf)), np.ones((3, 3), np.uint8))
    inside = ((pixels >= 0) & (pixels < camera.size)).all(axis=1) & (depth > 0)
    columns, rows = np.where(inside[:, None], pixels, 0).astype(int).T
    return pixels.astype(np.float32), inside & (depth < surface[rows, columns] + HIDDEN)
