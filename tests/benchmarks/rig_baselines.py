"""What the neural rig stands beside: other ways to give a mesh the faces of the open head."""

from __future__ import annotations

import numpy as np
from scipy.spatial import cKDTree

from painctl.rig.neural.head_tensors import UNIT
from painctl.rig.neural.prepared_head import PreparedHead
from painctl.rig.neural.surface import Surface
from painctl.rig.neural.training_heads import Teacher, people


class NearestIdentity:
    """The person of the open head who is most like the mesh lends their displacements, point to closest point."""

    def __init__(self, teacher: Teacher, count: int, seed: int) -> None:
        self._teacher = teacher
        self._library = [neutral.astype(np.float64) for neutral in people(teacher.head, count, seed)]

    def displacements(self, surface: Surface, units: np.ndarray, asymmetry: np.ndarray) -> np.ndarray:
        """float64 [E, N, 3] decimetres, on a surface in the training frame."""
        own = surface.vertices / UNIT
        tree = cKDTree(own)
        away = [tree.query(neutral[self._teacher.skin[::5]])[0].mean() for neutral in self._library]
        nearest = self._library[int(np.argmin(away))]
        faces = self._teacher.head.topology.faces.astype(np.int64)
        normals = Surface.of(nearest, faces).vertex_normals  # every vertex of the open head is in a triangle
        match = cKDTree(np.c_[nearest, 0.005 * normals]).query(np.c_[own, 0.005 * surface.vertex_normals])[1]
        return UNIT * self._teacher.displacements(nearest, units, asymmetry)[:, match]


class DeformationTransfer:
    """Sumner and Popovic, "Deformation transfer for triangle meshes", 2004: the mean head's triangles lend theirs.

    Each triangle takes the deformation gradient of the one that corresponds to it; the vertices follow by least
    squares, which is the Poisson solve (Botsch et al. 2006). Correspondence is by the neural rig's own registration,
    which is better than the marked points of the paper.
    """

    def __init__(self, teacher: Teacher) -> None:
        self._teacher = teacher
        self._faces = teacher.template.model.faces

    def displacements(self, puppet: PreparedHead, units: np.ndarray, asymmetry: np.ndarray) -> np.ndarray:
        """float64 [E, N, 3] decimetres, of a head that was found on the template."""
        sitting = puppet.sitting
        model, mean = self._teacher.template.model, self._teacher.mean[self._teacher.skin]
        middles = sitting.registered.of(model.mean)[sitting.surface.faces[sitting.active]].mean(1)
        corners = model.mean[self._faces]
        normal = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
        normal /= np.linalg.norm(normal, axis=1, keepdims=True)
        tree = cKDTree(np.c_[corners.mean(1), 0.05 * normal])
        match = tree.query(np.c_[middles, 0.05 * sitting.surface.normals[sitting.active]])[1]
        moved = self._teacher.displacements(self._teacher.mean, units, asymmetry)[:, self._teacher.skin]
        before = _frames(mean[self._faces[match]])
        turned = [_frames((mean + each)[self._faces[match]]) @ np.linalg.inv(before) for each in moved]
        return np.stack([puppet.poisson.solve(each - np.eye(3)) for each in turned])


def _frames(corners: np.ndarray) -> np.ndarray:
    """Of triangles [M, 3, 3], two edges and the scaled normal as columns, [M, 3, 3]."""
    a, b = corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]
    normal = np.cross(a, b)
    normal /= np.sqrt(np.linalg.norm(normal, axis=1, keepdims=True)) + 1e-12
    return np.stack([a, b, normal], -1)
