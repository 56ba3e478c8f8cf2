"""What an occluder consists of: meshes with a material, strands of hair, and what it presses flat."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from painctl.mesh.normals import vertex_normals
from painctl.records import Mesh, Strands


@dataclass(frozen=True)
class Material:
    """How a surface reflects and transmits light, by default matt and opaque."""

    opacity: float = 1.0  # share of the light from behind that it blocks, besides what it reflects
    reflectance: float = 0.0  # specular, at normal incidence
    roughness: float = 0.5  # square root of GGX's alpha
    mirror: bool = False  # so smooth that lamps are reflected with their outlines
    glow: float = 0.0  # radiance that it emits, as a multiple of its colour


CLOTH = Material()
SKIN = Material(reflectance=0.028, roughness=0.8)
PLASTIC = Material(reflectance=0.045, roughness=0.35)
METAL = Material(reflectance=0.55, roughness=0.35)


@dataclass(frozen=True, eq=False)
class Part:
    """A mesh of one material."""

    mesh: Mesh
    material: Material = CLOTH
    casts: bool = True  # a shadow on the face

    @cached_property
    def normals(self) -> np.ndarray:
        """The unit normals of the vertices: float32 [3, N]."""
        return np.ascontiguousarray(vertex_normals(self.mesh.vertices, self.mesh.faces).T.astype(np.float32))


@dataclass(frozen=True, eq=False)
class Lamp:
    """A distant lamp, in the head's frame; see render/light.py for its units."""

    direction: np.ndarray  # float32 [3], unit, towards the lamp
    irradiance: np.ndarray  # float32 [3], linear RGB, on a surface that faces it
    radius: float  # radians


@dataclass(frozen=True, eq=False)
class Occluder:
    """An object as it is worn on one face."""

    name: str  # of kinds.KINDS
    parts: tuple[Part, ...]
    strands: Strands | None = None  # hair that belongs to it
    press: Callable[[np.ndarray], np.ndarray] | None = None  # moves points [N, 3] of the hair under it
    covers_hair: bool = False  # all of it
    lamp: Lamp | None = None  # the light that it sheds

    @property
    def casts(self) -> bool:
        """Whether it casts a shadow on the face, or changes the hair that does."""
        return self.press is not None or self.covers_hair or any(part.casts for part in self.parts)

    def flatten(self, hair: Strands) -> Strands | None:
        """The hair of the person, with what is under the object pressed against the head; None if it covers all."""
        if self.covers_hair:
            return None
        if self.press is None:
            return hair
        points = self.press(hair.points.reshape(-1, 3).astype(np.float64)).reshape(hair.points.shape)
        return replace(hair, points=points.astype(np.float32))
