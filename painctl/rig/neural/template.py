"""The head that the rig was trained on: its people's shapes, which of it moves, and the sites that the network knows."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy.spatial import cKDTree

from painctl.rig.neural.registration import Registered, ShapeModel, register
from painctl.rig.neural.surface import Surface

NEIGHBOURS = 3
_APART = 0.05  # decimetres that a site is off for each unit its normal is off
_NEAR = 0.005  # decimetres within which all sites count alike


@dataclass(frozen=True, eq=False)
class Template:
    """The training frame: decimetres, x to the subject's left, y up, z out of the face, origin between the eyes.

    A site is one of the model's triangles that has a vertex which moves.
    """

    model: ShapeModel
    moves: np.ndarray  # bool [P], whether any action unit moves the vertex

    @cached_property
    def sites(self) -> np.ndarray:
        """The sites' triangles, int [J], rows of the model's faces."""
        return np.flatnonzero(self.moves[self.model.faces].any(1))

    @cached_property
    def _tree(self) -> cKDTree:
        corners = self.model.mean[self.model.faces[self.sites]]
        normals = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
        return cKDTree(_keyed(corners.mean(1), normals / np.linalg.norm(normals, axis=1, keepdims=True)))

    def anchors(self, middles: np.ndarray, normals: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """The sites next to triangles whose middles [M, 3] are places on the mean head: (int [M, 3], weights)."""
        away, index = self._tree.query(_keyed(middles, normals), NEIGHBOURS)
        weight = 1 / (away**2 + _NEAR**2)
        return index, weight / weight.sum(1, keepdims=True)


@dataclass(frozen=True, eq=False)
class Sitting:
    """A surface of N vertices, of whose triangles M' may move, found on the template."""

    surface: Surface
    registered: Registered
    pinned: np.ndarray  # bool [N], no unit moves the vertex
    active: np.ndarray  # int64 [M'], rows of the surface's faces
    anchors: np.ndarray  # int64 [M', 3], sites
    weights: np.ndarray  # float64 [M', 3], of the sites, sum 1

    @classmethod
    def find(cls, template: Template, surface: Surface) -> Sitting:
        """A surface in the training frame. Only its largest part moves: eyeballs, tongue and teeth are parts of it
        that stay as they are."""
        registered = register(template.model, surface)
        pinned = ~template.moves[registered.nearest] | (surface.parts > 0)
        active = np.flatnonzero(~pinned[surface.faces].all(1))
        if not len(active):
            raise ValueError("no part of the mesh lies where a face would move; is it a head?")
        middles = registered.place[surface.faces[active]].mean(1)
        return cls(surface, registered, pinned, active, *template.anchors(middles, surface.normals[active]))


def _keyed(points: np.ndarray, normals: np.ndarray) -> np.ndarray:
    return np.concatenate([points, _APART * normals], 1)
