"""Laying one head's skin onto another's, so that each point of the second knows what it is on the first.

A thin plate through points that both heads are known to share (the edges of eyes and lips, the profile of the nose)
brings the first near the second. Then it is drawn onto the surface and kept smooth, ever less stiffly:
each round solves (s L'L + W) d = W (q - p) for displacements d, where L is the graph's Laplacian, p the warped
vertices, q the points of the second surface that they are nearest to, and W their weights (after Amberg, Romdhani and
Vetter, "Optimal step nonrigid ICP algorithms for surface registration", 2007, with displacements in the place of affine
maps).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.interpolate import RBFInterpolator
from scipy.sparse import csr_matrix, diags
from scipy.sparse.linalg import splu
from scipy.spatial import cKDTree

from painctl.face.shell import Shell
from painctl.mesh.closest import closest_on_triangles
from painctl.mesh.graph import adjacency
from painctl.mesh.normals import face_normals, vertex_normals

_STIFFNESS = (30.0, 10.0, 3.0, 1.0, 0.3)  # s, a round each
_SHARED = 30.0  # weight of a point that both heads are known to share
_FARTHEST = 0.015  # metres to what a vertex may be drawn to
_FACING = 0.7  # cosine between normals from which on they are of one side of a fold
_SMOOTHING = 1e-3  # of the thin plate
_ROOT, _LIP = 0.012, 0.012  # metres about the eyes, and over the mouth, where root of the nose and lip lie
_DEEPEST = 0.03  # metres; farther behind the profile is inside the nose
_MIDLINE = 0.001  # metres from it within which a vertex counts as on it
_ASIDE = 0.01  # metres that a triangle of the other side of a fold, or of the other lip, counts as farther
_CANDIDATES = 16  # triangles by their centres among which the nearest is looked for


@dataclass(frozen=True, eq=False)
class Places:
    """Points on a surface: each in a triangle, by its corners' weights."""

    triangles: np.ndarray  # int [N], rows of the faces that were given
    weights: np.ndarray  # float [N, 3]
    distance: np.ndarray  # float [N], metres from what was looked for


def lay_onto(source: np.ndarray, shell: Shell, target: np.ndarray, onto: Shell) -> np.ndarray:
    """The vertices [V, 3] of a head laid onto another's [U, 3]; those beyond its `shell` stay where they are."""
    own = np.unique(shell.faces)
    vertices, points = _shared(source, shell, target, onto)
    faces = np.searchsorted(own, shell.faces)
    fixed = np.searchsorted(own, vertices)
    warp = RBFInterpolator(source[vertices], points, kernel="thin_plate_spline", smoothing=_SMOOTHING)
    start = warp(source[own])
    bending = _bending(faces, len(own))
    surface = _Surface.of(target, onto.faces)
    here = start
    for stiffness in _STIFFNESS:
        goal, weight = surface.nearest(here, vertex_normals(here, faces))
        goal[fixed], weight[fixed] = points, _SHARED
        system = (stiffness * bending + diags(weight)).tocsc()
        here = start + splu(system).solve(weight[:, None] * (goal - start))
    laid = source.copy()
    laid[own] = here
    return laid


def locate(
    points: np.ndarray,
    vertices: np.ndarray,
    faces: np.ndarray,
    normals: np.ndarray | None = None,
    lips: tuple[np.ndarray, np.ndarray] | None = None,
) -> Places:
    """Where on triangles [F, 3] of a surface points [N, 3] lie nearest; with unit normals [N, 3], on their side.

    `lips` are which lip a point [N] and a vertex [V] belong to, as in `Shell.lip`: closed lips touch.
    """
    corners = vertices[faces]
    near = cKDTree(corners.mean(1)).query(points, min(_CANDIDATES, len(faces)))[1].reshape(len(points), -1)
    weights, away = closest_on_triangles(points[:, None], corners[near])
    cost = away
    if normals is not None:
        facing = np.einsum("nkd,nd->nk", face_normals(vertices, faces)[near], normals)
        cost = cost + _ASIDE * np.maximum(_FACING - facing, 0)
    if lips is not None:
        cost = cost + _ASIDE * (lips[0][:, None] * lips[1][faces].sum(1)[near] < 0)
    best = cost.argmin(1)
    every = np.arange(len(points))
    return Places(near[every, best], weights[every, best], away[every, best])


def _shared(source: np.ndarray, shell: Shell, target: np.ndarray, onto: Shell) -> tuple[np.ndarray, np.ndarray]:
    """Vertices int [N] of one head and the points [N, 3] that they are on the other."""
    pairs = [slit.onto(source, other, target) for slit, other in zip(shell.slits, onto.slits, strict=True)]
    marks = _marks(source, shell), _marks(target, onto)
    vertices = np.concatenate([*(each for each, _ in pairs), marks[0]])
    points = np.concatenate([*(each for _, each in pairs), target[marks[1]]])
    vertices, first = np.unique(vertices, return_index=True)
    return vertices, points[first]


def _marks(vertices: np.ndarray, shell: Shell) -> np.ndarray:
    """Vertices on the midline at the tip, the root and the base of the nose, int [3]; the origin is between the eyes.

    More of the profile was tried: brow, chin, crown and back of the head lie where curvature is low, and held the fit
    farther from the truth.
    """
    own = np.unique(shell.faces)
    own = own[np.abs(vertices[own, 0]) < _MIDLINE]
    y, z = vertices[own, 1], vertices[own, 2]
    mouth = vertices[shell.lips.upper, 1].mean()
    tip = np.where((y > mouth) & (y < 0), z, -np.inf).argmax()
    root = np.where(np.abs(y) < _ROOT, z, np.inf).argmin()
    lip = np.where((y > mouth) & (y < mouth + _LIP), z, -np.inf).argmax()
    hollow = np.interp(y, (y[lip], y[tip]), (z[lip], z[tip])) - z  # behind the line from lip to tip
    base = np.where((y > y[lip]) & (y < y[tip]) & (hollow < _DEEPEST), hollow, -np.inf).argmax()
    return own[[tip, root, base]]


def _bending(faces: np.ndarray, count: int) -> csr_matrix:
    """L'L of the graph's Laplacian L = 1 - mean over neighbours, [V, V]."""
    graph = adjacency(faces, count)
    laplacian = diags(np.ones(count)) - diags(1 / np.asarray(graph.sum(1)).ravel()) @ graph
    return csr_matrix(laplacian.T @ laplacian)


@dataclass(frozen=True, eq=False)
class _Surface:
    vertices: np.ndarray
    faces: np.ndarray
    normals: np.ndarray  # [F, 3]

    @classmethod
    def of(cls, vertices: np.ndarray, faces: np.ndarray) -> _Surface:
        return cls(vertices, faces, face_normals(vertices, faces))

    def nearest(self, points: np.ndarray, normals: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """The nearest points [N, 3] that face the same way, and 1 where they count, else 0, [N]."""
        place = locate(points, self.vertices, self.faces, normals)
        found = np.einsum("nc,ncd->nd", place.weights, self.vertices[self.faces[place.triangles]])
        facing = (self.normals[place.triangles] * normals).sum(1)
        inner = place.weights.min(1) > 0  # beyond the surface's end everything is nearest to its edge
        return found, ((place.distance < _FARTHEST) & (facing > _FACING) & (inner | (place.distance < 1e-3))).astype(
            float
        )
