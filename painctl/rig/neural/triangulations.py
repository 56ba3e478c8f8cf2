"""Other triangulations of the open head, for training and tests: the same people, other vertices.

The neural rig is to learn shapes and not vertex numbers. A triangulation is made once, on the template; each of its
vertices is a fixed mixture of the head's own, so that every person, and every face that person pulls, has it too.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_matrix, identity, vstack

from painctl.runs.draws import draws


@dataclass(frozen=True, eq=False)
class Triangulation:
    """Triangles over N' vertices, which are mixtures of the head's N."""

    name: str
    faces: np.ndarray  # int64 [F', 3]
    mixture: csr_matrix  # [N', N], rows sum to 1

    def __call__(self, field: np.ndarray) -> np.ndarray:
        """A field [N, C] of the head on the vertices of this triangulation, [N', C]."""
        return self.mixture @ field


def plain(faces: np.ndarray, count: int) -> Triangulation:
    """The head as it is."""
    return Triangulation("plain", faces.astype(np.int64), identity(count, format="csr"))


def subdivided(base: Triangulation) -> Triangulation:
    """Every triangle in four, at the middles of its edges."""
    edges, index = np.unique(np.sort(_edges(base.faces), 1), axis=0, return_inverse=True)
    count = base.mixture.shape[0]
    middle = (count + index).reshape(3, -1).T  # of the edges 0-1, 1-2, 2-0
    a, b, c = base.faces.T
    ab, bc, ca = middle.T
    faces = np.concatenate([np.stack(corners, 1) for corners in ((a, ab, ca), (ab, b, bc), (ca, bc, c), (ab, bc, ca))])
    halves = csr_matrix(
        (np.full(2 * len(edges), 0.5), (np.repeat(np.arange(len(edges)), 2), edges.ravel())), (len(edges), count)
    )
    stacked = vstack([identity(count, format="csr"), halves])
    return Triangulation(f"{base.name}, subdivided", faces, (stacked @ base.mixture).tocsr())


def remeshed(base: Triangulation, template: np.ndarray, triangles: int, seed: int) -> Triangulation:
    """About `triangles` triangles on other vertices: subdivided, then edges collapsed in an order that `seed` shuffles.

    Edges are chosen by quadric error (Garland and Heckbert 1997) on a template [N, 3] whose vertices are moved a
    little at random; a vertex that is left stands on one of those that were merged into it.
    """
    try:
        import fast_simplification
    except ImportError:
        raise ImportError("no fast-simplification package; pip install 'painctl[rig-train]'") from None
    fine = subdivided(base)
    points = fine(template)
    size = np.sqrt(_area(points, fine.faces) / len(fine.faces))
    shaken = points + draws(seed, -1, "triangulation").normal(0, 0.25 * size, points.shape)
    reduction = 1 - triangles / len(fine.faces)
    _, _, collapses = fast_simplification.simplify(
        shaken.astype(np.float32), fine.faces.astype(np.int32), reduction, agg=3, return_collapses=True
    )
    left, faces, merged = fast_simplification.replay_simplification(
        points.astype(np.float32), fine.faces.astype(np.int32), collapses
    )
    away = np.linalg.norm(points - left[merged], axis=1)
    order = np.lexsort((away, merged))
    _, first = np.unique(merged[order], return_index=True)
    return Triangulation(f"remeshed {triangles}/{seed}", faces.astype(np.int64), fine.mixture[order[first]].tocsr())


def _edges(faces: np.ndarray) -> np.ndarray:
    return np.concatenate([faces[:, [0, 1]], faces[:, [1, 2]], faces[:, [2, 0]]])


def _area(points: np.ndarray, faces: np.ndarray) -> float:
    a, b, c = np.moveaxis(points[faces], 1, 0)
    return float(np.linalg.norm(np.cross(b - a, c - a), axis=1).sum() / 2)
