"""The graph of a triangle mesh: edges, neighbours, connected components and rings."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from scipy.sparse import coo_matrix, csgraph, csr_matrix


def directed_edges(faces: np.ndarray) -> np.ndarray:
    """The edges of triangles [F, 3] in the direction of each triangle, int [3 F, 2]: all 0-1, all 1-2, all 2-0."""
    return np.concatenate([faces[:, [0, 1]], faces[:, [1, 2]], faces[:, [2, 0]]])


def unique_edges(faces: np.ndarray) -> np.ndarray:
    """Each edge of triangles [F, 3] once, the smaller vertex first, in lexicographic order: int [E, 2]."""
    return np.unique(np.sort(directed_edges(faces), axis=1), axis=0)


def adjacency(faces: np.ndarray, count: int) -> csr_matrix:
    """1 where two of `count` vertices share an edge of triangles [F, 3], else 0: symmetric float64 [count, count]."""
    edges = directed_edges(faces)
    edges = np.concatenate([edges, edges[:, ::-1]])
    return csr_matrix(coo_matrix((np.ones(len(edges)), edges.T), shape=(count, count)) > 0, dtype=float)


def connected_components(faces: np.ndarray, count: int) -> np.ndarray:
    """The connected component of each of `count` vertices, int [count], numbered by their first vertices."""
    edges = directed_edges(faces)
    graph = coo_matrix((np.ones(len(edges)), edges.T), shape=(count, count))
    return csgraph.connected_components(graph, directed=False)[1]


def triangle_components(faces: np.ndarray) -> np.ndarray:
    """The component of each triangle [F, 3], int [F], connected through edges that exactly two triangles share.

    Layers that are only attached to a surface, such as a film of tears on the lids, are components of their own.
    """
    count = len(faces)
    _, edge, shared = np.unique(np.sort(directed_edges(faces), 1), axis=0, return_inverse=True, return_counts=True)
    edge = edge.ravel()
    order = np.argsort(edge, kind="stable")
    pairs = order[shared[edge[order]] == 2].reshape(-1, 2) % count
    graph = coo_matrix((np.ones(len(pairs)), pairs.T), shape=(count, count))
    return csgraph.connected_components(graph, directed=False)[1]


def rings(faces: np.ndarray, start: np.ndarray) -> Iterator[np.ndarray]:
    """Vertices int [N] that are 0, 1, 2, ... edges of triangles [F, 3] away from the nearest vertex of `start`."""
    reached = np.zeros(faces.max() + 1, bool)
    ring = start
    while len(ring):
        yield ring
        reached[ring] = True
        neighbours = np.unique(faces[np.isin(faces, ring).any(1)])
        ring = neighbours[~reached[neighbours]]
