"""The operators that DiffusionNet needs: lumped masses, the smoothest functions on a mesh, and their gradients.

The Laplacian is that of Sharp and Crane ("A Laplacian for Nonmanifold Triangle Meshes", 2020): intrinsic Delaunay, so
that slivers do no harm, for meshes with boundaries, slits, several parts or non-manifold edges.
"""

from __future__ import annotations

import contextlib
import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from painctl.files import cache
from painctl.rig.neural.clean_mesh import CleanMesh

if TYPE_CHECKING:
    from scipy.sparse import csc_matrix

MODES = 128
_LAYOUT: cache.Layout = {"mass": ("float32", ("N",)), "values": ("float32", ("K",)), "modes": ("float32", ("N", "K"))}
_VERSION = "operators-2"
_MAX_CACHED = 200  # files in the cache, about 3 MB each
# below all eigenvalues, where the pencil is regular; relative to the scale of a unit sphere's first eigenvalue
_SHIFT = -1e-3


@dataclass(frozen=True, eq=False)
class Operators:
    """K modes of a mesh of N vertices: L v = value M v, v^T M v = 1."""

    mass: np.ndarray  # float32 [N], area of each vertex
    values: np.ndarray  # float32 [K], ascending from 0
    modes: np.ndarray  # float32 [N, K]
    slopes: np.ndarray  # float32 [2, N, K], the modes' gradients along two orthogonal tangents of each vertex


def operators(mesh: CleanMesh, count: int = MODES) -> Operators:
    """The operators of a mesh, with at most `count` modes; computed once, then read from the cache."""
    key = hashlib.sha256(f"{_VERSION}/{count}/".encode())
    for array in (mesh.vertices, mesh.faces):
        key.update(np.ascontiguousarray(array).tobytes())
    entry = cache.Entry(f"{_VERSION}-{key.hexdigest()[:40]}", _LAYOUT, "computing it")

    def make() -> cache.Arrays:
        _trim_cache()
        return _spectrum(mesh, count)

    arrays = cache.cached(entry, make)
    slopes = _slopes(mesh, arrays["modes"])
    return Operators(arrays["mass"], arrays["values"], arrays["modes"], slopes)


def laplacian(mesh: CleanMesh) -> tuple[csc_matrix, np.ndarray]:
    """The positive semidefinite Laplacian, sparse [N, N], and the lumped masses, float64 [N]."""
    import robust_laplacian

    matrix, mass = robust_laplacian.mesh_laplacian(mesh.vertices, mesh.faces)
    return matrix.tocsc(), mass.diagonal()


def _spectrum(mesh: CleanMesh, count: int) -> dict[str, np.ndarray]:
    """Mass, eigenvalues and modes, by shift-invert from a fixed start vector: the same mesh gives the same bytes."""
    from scipy.linalg import eigh
    from scipy.sparse import diags
    from scipy.sparse.linalg import eigsh

    matrix, mass = laplacian(mesh)
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


def _slopes(mesh: CleanMesh, modes: np.ndarray) -> np.ndarray:
    """Gradients of functions [N, K] along the tangents at the vertices, float32 [2, N, K].

    The gradient at a vertex is the area-weighted mean of the gradients in its triangles.
    """
    from scipy.sparse import csr_matrix, diags

    count, total = len(mesh.faces), len(mesh.vertices)
    corner = csr_matrix((np.repeat(mesh.areas, 3), (mesh.faces.ravel(), np.repeat(np.arange(count), 3))))
    mean = diags(1 / np.asarray(corner.sum(1)).ravel()) @ corner
    along = [mean @ mesh.gradient[axis::3] for axis in range(3)]
    tangents = _tangents(mesh.vertex_normals)
    slopes = np.empty((2, total, modes.shape[1]), np.float32)
    for tangent in range(2):
        slopes[tangent] = sum(diags(tangents[tangent, :, axis]) @ along[axis] for axis in range(3)) @ modes
    return slopes


def _tangents(normals: np.ndarray) -> np.ndarray:
    """Two orthogonal unit tangents for each unit normal [N, 3]: [2, N, 3]."""
    flat = np.abs(normals).argmin(1)
    first = np.cross(normals, np.eye(3)[flat])
    first /= np.linalg.norm(first, axis=1, keepdims=True)
    return np.stack([first, np.cross(normals, first)])


def _trim_cache() -> None:
    """Delete the oldest operators, so that there is room for one more; another process may do so at the same time."""
    with contextlib.suppress(OSError):  # a cache that cannot be written is reported elsewhere
        entries = [(path.lstat().st_mtime, path) for path in cache.folder().glob(f"{_VERSION}-*")]
        for _, path in sorted(entries)[: max(0, len(entries) - _MAX_CACHED + 1)]:
            path.unlink(missing_ok=True)
