"""Occluders in a picture: shaded at their vertices, rasterised over the hair, and recorded in the mask.

Opaque surfaces are resolved against the hair fragment by fragment. Whatever transmits more than half of the light, such
as a clear lens, is composited last and hides nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import groupby

import cv2
import numpy as np

from painctl.appearance.occluders.kinds import KINDS
from painctl.appearance.occluders.part import Material, Occluder, Part
from painctl.records import Camera, Mesh
from painctl.render.camera import position_of
from painctl.render.layer import FINER, Layer, kept, layer_of, raster_of
from painctl.render.lighting import Lighting
from painctl.render.planar import dot, unit
from painctl.render.rasterise import GBuffer
from painctl.render.ribbons import hair_mesh
from painctl.render.shading import wrapped

HIDES = 0.5  # least share of the light behind that an occluder blocks where it counts as hiding

_WRAP = np.float32(0.2)  # how far light wraps past the terminator, in cosines
_SOFT = np.float32(0.03)  # radians, blur of the outline of a reflected lamp


@dataclass(frozen=True, eq=False)
class Shaded:
    """A part of an occluder as it looks from one camera."""

    value: int  # of its kind in masks
    mesh: Mesh  # colours are the radiance that it adds
    blocked: np.ndarray  # float32 [N], share of the light from behind that it blocks

    @property
    def opaque(self) -> bool:
        """Whether it blocks all light."""
        return bool(self.blocked.min() >= 1)


@dataclass(frozen=True, eq=False)
class Cover:
    """The occluders of a picture over its hair, at the resolution of the hair's layer, h x h pixels."""

    hair: Layer
    solid: Layer  # hair and opaque occluders, whichever is nearer
    values: np.ndarray  # uint8 [h, h], value in masks of the occluder that is nearer than the hair, else 0
    clear: Layer | None  # what transmits light
    blocked: np.ndarray  # float32 [h, h], share of the light that it blocks
    clear_values: np.ndarray  # uint8 [h, h]

    @classmethod
    def of(cls, hair: Layer, shaded: Sequence[Shaded], camera: Camera) -> Cover:
        """Shaded parts over the layer of the hair."""
        opaque, clear = ([part for part in shaded if part.opaque == wanted] for wanted in (True, False))
        solid, values = hair, np.zeros(hair.depth.shape, np.uint8)
        if opaque:
            solid, values = _opaque(opaque, camera)
            behind = solid.depth >= hair.depth
            cv2.copyTo(hair.colour, behind.view(np.uint8), solid.colour)
            np.copyto(solid.depth, hair.depth, where=behind)
            values[behind] = 0
        if not clear:
            return cls(hair, solid, values, None, np.zeros(values.shape, np.float32), np.zeros_like(values))
        return cls(hair, solid, values, *_clear(clear, camera))

    def finish(self, picture: np.ndarray, mask: np.ndarray, gbuffer: GBuffer) -> None:
        """Composite what transmits light over a finished picture [H, W, 3]; mark all that hides something in its mask.

        A pixel gets the value of the occluder that hides most of it, if occluders hide at least half of it.
        """
        hiding = np.where(self.solid.nearer(gbuffer), self.values, np.uint8(0))
        if self.clear is not None:
            through = self.clear.nearer(gbuffer) & (self.clear.depth < self.solid.depth)
            blocked = self.blocked * through
            self.clear.composite(picture, kept(self.clear.colour, through), blocked)
            hiding = np.where(blocked >= HIDES, self.clear_values, hiding)
        share, best = np.zeros(mask.shape, np.float32), np.zeros(mask.shape, np.uint8)
        for value in np.flatnonzero(np.bincount(hiding.ravel(), minlength=2)[1:]) + 1:
            part = self.solid.shrunk((hiding == value).astype(np.float32))
            best[part > share] = value
            share = np.maximum(share, part)
        hidden = self.solid.shrunk((hiding > 0).astype(np.float32)) >= HIDES
        mask[hidden] = best[hidden]


def empty_layer(camera: Camera) -> Layer:
    """A layer over the whole picture with nothing on it."""
    size = round(FINER * camera.size)
    return Layer(np.zeros((size, size, 3), np.float32), np.full((size, size), np.inf, np.float32), 0, 0, camera.size)


def _opaque(shaded: list[Shaded], camera: Camera) -> tuple[Layer, np.ndarray]:
    """Radiance and depth of opaque parts, on the grid of the hair's layer, and their values, uint8 [h, h]."""
    mesh, size = Mesh.joined([part.mesh for part in shaded]), round(FINER * camera.size)
    raster = raster_of(mesh, camera, FINER, (0, 0, camera.size))
    values, depth = np.zeros((size, size), np.uint8), np.full((size, size), np.inf, np.float32)
    start = 0
    for value, parts in groupby(shaded, key=lambda part: part.value):
        stop = start + sum(len(part.mesh.faces) for part in parts)
        raster.draw(mesh.faces[start:stop])
        nearest = raster.depth
        values[nearest < depth] = value
        start, depth = stop, nearest
    return Layer(raster.colour, depth, 0, 0, camera.size), values


