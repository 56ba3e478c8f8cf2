"""Values at vertices where they are missing, from those around them."""

from __future__ import annotations

import numpy as np
from scipy.sparse import csr_matrix, diags
from scipy.sparse.linalg import splu

from painctl.mesh.graph import adjacency


def filled(values: np.ndarray, missing: np.ndarray, faces: np.ndarray) -> np.ndarray:
    """Values [V, C] where those of some vertices, bool [V], are replaced by the mean of their neighbours (harmonic).

    `faces` int [F, 3]; every missing vertex must be connected to one whose value is there.
    """
    graph = adjacency(faces, len(missing))
    laplacian = csr_matrix(diags(np.asarray(graph.sum(1)).ravel()) - graph)
    inner, outer = np.flatnonzero(missing), np.flatnonzero(~missing)
    result = values.copy()
    result[inner] = splu(laplacian[inner][:, inner].tocsc()).solve(-laplacian[inner][:, outer] @ values[outer])
    return result
