"""One finished picture of a face, with what is known about every pixel of it."""

from __future__ import annotations

from dataclasses import dataclass, replace

import cv2
import numpy as np

from painctl.appearance.wrinkles import Creases
from painctl.records import Camera, Topology
from painctl.render.camera import DISTANCE, head_sphere
from painctl.render.corners import cross, unit
from painctl.render.lens import expose
from painctl.render.light import Lights, lights_of
from painctl.render.occlusion import SoftShadow, blur
from painctl.render.rasterise import GBuffer, Rasteriser
from painctl.render.samples import Samples, take_samples
from painctl.render.scene import Scene
from painctl.render.shading import TEARS, Surface, cornea, shade
from painctl.render.subject import Subject
from painctl.render.tone import develop

CREVICE_REACH = 0.004  # metres about a point that shade it
CREVICE_DEPTH = 0.006  # metres below them for full shade
CREVICE_SHADE = 0.65  # share of the light that it takes
LID_REACH = 0.002  # metres, the lashes' and lids' shade on the eye: how soft, and how far below the lid it falls
LID_SHADE = 0.7  # share of the light that it takes under the lid itself
ADAPTATION = 0.3  # how far a photographer opens up for dark skin: power on its albedo
MEAN_ALBEDO = 0.3  # luminance of skin that needs no adaptation
WORN = 128  # in a mask: hair, lashes, clothing or teeth
HIDDEN = 0.004  # metres behind the surface from which a landmark counts as hidden


@dataclass(frozen=True, eq=False)
class Frame:
    """A picture of H x W pixels and its labels."""

    image: np.ndarray  # uint8 [H, W, 3], sRGB
    mask: np.ndarray  # uint8 [H, W], 255 where a pixel's centre sees the head, `WORN` where half of it is worn, else 0
    heat: np.ndarray  # float32 [H, W], the heatmap of the face, 0 at the background
    landmarks: np.ndarray  # float32 [68, 2], pixels
    landmarks_visible: np.ndarray  # bool [68], in the picture and nothing of the head before it


def render_frame(
    sitter: Subject,
    vertices: np.ndarray,
    heat: np.ndarray,
    camera: Camera,
    *,
    scene: Scene,
    rasteriser: Rasteriser,
    creases: Creases | None = None,
) -> Frame:
    """The frame of a face: vertices float32 [V, 3] in metres with heat float32 [V] in 0..1, seen by `camera`.

    `creases` are the folds of the expression's skin, which move nothing.
    The mask is the raster of pixel centres; the picture's edges are anti-aliased with four samples a pixel, in linear
    light.
    """
    faces = sitter.topology.faces
    seen = rasteriser(vertices, faces, camera)
    lights = lights_of(scene.light)
    place = scene.backdrop(camera.size) * lights.frontal.astype(np.float32)
    samples = take_samples(seen, sitter.wet, vertices, faces, camera, rasteriser)
    to_head = (np.diag([1, -1, -1]) @ camera.extrinsics[:3, :3]).T.astype(np.float32)  # from light.py's axes
    lights = replace(lights, directions=lights.directions @ to_head.T)
    key = lights.directions[0], lights.radii[0]
    shadow = SoftShadow(*sitter.casters(vertices.astype(np.float32)), head_sphere(vertices), *key)
    worn = sitter.overlay.render(vertices, seen, camera, lights, to_head[:, 1], shadow) if sitter.overlay else []
    for layer in worn:
        layer.behind(place)
    skin = _shade(sitter, vertices, creases, samples, seen, camera, lights, shadow, to_head[:, 1])
    radiance = samples.composite(place, skin)
    mask = np.where(seen.mask, np.uint8(255), np.uint8(0))
    for layer in worn:
        mask[layer.square][layer.before(radiance, seen)] = WORN
    landmarks, visible = _landmarks(sitter.topology, vertices, camera, seen)
    luminance = float(sitter.skin @ (0.2126, 0.7152, 0.0722))
    exposure = lights.exposure * (MEAN_ALBEDO / luminance) ** ADAPTATION
    return Frame(
        image=develop(expose(radiance, exposure, scene.lens)),
        mask=mask,
        heat=_interpolate(seen, faces, heat.astype(np.float32)),
        landmarks=landmarks,
        landmarks_visible=visible,
    )


def _shade(
    sitter: Subject,
    vertices: np.ndarray,
    creases: Creases | None,
    samples: Samples,
    seen: GBuffer,
    camera: Camera,
    lights: Lights,
    shadow: SoftShadow,
    up: np.ndarray,
) -> np.ndarray:
    """Radiance float32 [3, N] of the samples."""
    weights = sitter.corners.weights(samples.face, samples.barycentric)
    values = np.ascontiguousarray((weights @ np.concatenate([sitter.pose(vertices), sitter.corners.uv], axis=1)).T)
    position, normal, tangent, uv = values[:3], unit(values[3:6]), values[6:9], values[11:]
    seen_faces = np.bincount(samples.face, minlength=len(sitter.wet)) > 0
    texels = sitter.maps.size * np.sqrt(float(sitter.corners.uv_area[seen_faces].sum()) / float(samples.share.sum()))
    albedo, bump, roughness = sitter.maps.look_up(uv, texels)
    if creases is not None:
        albedo, bump = creases.fold(uv, albedo, bump)
    wet = sitter.wet[samples.face]
    detail = unit(bump[0] * tangent + bump[1] * values[9] * cross(normal, tangent) + bump[2] * normal)
    detail[:, wet] = cornea(normal[:, wet], sitter.look)

    eye = -camera.extrinsics[:3, :3].T @ camera.extrinsics[:3, 3]
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
    return shade(surface, lights, up)


def _crevice(samples: Samples, seen: GBuffer, camera: Camera) -> np.ndarray:
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
    picture = np.zeros(seen.face.size, np.float32)
    inside = np.flatnonzero(seen.mask)
    face = seen.face.ravel()[inside]
    shares = seen.barycentric.reshape(-1, 3)[inside].T
    picture[inside] = sum(share * corner.take(face) for share, corner in zip(shares, values[faces].T, strict=True))
    return picture.reshape(seen.face.shape)


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