def _clear(shaded: list[Shaded], camera: Camera) -> tuple[Layer, np.ndarray, np.ndarray]:
    """The same of parts that transmit light: layer, the light that they block float32 [h, h], and their values."""
    mesh, square = Mesh.joined([part.mesh for part in shaded]), (0, 0, camera.size)
    value = np.concatenate([np.full(len(part.mesh.vertices), part.value, np.float32) for part in shaded])
    blocked = np.concatenate([part.blocked for part in shaded])
    both = layer_of(replace(mesh, colour=np.stack([blocked, value, value], 1)), camera, FINER, square).colour
    labels = np.ascontiguousarray(both[..., 0]), np.rint(both[..., 1]).astype(np.uint8)
    return layer_of(mesh, camera, FINER, square), *labels


def shade_worn(occluders: Sequence[Occluder], gbuffer: GBuffer, camera: Camera, lighting: Lighting) -> list[Shaded]:
    """The parts and strands of occluders, shaded."""
    eye, shaded = position_of(camera).astype(np.float32), []
    for occluder in occluders:
        value = KINDS[occluder.name].value
        shaded += [Shaded(value, *_shade(part, eye, lighting)) for part in occluder.parts]
        if occluder.strands is not None:
            mesh = hair_mesh(occluder.strands, gbuffer, camera, lighting)
            shaded.append(Shaded(value, mesh, np.ones(len(mesh.vertices), np.float32)))
    return shaded


def _shade(part: Part, eye: np.ndarray, lighting: Lighting) -> tuple[Mesh, np.ndarray]:
    mesh, material = part.mesh, part.material
    points = np.ascontiguousarray(mesh.vertices.T)
    view = unit(eye[:, None] - points)
    facing = dot(part.normals, view)
    normal = part.normals * np.where(facing < 0, np.float32(-1), np.float32(1))  # sheets have two sides
    facing = np.abs(facing)

    # Diffuse
    lights = lighting.lights
    total = lights.sky_irradiance(lighting.up @ normal)
    lit = _lit(mesh.vertices, lighting)
    for number, (towards, irradiance) in enumerate(zip(lights.directions, lights.irradiance, strict=True)):
        total += irradiance[:, None] * wrapped(towards @ normal, _WRAP) * (lit if number == 0 else 1)
    grazing = max(1 - material.roughness, material.reflectance)  # Schlick, dimmed on rough surfaces
    fresnel = material.reflectance + (grazing - material.reflectance) * (1 - np.clip(facing, 0, 1)) ** 5
    fresnel = np.where(material.reflectance > 0, fresnel, 0).astype(np.float32)
    albedo = mesh.colour.T
    opacity = np.float32(material.opacity)
    radiance = total * albedo * (1 - fresnel) * opacity + material.glow * albedo

    # Reflection: metals tint it
    if material.reflectance > 0:
        mirrored = 2 * facing * normal - view
        tint = albedo / np.maximum(albedo.max(0), 1e-6) if material.reflectance > 0.3 else 1
        radiance = radiance + fresnel * tint * _reflected(mirrored, normal, view, lit, material, lighting)
    blocked = 1 - (1 - opacity) * (1 - fresnel) ** 2
    return Mesh(mesh.vertices, mesh.faces, radiance.T.astype(np.float32)), blocked.astype(np.float32)


def _lit(points: np.ndarray, lighting: Lighting) -> np.ndarray:
    """The share of the key light that is visible from points [N, 3]; shadows fade towards the edge of their map."""
    centre, radius = lighting.key_shadow.sphere
    inside = np.clip(4 * (1 - np.linalg.norm(points - centre.astype(np.float32), axis=1) / radius), 0, 1)
    return 1 - (1 - lighting.key_shadow.light(points)) * inside


def _reflected(
    mirrored: np.ndarray, normal: np.ndarray, view: np.ndarray, lit: np.ndarray, material: Material, lighting: Lighting
) -> np.ndarray:
    """Radiance [3, N] that arrives from around the directions `mirrored` [3, N]."""
    lights = lighting.lights
    total = lights.sky_irradiance(lighting.up @ mirrored)
    for number, (towards, irradiance, radius) in enumerate(
        zip(lights.directions, lights.irradiance, lights.radii, strict=True)
    ):
        visible = lit if number == 0 else np.float32(1)
        if material.mirror:
            total = total + irradiance[:, None] * (_panel(mirrored, towards, lighting.up, radius) * visible)
            continue
        half = unit(view + towards[:, None])
        alpha = min(material.roughness**2 + float(radius) / 5, 1.0)
        spread = dot(half, normal) ** 2 * (alpha * alpha - 1) + 1
        cosine = np.maximum(towards @ normal, 0)
        total = total + irradiance[:, None] * (alpha * alpha / (spread * spread) * cosine * visible / 4)
    return total


def _panel(mirrored: np.ndarray, towards: np.ndarray, up: np.ndarray, radius: np.float32) -> np.ndarray:
    """Radiance [N] of a lamp of unit irradiance, as a square panel with a bar across, in directions [3, N]."""
    right = np.cross(up, towards)
    right /= max(np.linalg.norm(right), 1e-6)
    over = np.cross(towards, right)
    ahead = towards @ mirrored
    x, y = (right @ mirrored) / np.maximum(ahead, 0.05), (over @ mirrored) / np.maximum(ahead, 0.05)
    size = np.tan(np.minimum(radius, 0.3))
    inside = np.clip((size - np.maximum(np.abs(x), np.abs(y))) / _SOFT + 0.5, 0, 1) * (ahead > 0.05)
    bar = 1 - 0.7 * np.clip(1.5 - np.abs(x) / (0.06 * size + 1e-6), 0, 1)
    return inside * bar * np.pi / (4 * size * size)
