"""The head that objects are fitted to."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy.spatial import cKDTree

from painctl.appearance.occluders.relief import Relief
from painctl.appearance.occluders.shapes import vector
from painctl.mesh.normals import unit, vertex_normals
from painctl.records import Identity, Topology
from painctl.runs.draws import draws


@dataclass(frozen=True, eq=False)
class Wearer:
    """One face of a person: sizes of what is worn come from the neutral head, its place from the face."""

    person: Identity
    topology: Topology
    neutral: np.ndarray  # float32 [V, 3], metres
    face: np.ndarray  # float32 [V, 3], metres
    skin: np.ndarray  # float32 [3], mean albedo of the face, linear RGB

    def draws(self, purpose: str) -> np.random.Generator:
        """The generator for the design of an object, the same on all faces of the person."""
        return draws(self.person.seed, self.person.identity, f"occluders/{purpose}")

    @cached_property
    def landmarks(self) -> np.ndarray:
        """The 68 landmarks of the face, [68, 3]."""
        return self.topology.landmarks(self.face).astype(float)

    @cached_property
    def at_rest(self) -> np.ndarray:
        """The 68 landmarks of the neutral head, [68, 3]."""
        return self.topology.landmarks(self.neutral).astype(float)

    @cached_property
    def centre(self) -> np.ndarray:
        """A point inside the head, [3], from which its surface is visible in all directions but behind the ears."""
        return self.at_rest[[0, 16]].mean(0) * (0, 1, 1) - vector(0, 0, 0.045)

    @cached_property
    def relief(self) -> Relief:
        """The face without its ears."""
        return Relief.of(self.face.astype(float), self._outside, self.centre)

    @cached_property
    def relief_with_ears(self) -> Relief:
        """The face with its ears."""
        return Relief.of(self.face.astype(float), self.topology.faces, self.centre)

    def ear(self, side: int) -> tuple[np.ndarray, np.ndarray]:
        """The least and the greatest coordinates [3] of the left (side 1) or right (-1) ear.

        On a head without ears, where they would be.
        """
        member = (self.topology.region("ears") > 0.5) & (self.neutral[:, 0] * side > 0)
        if not member.any():
            temple = self.at_rest[16 if side > 0 else 0]
            return temple - vector(0.005, 0.04, 0.055), temple - vector(-0.005, -0.02, 0.012)
        ear = self.neutral[member].astype(float)
        return ear.min(0), ear.max(0)

    def height(self, points: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Height [N] of points [N, 3] above the skin without the ears, metres, and its unit normals [N, 3] there."""
        tree, places, normals = self._cloud
        near = tree.query(points)[1]
        normal = normals[near]
        return ((points - places[near]) * normal).sum(1), normal

    def clear(self, points: np.ndarray, least: np.ndarray | float, rounds: int = 3) -> np.ndarray:
        """Points [N, 3] pushed out of the skin until they are `least` metres above it."""
        for _ in range(rounds):
            above, normal = self.height(points)
            points = points + np.maximum(least - above, 0)[:, None] * normal
        return points

    def lay(self, points: np.ndarray, lift: float, rounds: int = 3) -> np.ndarray:
        """Points [N, 3] moved to `lift` metres above the skin, from either side."""
        for _ in range(rounds):
            above, normal = self.height(points)
            points = points + (lift - above)[:, None] * normal
        return points

    @cached_property
    def _outside(self) -> np.ndarray:
        """The triangles [F', 3] of the outside of the head without ears."""
        names = ("eyes", "sockets", "mouth_inside", "tongue", "ears")
        inner = np.max([self.topology.region(name) for name in names if name in self.topology.region_names], 0) > 0.5
        return self.topology.faces[~inner[self.topology.faces].any(1)]

    @cached_property
    def _cloud(self) -> tuple[cKDTree, np.ndarray, np.ndarray]:
        """Points of the skin, as a tree and as [N, 3], and their normals [N, 3]."""
        corners = self.face.astype(float)[self._outside]
        normals = vertex_normals(self.face, self._outside)[self._outside].mean(1)
        places = corners.mean(1)
        return cKDTree(places), places, unit(normals)
