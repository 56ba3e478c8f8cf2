"""One person's texture before it is painted: where its texels are on the head, and the generators of its noise."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import cv2
import numpy as np

from painctl.appearance.noise import field
from painctl.appearance.texels import Texels, texels
from painctl.records import Identity, Topology
from painctl.runs.draws import draws

_COARSE = 0.004  # metres: noise of this wavelength or longer is drawn on a coarse texture
_SMALLEST = 64  # texels of a coarse texture


@dataclass(frozen=True, eq=False)
class TextureSpace:
    """A person, their neutral head [V, 3] in metres, and the C covered texels of their texture."""

    person: Identity
    topology: Topology
    vertices: np.ndarray
    size: int

    @cached_property
    def texels(self) -> Texels:
        """The covered texels of a texture of `size` x `size`."""
        return texels(self.topology, self.size)

    @cached_property
    def points(self) -> np.ndarray:
        """Position of each texel on the neutral head, float32 [C, 3], metres."""
        return self.texels.interpolate(self.vertices)

    @cached_property
    def points_by_axis(self) -> np.ndarray:
        """The points axis by axis, float32 [3, C], the fastest layout for noise."""
        return np.ascontiguousarray(self.points.T)

    @cached_property
    def regions(self) -> Mapping[str, np.ndarray]:
        """Membership of each texel in each region, float32 [C]."""
        members = self.texels.interpolate(self.topology.regions.T)
        return {name: np.ascontiguousarray(members[:, i]) for i, name in enumerate(self.topology.region_names)}

    @cached_property
    def landmarks(self) -> np.ndarray:
        """The 68 landmarks on the neutral head, float32 [68, 3], metres."""
        return self.topology.landmarks(self.vertices).astype(np.float32)

    def field(self, generator: np.random.Generator, wavelength: float) -> np.ndarray:
        """Smooth noise in space at each texel, float32 [C]; `wavelength` in metres.

        Noise that varies over many texels is drawn on a texture of a quarter the size and enlarged.
        """
        if wavelength < _COARSE or self.size < 4 * _SMALLEST:
            return field(generator, self.points_by_axis, wavelength)
        coarse = self._coarse
        drawn = coarse.texels.picture(field(generator, coarse.points_by_axis, wavelength))
        return self.texels.gather(cv2.resize(drawn, (self.size, self.size), interpolation=cv2.INTER_LINEAR))

    @cached_property
    def _coarse(self) -> TextureSpace:
        return TextureSpace(self.person, self.topology, self.vertices, self.size // 4)

    @cached_property
    def _tangents(self) -> np.ndarray:
        """Change of position from texel to texel along a row and down a column, float32 [C, 3, 2], metres."""
        points = self.texels.picture(self.points)
        return np.stack([self.texels.gather(np.gradient(points, axis=axis)) for axis in (1, 0)], 2)

    @cached_property
    def area(self) -> np.ndarray:
        """The area of skin that a texel covers, square metres [C]."""
        return np.linalg.norm(np.cross(self._tangents[..., 0], self._tangents[..., 1]), axis=1)

    def texels_per_metre(self, texels: np.ndarray) -> np.ndarray:
        """Derivative of (column, row) by position on the skin, [N, 2, 3], at `texels` int [N]."""
        return np.linalg.pinv(self._tangents[texels].astype(float), rcond=1e-6)

    def scatter(self, texels: np.ndarray, values: np.ndarray) -> np.ndarray:
        """Values [N] at `texels` int [N] and zero at all others, float32 [C]."""
        scattered = np.zeros(len(self.points), np.float32)
        scattered[texels] = values
        return scattered

    @cached_property
    def wet_border(self) -> np.ndarray:
        """1 on the inside of the mouth, fading out over the wet inner border of the lips, float32 [C]."""
        inside = self.topology.region("mouth_inside") > 0
        return self.texels.interpolate(np.mean([self.topology.grown(inside, rings) for rings in (0, 1, 2)], axis=0))

    @cached_property
    def face_texels(self) -> np.ndarray:
        """The texels of the face, int [N]: a sixth of all, so work on the face alone is cheap."""
        return np.flatnonzero(self.regions["face"] > 0)

    def draws(self, purpose: str) -> np.random.Generator:
        """The generator for one purpose."""
        return draws(self.person.seed, self.person.identity, f"appearance/{purpose}")

    @property
    def ageing(self) -> float:
        """How far age shows: 0 at 35 years, 1 at 80."""
        return float(np.clip((self.person.age - 35) / 45, 0, 1))
