"""One finished picture of a face with its labels: mask, heatmap and landmarks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from painctl.appearance.occluders.part import Occluder
from painctl.appearance.wrinkles import Creases
from painctl.records import Camera, Topology
from painctl.render.camera import DISTANCE, head_sphere, position_of
from painctl.render.exposure import photograph
from painctl.render.light import lights_of
from painctl.render.lighting import Lighting
from painctl.render.mouth_view import lamp_between_lips
from painctl.render.occlusion import blur
from painctl.render.planar import cross, unit
from painctl.render.rasterise import GBuffer, Rasteriser
from painctl.render.relight import relight
from painctl.render.samples import Samples, take_samples
from painctl.render.scene import Scene
from painctl.render.shading import TEARS, ShadingPoints, cornea, shade
from painctl.render.subject import Subject
from painctl.render.worn import Cover, empty_layer, shade_worn

MASK_HEAD = 255  # the mask where the bare head is visible
MASK_WORN = 128  # the mask where hair, lashes, clothing or teeth are visible; occluders have values of their own

CREVICE_REACH = 0.004  # metres around a point that shade it
CREVICE_DEPTH = 0.006  # metres below its surroundings at which a point is fully shaded
CREVICE_SHADE = 0.65  # share of the light that a crevice takes
LID_REACH = 0.002  # metres, softness of the shadow of lashes and lid on the eye, and how far below the lid it falls
LID_SHADE = 0.7  # share of the light that it takes right under the lid
ADAPTATION = 0.3  # how far a photographer opens the aperture for dark skin: power on its albedo
MEAN_ALBEDO = 0.3  # luminance of skin that needs no adaptation
HIDDEN = 0.01  # metres behind the surface beyond which a landmark counts as hidden: the lids lie in folds of 8 mm


@dataclass(frozen=True, eq=False)
class Frame:
    """A picture of H x W pixels and its labels."""

    image: np.ndarray  # uint8 [H, W, 3], sRGB
    mask: np.ndarray  # uint8 [H, W], `MASK_HEAD` by pixel centre, `MASK_WORN` over at least half a pixel, else 0
    heat: np.ndarray  # float32 [H, W], the heatmap of the face, 0 at the background
    landmarks: np.ndarray  # float32 [68, 2], pixels
    landmarks_visible: np.ndarray  # bool [68], inside the picture and not hidden by the head or an occluder


@dataclass(frozen=True, eq=False)
class _Shot:
    """A face in front of a camera, lit."""

    subject: Subject
    vertices: np.ndarray  # float32 [V, 3], metres
    creases: Creases | None
    camera: Camera
    gbuffer: GBuffer
    lighting: Lighting
    occluders: Sequence[Occluder]


def render_frame(
    subject: Subject,
    vertices: np.ndarray,
    heat: np.ndarray,
    camera: Camera,
    *,
    scene: Scene,
    rasteriser: Rasteriser,
    creases: Creases | None = None,
    occluders: Sequence[Occluder] = (),
) -> Frame:
    """Render a face of vertices float32 [V, 3] in metres, with heat float32 [V] in 0..1, as `camera` sees it.

    `creases` are the folds of the expression's skin, which move no vertex. `occluders` are what is worn on this face;
    heat is that of the face, also where they hide it. The mask samples pixel centres; the edges
    of the picture are anti-aliased with four samples per pixel, in linear light.
    """
    topology = subject.topology

    # Visible surface
    gbuffer = rasteriser(vertices, topology.faces, camera)
    samples = take_samples(gbuffer, subject.wet, vertices, topology.faces, camera, rasteriser)

    # Background and light
    lights, behind = relight(lights_of(scene.light), scene.photography)
    radiance = scene.backdrop(camera.size) * behind.astype(np.float32)
    casters = subject.casters(vertices.astype(np.float32), occluders)
    lamps = [occluder.lamp for occluder in occluders if occluder.lamp]
    lighting = Lighting.of(lights, camera, casters, head_sphere(vertices), lamps)

    # Back to front: hair and clothing behind the head, the head, hair and clothing in front of it
    layers = subject.overlay.render(vertices, gbuffer, camera, lighting, occluders) if subject.overlay else []
    cover = None
    if occluders:
        hair = layers.pop() if layers else empty_layer(camera)
        cover = Cover.of(hair, shade_worn(occluders, gbuffer, camera, lighting), camera)
        layers.append(cover.solid)
    for layer in layers:
        layer.draw_behind(radiance)
    skin = _shade(_Shot(subject, vertices, creases, camera, gbuffer, lighting, occluders), samples)
    radiance = samples.composite(radiance, skin)
    mask = np.where(gbuffer.mask, np.uint8(MASK_HEAD), np.uint8(0))
    for layer in layers:
        covered = layer.draw_in_front(radiance, gbuffer)
        if cover and layer is cover.solid:
            covered = cover.hair.covers(gbuffer)
        mask[layer.square][covered] = MASK_WORN
    if cover:
        cover.finish(radiance, mask, gbuffer)

    # Exposure and labels
    luminance = float(subject.skin @ (0.2126, 0.7152, 0.0722))
    exposure = lights.exposure * (MEAN_ALBEDO / luminance) ** ADAPTATION
    landmarks, visible = _landmarks(topology, vertices, camera, gbuffer, mask)
    return Frame(
        image=photograph(radiance, exposure, scene.lens, scene.photography),
        mask=mask,
        heat=gbuffer.interpolate(topology.faces, heat.astype(np.float32)),
        landmarks=landmarks,
        landmarks_visible=visible,
    )


def _shade(shot: _Shot, samples: Samples) -> np.ndarray:
    """Radiance float32 [3, N] of the samples."""
    subject, camera, gbuffer = shot.subject, shot.camera, shot.gbuffer

    # Geometry, interpolated from the corners
    weights = subject.corners.weights(samples.face, samples.barycentric)
    corners = np.concatenate([subject.pose(shot.vertices, shot.occluders), subject.corners.uv], axis=1)
    values = np.ascontiguousarray((weights @ corners).T)
    position, normal, tangent, handedness = values[:3], unit(values[3:6]), values[6:9], values[9]
    open_sky, uv = values[10], values[11:]
    wet = subject.wet[samples.face]

    # Texture, at the level that matches the size of a pixel
    visible = np.bincount(samples.face, minlength=len(subject.wet)) > 0
    texels = subject.maps.size * np.sqrt(float(subject.corners.uv_area[visible].sum()) / float(samples.share.sum()))
    albedo, bump, roughness = subject.maps.look_up(uv, texels)
    if shot.creases is not None:
        albedo, bump = shot.creases.fold(uv, albedo, bump)
    detail = unit(bump[0] * tangent + bump[1] * handedness * cross(normal, tangent) + bump[2] * normal)
    for eye, axis in zip(subject.eyes, subject.eye_axes(shot.vertices), strict=True):
        in_eye = eye[samples.face]
        detail[:, in_eye] = cornea(normal[:, in_eye], axis)

    # Light
    crevice = _crevice(samples, gbuffer, camera)
    crevice[wet] *= _lid_shade(samples.pixel[wet], subject.wet, gbuffer, camera)
    in_mouth = subject.inside[samples.face]
    crevice[in_mouth] = lamp_between_lips(open_sky[in_mouth])
    points = ShadingPoints(
        view=unit(position_of(camera).astype(np.float32)[:, None] - position),
        normal=normal,
        detail=detail,
        albedo=albedo,
        roughness=np.where(wet, TEARS, roughness),
        occlusion=np.clip(open_sky, 0, 1) * np.where(in_mouth, 1, crevice),
        shadow=shot.lighting.key_shadow.light(position.T) * crevice,
    )
    return shade(points, shot.lighting.lights, shot.lighting.up)


def _crevice(samples: Samples, gbuffer: GBuffer, camera: Camera) -> np.ndarray:
    """Light left [N] where a sample is deeper than its surroundings: nostrils, folds, between the lips.

    After Luft, Colditz and Deussen, Image enhancement by unsharp masking the depth buffer (2006).
    """
    depth = np.where(gbuffer.mask, gbuffer.depth, gbuffer.depth.max())
    below = samples.depth - blur(depth, _pixels(CREVICE_REACH, camera)).ravel()[samples.pixel]
    return 1 - CREVICE_SHADE * np.clip(below / CREVICE_DEPTH, 0, 1)


def _lid_shade(pixel: np.ndarray, wet: np.ndarray, gbuffer: GBuffer, camera: Camera) -> np.ndarray:
    """Light left [N] by the upper lid and its lashes on pixels of the eyes; `wet` is bool [F], true on eyeballs."""
    reach = _pixels(LID_REACH, camera)
    skin = np.where(gbuffer.mask & ~wet[gbuffer.face], np.float32(1), np.float32(0))
    right, down = camera.extrinsics[:2, 1] / max(float(np.hypot(*camera.extrinsics[:2, 1])), 1e-6)  # the head's up
    rows, columns = np.divmod(pixel, camera.size)
    rows, columns = (
        np.clip(at + round(reach * way), 0, camera.size - 1) for at, way in ((rows, down), (columns, right))
    )
    return 1 - LID_SHADE * blur(skin, reach)[rows, columns]


def _pixels(metres: float, camera: Camera) -> float:
    """A length at the head's distance in pixels."""
    return metres * camera.intrinsics[0, 0] / DISTANCE


def _landmarks(
    topology: Topology, vertices: np.ndarray, camera: Camera, gbuffer: GBuffer, mask: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """The landmarks in pixels float32 [68, 2], and which are visible, bool [68]: not hidden by head or occluders."""
    points = topology.landmarks(vertices).astype(np.float64)
    pixels = camera.project(points)
    depth = points @ camera.extrinsics[2, :3] + camera.extrinsics[2, 3]
    inside = ((pixels >= 0) & (pixels < camera.size)).all(axis=1) & (depth > 0)
    columns, rows = np.where(inside[:, None], pixels, 0).astype(int).T
    bare = np.isin(mask[rows, columns], (0, MASK_HEAD, MASK_WORN))
    # the farthest surface in the 3 x 3 pixels around each, clipped to the picture
    down, right = (np.clip(at[:, None] + (-1, 0, 1), 0, camera.size - 1) for at in (rows, columns))
    around = down[:, :, None], right[:, None]
    surface = np.where(gbuffer.face[around] >= 0, gbuffer.depth[around], np.float32(np.inf)).max(axis=(1, 2))
    return pixels.astype(np.float32), inside & bare & (depth < surface + HIDDEN)
