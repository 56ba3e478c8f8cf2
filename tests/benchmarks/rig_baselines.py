"""Baselines for the neural rig: other ways to transfer the expressions of the open head to a mesh."""

from __future__ import annotations

import numpy as np
from scipy.spatial import cKDTree

from painctl.mesh.normals import face_normals
from painctl.rig.neural.clean_mesh import CleanMesh
from painctl.rig.neural.head_tensors import UNIT
from painctl.rig.neural.prepared_head import PreparedHead
from painctl.rig.neural.source_rig import SourceRig, people


class NearestIdentity:
    """The displacements of the most similar person of the open head, copied from closest points."""

    def __init__(self, source: SourceRig, count: int, seed: int) -> None:
        self._source = source
        self._library = [neutral.astype(np.float64) for neutral in people(source.head, count, seed)]

    def displacements(self, mesh: CleanMesh, units: np.ndarray, asymmetry: np.ndarray) -> np.ndarray:
        """Displacements float64 [E, N, 3] decimetres, on a mesh in the training frame."""
        points = mesh.vertices / UNIT
        tree = cKDTree(points)
        distances = [tree.query(neutral[self._source.skin[::5]])[0].mean() for neutral in self._library]
        nearest = self._library[int(np.argmin(distances))]
        faces = self._source.head.topology.faces.astype(np.int64)
        normals = CleanMesh.of(nearest, faces).vertex_normals  # every vertex of the open head is in a triangle
        match = cKDTree(np.c_[nearest, 0.005 * normals]).query(np.c_[points, 0.005 * mesh.vertex_normals])[1]
        return UNIT * self._source.displacements(nearest, units, asymmetry)[:, match]


class DeformationTransfer:
    """Sumner and Popovic, "Deformation transfer for triangle meshes", 2004, from the mean head.

    Each triangle takes the deformation gradient of the corresponding triangle; the vertices follow by least squares,
    which is the Poisson solve (Botsch et al. 2006). Correspondence is that of the neural rig, which is better than the
    paper's marker points.
    """

    def __init__(self, source: SourceRig) -> None:
        self._source = source
        self._faces = source.template.model.faces

    def displacements(self, head: PreparedHead, units: np.ndarray, asymmetry: np.ndarray) -> np.ndarray:
        """Displacements float64 [E, N, 3] decimetres, of a head on the template."""
        fit, source = head.fit, self._source
        model, mean = source.template.model, source.mean[source.skin]
        centres = fit.correspondence.interpolate(model.mean)[fit.mesh.faces[fit.active]].mean(1)
        normals = face_normals(model.mean, self._faces)
        tree = cKDTree(np.c_[model.mean[self._faces].mean(1), 0.05 * normals])
        match = tree.query(np.c_[centres, 0.05 * fit.mesh.normals[fit.active]])[1]
        fields = source.displacements(source.mean, units, asymmetry)[:, source.skin]
        before = np.linalg.inv(_frames(mean[self._faces[match]]))
        gradients = [_frames((mean + field)[self._faces[match]]) @ before for field in fields]
        return np.stack([head.poisson.solve(gradient - np.eye(3)) for gradient in gradients])


def _frames(corners: np.ndarray) -> np.ndarray:
    """Two edges and the scaled normal of triangles [M, 3, 3], as columns: [M, 3, 3]."""
    a, b = corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]
    normal = np.cross(a, b)
    normal /= np.sqrt(np.linalg.norm(normal, axis=1, keepdims=True)) + 1e-12
    return np.stack([a, b, normal], -1)
