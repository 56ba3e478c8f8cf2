"""Non-rigid registration of one head's skin onto another's, which gives the correspondence of their points.

First a thin-plate spline through points that correspond by construction (the edges of eyes and lips, the profile of the
nose) warps the source near the target. Then the source is pulled onto the target's surface and kept smooth, with a
stiffness s that decreases from round to round. Each round solves (s L'L + W) d = W (q - p) for displacements d, where L
is the graph Laplacian, p the warped vertices, q the closest points of the target's surface, and W their weights. It
follows Amberg, Romdhani and Vetter, "Optimal step nonrigid ICP algorithms for surface registration", 2007, with
displacements in place of affine maps.
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

_STIFFNESS = (30.0, 10.0, 3.0, 1.0, 0.3)  # s, one per round
_ANCHOR_WEIGHT = 30.0  # of a corresponding point, in W; a closest point has 1
_FARTHEST = 0.015  # metres; farther closest points are ignored
_FACING = 0.7  # cosine between normals above which two points are on the same side of a fold
_SMOOTHING = 1e-3  # of the thin-plate spline
_ROOT, _LIP = 0.012, 0.012  # metres around the eyes and above the mouth to search for the root of the nose and the lip
_DEEPEST = 0.03  # metres behind the profile; farther behind is the inside of the nose
_MIDLINE = 0.001  # metres from the midline within which a vertex is on it
_PENALTY = 0.01  # metres of extra distance for a triangle on the other side of a fold, or on the other lip
_CANDIDATES = 16  # triangles with the nearest centres


@dataclass(frozen=True, eq=False)
class SurfacePoints:
    """N points on triangles."""

    triangles: np.ndarray  # int [N], rows of the faces
    barycentric: np.ndarray  # float [N, 3]
    distance: np.ndarray  # float [N], metres from the query points


def register_onto(source: np.ndarray, shell: Shell, target: np.ndarray, target_shell: Shell) -> np.ndarray:
    """The vertices `source` [V, 3] of a head, moved onto another head's `target` [U, 3].

    Vertices outside `shell` do not move.
    """
    skin = np.unique(shell.faces)
    anchors, anchor_points = _anchors(source, shell, target, target_shell)
    warp = RBFInterpolator(source[anchors], anchor_points, kernel="thin_plate_spline", smoothing=_SMOOTHING)
    faces, fixed = np.searchsorted(skin, shell.faces), np.searchsorted(skin, anchors)
    registered = source.copy()
    registered[skin] = pull_onto(warp(source[skin]), faces, target, target_shell.faces, fixed, anchor_points)[0]
    return registered


def pull_onto(
    start: np.ndarray,
    faces: np.ndarray,
    target: np.ndarray,
    target_faces: np.ndarray,
    fixed: np.ndarray | None = None,
    points: np.ndarray | None = None,
) -> tuple[np.ndarray, np.ndarray]:
    """A skin of vertices [V, 3] and `faces` [F, 3] that lies near a surface, pulled onto it.

    The surface is `target` [U, 3] with `target_faces` [G, 3]. The vertices `fixed`, int [N], are pulled to `points`
    [N, 3]. Returns the vertices [V, 3], and whether each has a counterpart on the surface, bool [V]; those without,
    where the surface ends or has a hole, follow their neighbours.
    """
    bending = _bending(faces, len(start))
    surface = _TargetSurface.of(target, target_faces)
    moved = start
    for stiffness in _STIFFNESS:
        goal, weight = surface.closest(moved, vertex_normals(moved, faces))
        if fixed is not None:
            goal[fixed], weight[fixed] = points, _ANCHOR_WEIGHT
        system = (stiffness * bending + diags(weight)).tocsc()
        moved = start + splu(system).solve(weight[:, None] * (goal - start))
    return moved, weight > 0


def locate(
    points: np.ndarray,
    vertices: np.ndarray,
    faces: np.ndarray,
    normals: np.ndarray | None = None,
    lips: tuple[np.ndarray, np.ndarray] | None = None,
    candidates: int = _CANDIDATES,
) -> SurfacePoints:
    """The points on a surface of triangles [F, 3] that are closest to points [N, 3].

    With unit normals [N, 3], triangles that face the same way are preferred. `lips` is the lip of each point [N] and of
    each vertex [V], as in `Shell.lip`; triangles of the same lip are then preferred, since closed lips touch. The
    search is among the `candidates` triangles with the nearest centres.
    """
    corners = vertices[faces]
    near = cKDTree(corners.mean(1)).query(points, min(candidates, len(faces)))[1].reshape(len(points), -1)
    weights, away = closest_on_triangles(points[:, None], corners[near])
    cost = away
    if normals is not None:
        facing = np.einsum("nkd,nd->nk", face_normals(vertices, faces)[near], normals)
        cost = cost + _PENALTY * np.maximum(_FACING - facing, 0)
    if lips is not None:
        cost = cost + _PENALTY * (lips[0][:, None] * lips[1][faces].sum(1)[near] < 0)
    best = np.arange(len(points)), cost.argmin(1)
    return SurfacePoints(near[best], weights[best], away[best])


def _anchors(
    source: np.ndarray, shell: Shell, target: np.ndarray, target_shell: Shell
) -> tuple[np.ndarray, np.ndarray]:
    """Vertices int [N] of the source and the corresponding points [N, 3] of the target."""
    pairs = [slit.onto(source, to, target) for slit, to in zip(shell.slits, target_shell.slits, strict=True)]
    vertices = np.concatenate([*(numbers for numbers, _ in pairs), _nose_profile(source, shell)])
    points = np.concatenate([*(points for _, points in pairs), target[_nose_profile(target, target_shell)]])
    vertices, first = np.unique(vertices, return_index=True)
    return vertices, points[first]


def _nose_profile(vertices: np.ndarray, shell: Shell) -> np.ndarray:
    """Vertices on the midline at the tip, the root and the base of the nose, int [3]. The origin is between the eyes.

    Brow, chin, crown and back of the head were tried as well, but the fit was worse: their curvature is low, so their
    positions are uncertain.
    """
    midline = np.unique(shell.faces)
    midline = midline[np.abs(vertices[midline, 0]) < _MIDLINE]
    y, z = vertices[midline, 1], vertices[midline, 2]
    mouth = vertices[shell.lips.upper, 1].mean()
    tip = np.where((y > mouth) & (y < 0), z, -np.inf).argmax()
    root = np.where(np.abs(y) < _ROOT, z, np.inf).argmin()
    lip = np.where((y > mouth) & (y < mouth + _LIP), z, -np.inf).argmax()
    hollow = np.interp(y, (y[lip], y[tip]), (z[lip], z[tip])) - z  # behind the line from lip to tip
    base = np.where((y > y[lip]) & (y < y[tip]) & (hollow < _DEEPEST), hollow, -np.inf).argmax()
    return midline[[tip, root, base]]


def _bending(faces: np.ndarray, count: int) -> csr_matrix:
    """L'L of the graph Laplacian L = 1 - mean over neighbours, sparse [V, V]."""
    graph = adjacency(faces, count)
    laplacian = diags(np.ones(count)) - diags(1 / np.asarray(graph.sum(1)).ravel()) @ graph
    return csr_matrix(laplacian.T @ laplacian)


@dataclass(frozen=True, eq=False)
class _TargetSurface:
    vertices: np.ndarray  # float [U, 3]
    faces: np.ndarray  # int [F, 3]
    normals: np.ndarray  # float [F, 3]

    @classmethod
    def of(cls, vertices: np.ndarray, faces: np.ndarray) -> _TargetSurface:
        return cls(vertices, faces, face_normals(vertices, faces))

    def closest(self, points: np.ndarray, normals: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """The closest points [N, 3] on the same side of a fold, and their weights [N], 1 or, if to be ignored, 0."""
        place = locate(points, self.vertices, self.faces, normals)
        closest = np.einsum("nc,ncd->nd", place.barycentric, self.vertices[self.faces[place.triangles]])
        facing = (self.normals[place.triangles] * normals).sum(1) > _FACING
        # points beyond the edge of the surface have their closest points on the edge itself
        inner = (place.barycentric.min(1) > 0) | (place.distance < 1e-3)
        return closest, ((place.distance < _FARTHEST) & facing & inner).astype(float)
