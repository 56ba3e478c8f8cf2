"""Other triangulations of the open head, for training and tests: the same people on other vertices.

The neural rig should learn shapes, not vertex numbers. A triangulation is made once, on the template; its vertices are
fixed mixtures of the head's own, so it applies to every person and every expression.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_matrix, identity, vstack

from painctl.mesh.graph import directed_edges
from painctl.mesh.normals import face_areas
from painctl.runs.draws import draws


@dataclass(frozen=True, eq=False)
class Triangulation:
    """Triangles over N' vertices, which are mixtures of the head's N."""

    name: str
    faces: np.ndarray  # int64 [F', 3]
    mixture: csr_matrix  # [N', N], rows sum to 1

    def __call__(self, field: np.ndarray) -> np.ndarray:
        """A field [N, C] of the head at the vertices of this triangulation, [N', C]."""
        return self.mixture @ field


def plain(faces: np.ndarray, count: int) -> Triangulation:
    """The head's own triangulation: `faces` [F, 3] over `count` vertices."""
    return Triangulation("plain", faces.astype(np.int64), identity(count, format="csr"))


def subdivided(base: Triangulation) -> Triangulation:
    """Each triangle split in four at the midpoints of its edges."""
    edges, index = np.unique(np.sort(directed_edges(base.faces), 1), axis=0, return_inverse=True)
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
    """About `triangles` triangles on other vertices: subdivision, then edge collapses in an order shuffled by `seed`.

    Edges are chosen by quadric error (Garland and Heckbert 1997) on a template [N, 3] with a little noise added; each
    remaining vertex takes the position of the nearest of the vertices that were merged into it.
    """
    import fast_simplification

    fine = subdivided(base)
    points = fine(template)
    size = np.sqrt(face_areas(points, fine.faces).sum() / len(fine.faces))
    noisy = points + draws(seed, -1, "triangulation").normal(0, 0.25 * size, points.shape)
    reduction = 1 - triangles / len(fine.faces)
    _, _, collapses = fast_simplification.simplify(
        noisy.astype(np.float32), fine.faces.astype(np.int32), reduction, agg=3, return_collapses=True
    )
    remaining, faces, merged = fast_simplification.replay_simplification(
        points.astype(np.float32), fine.faces.astype(np.int32), collapses
    )
    distance = np.linalg.norm(points - remaining[merged], axis=1)
    order = np.lexsort((distance, merged))
    _, first = np.unique(merged[order], return_index=True)
    return Triangulation(f"remeshed {triangles}/{seed}", faces.astype(np.int64), fine.mixture[order[first]].tocsr())
