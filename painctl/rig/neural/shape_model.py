"""Correspondence of a head with the training template, by fitting a statistical shape model.

The principal components of the open head's people are fitted to the mesh by iterated closest points (point to plane;
Amberg, Romdhani and Vetter, "Optimal step nonrigid ICP", 2007, with modes of shape in place of stiffness). The fit
slides along the surface only in ways in which people differ, so it locates lids and lips without landmarks.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy.spatial import cKDTree
from scipy.spatial.transform import Rotation

from painctl.mesh.closest import closest_on_triangles
from painctl.mesh.normals import vertex_normals
from painctl.rig.neural.clean_mesh import CleanMesh

_ROUNDS = 18
_NORMAL_WEIGHT = 0.1  # decimetres of distance per unit of difference between normals: lips touch, and face each other
_REACH = (0.4, 0.05)  # decimetres within which a pair counts, in the first and in the last round
_NOISE = (0.05, 0.005)  # decimetres by which a point may miss the mesh, likewise
_LOCKED = 1e6  # prior on modes that are not free yet
_PRIOR = 0.01  # weight of the average shape, as a share of the weight of the pairs
_FIRST, _ALL = 8, 0.5  # modes in the first round, and share of the rounds after which all modes are free
_NORMALS_EVERY = 4  # rounds between two updates of the normals


@dataclass(frozen=True, eq=False)
class ShapeModel:
    """Heads of P vertices: mean + sum of modes, in the training frame, decimetres. One connected part, the skin."""

    mean: np.ndarray  # float64 [P, 3]
    modes: np.ndarray  # float64 [K, P, 3], scaled to a standard deviation of 1 among people
    faces: np.ndarray  # int64 [T, 3]

    @classmethod
    def from_heads(cls, heads: np.ndarray, faces: np.ndarray, modes: int) -> ShapeModel:
        """The principal components of heads [H, P, 3], H more than `modes`."""
        mean = heads.mean(0)
        _, lengths, directions = np.linalg.svd((heads - mean).reshape(len(heads), -1), full_matrices=False)
        scaled = lengths[:modes, None] / np.sqrt(len(heads) - 1) * directions[:modes]
        return cls(mean, scaled.reshape(modes, *mean.shape), faces)

    @cached_property
    def incident_faces(self) -> np.ndarray:
        """Triangles around each vertex, int [P, A], rows filled up with the first one."""
        order = np.argsort(self.faces.ravel(), kind="stable")
        count = np.bincount(self.faces.ravel(), minlength=len(self.mean))
        start, slot = np.cumsum(count) - count, np.arange(count.max())
        return (order // 3)[start[:, None] + np.where(slot < count[:, None], slot, 0)]


@dataclass(frozen=True, eq=False)
class ShapeFit:
    """A shape model fitted to a mesh: rotation (its shape) + translation."""

    points: np.ndarray  # float64 [P, 3], its vertices on the mesh
    rotation: np.ndarray  # float64 [3, 3]
    translation: np.ndarray  # float64 [3]


@dataclass(frozen=True, eq=False)
class Correspondence:
    """The positions of the N vertices of a mesh on the shape model, each on one of its triangles."""

    corners: np.ndarray  # int64 [N, 3], vertices of the model
    weights: np.ndarray  # float64 [N, 3], barycentric
    fitted: np.ndarray  # float64 [P, 3], the model fitted to the mesh
    error: float  # decimetres between the fitted model and the mesh, median over the model's vertices

    def interpolate(self, field: np.ndarray) -> np.ndarray:
        """A field [P, C] of the model at the vertices of the mesh, [N, C]."""
        return np.einsum("nc,nci->ni", self.weights, field[self.corners])


def correspondence(model: ShapeModel, mesh: CleanMesh) -> Correspondence:
    """The positions on a shape model of the vertices of a mesh, which is in the training frame, in decimetres."""
    fitted = fit_shape(model, mesh).points
    tree = cKDTree(_with_normals(fitted, vertex_normals(fitted, model.faces)))
    nearest = tree.query(_with_normals(mesh.vertices, mesh.vertex_normals))[1]
    candidates = model.faces[model.incident_faces[nearest]]  # [N, A, 3]
    weights, distance = closest_on_triangles(mesh.vertices[:, None], fitted[candidates])
    row, best = np.arange(len(nearest)), distance.argmin(1)
    error = np.median(cKDTree(mesh.vertices).query(fitted)[0])
    return Correspondence(candidates[row, best], weights[row, best], fitted, float(error))


def fit_shape(model: ShapeModel, mesh: CleanMesh) -> ShapeFit:
    """Fit the model to a mesh: its shape and a small rigid motion, by Gauss-Newton in `_ROUNDS` rounds.

    The mesh's size is taken as it is: the modes contain size, so a scale besides them would be arbitrary.
    """
    tree = cKDTree(_with_normals(mesh.vertices, mesh.vertex_normals))
    count = len(model.modes)
    flat = np.ascontiguousarray(model.modes.reshape(count, -1).T).reshape(len(model.mean), 3, count)
    shape, rotation, translation = np.zeros(count), np.eye(3), np.zeros(3)
    points = model.mean
    for k in range(_ROUNDS):
        reach, noise = (a ** (1 - k / (_ROUNDS - 1)) * b ** (k / (_ROUNDS - 1)) for a, b in (_REACH, _NOISE))
        # pair each vertex of the model with its closest on the mesh
        if k % _NORMALS_EVERY == 0:
            normals = vertex_normals(points, model.faces)
        distance, nearest = tree.query(_with_normals(points, normals))
        planes = mesh.vertex_normals[nearest]
        gap = ((mesh.vertices[nearest] - points) * planes).sum(1)
        weight = (np.abs(gap) < reach) * (distance < 2 * reach) / (1 + (gap / noise) ** 2)
        # derivatives of the gaps: by the modes, rotation and translation
        by_mode = np.matmul((planes @ rotation)[:, None], flat)[:, 0]
        rows = np.concatenate([by_mode, np.cross(points, planes), planes], 1)
        # coarse modes first: with all at once, a thick upper lip may end up on the lower one
        free = np.arange(count) < _FIRST * (count / _FIRST) ** min(1, k / (_ALL * _ROUNDS))
        prior = max(1.0, weight.sum()) / count * _PRIOR * np.append(np.where(free, 1, _LOCKED), np.full(6, 1e-3))
        # solve and update
        matrix = (rows * weight[:, None]).T @ rows / noise**2 + np.diag(prior)
        right = rows.T @ (weight * gap) / noise**2 - prior * np.concatenate([shape, np.zeros(6)])
        update = np.linalg.solve(matrix, right)
        shape = shape + update[:count]
        spin = Rotation.from_rotvec(update[count : count + 3]).as_matrix()
        translation = spin @ translation + update[count + 3 :]
        rotation = spin @ rotation
        points = (model.mean + flat @ shape) @ rotation.T + translation
    return ShapeFit(points, rotation, translation)


def _with_normals(points: np.ndarray, normals: np.ndarray) -> np.ndarray:
    """Keys [N, 6] for a search by position and normal."""
    return np.concatenate([points, _NORMAL_WEIGHT * normals], 1)
