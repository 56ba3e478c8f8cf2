"""The boundary of a triangle mesh."""

from __future__ import annotations

import numpy as np

from painctl.mesh.graph import directed_edges


def boundary_loops(faces: np.ndarray) -> list[np.ndarray]:
    """The closed loops of edges that belong to one of the triangles [F, 3] only.

    Each is int [R], vertices in the direction of their triangles. Raises ValueError where the boundary passes through a
    vertex twice, since its continuation is then ambiguous.
    """
    edges = directed_edges(faces)
    _, inverse, count = np.unique(np.sort(edges, 1), axis=0, return_inverse=True, return_counts=True)
    boundary = edges[count[inverse.ravel()] == 1]
    successor = dict(map(tuple, boundary.tolist()))
    if len(successor) < len(boundary):
        raise ValueError("the boundary of the mesh passes through a vertex twice")
    loops = []
    while successor:
        start, vertex = successor.popitem()
        loop = [start]
        while vertex != start:
            loop.append(vertex)
            vertex = successor.pop(vertex)
        loops.append(np.array(loop))
    return loops
