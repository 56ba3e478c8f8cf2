"""What DiffusionNet needs of a surface: a lumped mass, the smoothest functions on it, and their gradients.

The Laplacian is the robust one of Sharp and Crane ("A Laplacian for nonmanifold triangle meshes", 2020): intrinsic
Delaunay, so that slivers do no harm, on meshes with boundaries, slits, several parts or non-manifold edges.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

import numpy as np

from painctl.files.cache import folder, read_arrays, write_arrays
from painctl.rig.neural.surface import Surface

MODES = 128
_VERSION = "operators-1"
_MOST = 200  # files kept in the cache, of some 3 MB each
_SHIFT = (
    -1e-3
)  # of the first eigenvalue of a unit sphere's scale, below which nothing lies: the pencil is regular there


@dataclass(frozen=True, eq=False)
class Operators:
    """K modes of a surface of N vertices: L v = value M v, v^T M v = 1."""

    mass: np.ndarray  # float32 [N], area of each vertex
    values: np.ndarray  # float32 [K], ascending from 0
    modes: np.ndarray  # float32 [N, K]
    slopes: np.ndarray  # float32 [2, N, K], the modes' gradients along two orthogonal tangents of each vertex


def operators(surface: Surface, count: int = MODES) -> Operators:
    """The operators of a surface, with `count` modes or as many as it has; from the cache if they were made before."""
    key = hashlib.sha256(f"{_VERSION}/{count}/".encode())
    for array in (surface.vertices, surface.faces):
        key.update(np.ascontiguousarray(array).tobytes())
    name = f"{_VERSION}-{key.hexdigest()[:40]}"
    arrays = read_arrays(name)
    if arrays is None:
        arrays = _spectrum(surface, count)
        write_arrays(name, arrays)
        _forget()
    slopes = _slopes(surface, arrays["modes"])
    return Operators(arrays["mass"], arrays["values"], arrays["modes"], slopes)


def laplacian(surface: Surface):
    """(L, M): the positive semidefinite Laplacian, sparse [N, N], and the diagonal lumped mass, float64 [N]."""
    import robust_laplacian

    matrix, mass = robust_laplacian.mesh_laplacian(surface.vertices, surface.faces)
    return matrix.tocsc(), mass.diagonal()


def _spectrum(surface: Surface, count: int) -> dict[str, np.ndarray]:
    """Mass, eigenvalues and modes; by shift-invert from a fixed start, so that the same mesh gives the same bytes."""
    from scipy.linalg import eigh
    from scipy.sparse import diags
    from scipy.sparse.linalg import eigsh

    matrix, mass = laplacian(surface)
    total = len(mass)
    if count >= total - 1:
        values, modes = eigh(matrix.toarray(), np.diag(mass))
    else:
        start = np.random.default_rng(0).normal(size=total)
        values, modes = eigsh(matrix, count, diags(mass).tocsc(), sigma=_SHIFT / mass.sum(), v0=start)
        order = np.argsort(values)
        values, modes = values[order], modes[:, order]
    values = np.maximum(values, 0)
    return {name: array.astype(np.float32) for name, array in (("mass", mass), ("values", values), ("modes", modes))}


def _slopes(surface: Surface, modes: np.ndarray) -> np.ndarray:
    """Gradients of functions [N, K] at the vertices along their tangents, float32 [2, N, K].

    Each vertex takes the mean of its triangles' gradients, by area.
    """
    from scipy.sparse import csr_matrix, diags

    count, total = len(surface.faces), len(surface.vertices)
    corner = csr_matrix((np.repeat(surface.areas, 3), (surface.faces.ravel(), np.repeat(np.arange(count), 3))))
    mean = diags(1 / np.asarray(corner.sum(1)).ravel()) @ corner
    along = [mean @ surface.gradient[axis::3] for axis in range(3)]
    tangents = _tangents(surface.vertex_normals)
    found = np.empty((2, total, modes.shape[1]), np.float32)
    for which in range(2):
        found[which] = sum(diags(tangents[which, :, axis]) @ along[axis] for axis in range(3)) @ modes
    return found


def _tangents(normals: np.ndarray) -> np.ndarray:
    """Two unit tangents of each normal [N, 3] at right angles: [2, N, 3]."""
    flat = np.abs(normals).argmin(1)
    first = np.cross(normals, np.eye(3)[flat])
    first /= np.linalg.norm(first, axis=1, keepdims=True)
    return np.stack([first, np.cross(normals, first)])


def _forget() -> None:
    """The cache's oldest operators deleted, above `_MOST`; another process may do so at once."""
    kept = []
    for path in folder().glob(f"{_VERSION}-*"):
        try:
            kept.append((path.stat().st_mtime, path))
        except FileNotFoundError:
            continue
    for _, path in sorted(kept)[:-_MOST]:
        path.unlink(missing_ok=True)
