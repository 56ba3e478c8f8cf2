"""People's own head meshes as a head model: each person has the shape, and if there is one the colour, of a mesh."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from painctl.face.head import VERSION as OPEN_HEAD
from painctl.face.head import Head, load_head
from painctl.files import cache
from painctl.records import OwnColours, Topology
from painctl.rig.neural.weights import read, shipped
from painctl.scans.colours import transfer
from painctl.scans.fitting import Fitter
from painctl.scans.mesh_file import HeadMesh, read_mesh

NAME = "mesh"
TEXELS = 1024  # of the side of a stored albedo
_VERSION = 3  # of the fit and of the transfer of colours; part of the cache file's name
_LAYOUT: cache.Layout = {
    "vertices": ("float32", ("V", 3)),
    "colour": ("uint8", ("T", "T", 3)),
    "covered": ("uint8", ("T", "T")),
    "notes": ("U", (3,)),
}


@dataclass(frozen=True, eq=False)
class OwnHead:
    """The head of one mesh on the open head's topology."""

    vertices: np.ndarray  # float32 [V, 3], metres, origin midway between the eyeballs
    colours: OwnColours | None  # None for a mesh without colours
    record: dict[str, str]  # for the shard's history


class MeshHeads:
    """Heads of meshes on one topology, the open head's. The coefficient of a person is the row of their mesh."""

    name = f"{NAME}/{OPEN_HEAD}"

    def __init__(self, head: Head, heads: Sequence[OwnHead]) -> None:
        topology = head.topology
        self.topology = Topology(**{**vars(topology), "coefficient_names": (NAME,)})
        self._heads = heads

    @property
    def facts(self) -> dict[str, Any]:
        """Further entries for the shard's history."""
        meshes = [own.record for own in self._heads]
        files = ", ".join(own.record["file"] for own in self._heads[:5])
        more = f" and {len(meshes) - 5} more" if len(meshes) > 5 else ""
        return {"meshes": meshes, "licence": f"that of the meshes: {files}{more}"}

    def draw(
        self, generator: np.random.Generator, index: int, years: float, age_group: str, gender: str, ethnicity: str
    ) -> np.ndarray:
        """Coefficients float32 [1] of person `index`: people take the meshes in turn. Nothing is drawn."""
        return np.array([index % len(self._heads)], np.float32)

    def neutral(self, coefficients: np.ndarray) -> np.ndarray:
        """The neutral head of a person, float32 [V, 3] in metres, origin midway between the eyeballs."""
        return self._heads[int(coefficients[0])].vertices

    def colours(self, coefficients: np.ndarray) -> OwnColours | None:
        """The colours of the person's mesh; None if it has none."""
        return self._heads[int(coefficients[0])].colours


def load_meshes(paths: Sequence[Path], with_colours: bool, say: Callable[[str], None]) -> MeshHeads:
    """The heads of mesh files, which are fitted on first use and cached.

    `say` receives a line about the pose and quality of each fit. Raises OSError, or ValueError that names a file which
    is not a head.
    """
    head = load_head()
    makers = _Makers(head, with_colours, say)
    return MeshHeads(head, [makers.own_head(path) for path in paths])


class _Makers:
    """Makes the heads of meshes, with one fitter for all."""

    def __init__(self, head: Head, with_colours: bool, say: Callable[[str], None]) -> None:
        self._head, self._with_colours, self._say = head, with_colours, say
        self._fitter: Fitter | None = None

    def own_head(self, path: Path) -> OwnHead:
        mesh = read_mesh(path)
        digest = _digest(mesh)
        key = f"mesh/{digest}/{OPEN_HEAD}/{_VERSION}{'' if self._with_colours else '/plain'}"
        entry = cache.Entry(key, _LAYOUT, f"{path}: fitting the head")
        try:
            arrays = cache.cached(entry, lambda: self._fitted(mesh), self._say)
        except ValueError as error:
            raise ValueError(f"{path}: {error}") from None
        alignment, distance, mended = map(str, arrays["notes"])
        self._say(f"{path}: {alignment}; {distance} from the mesh" + (f"; from the open head: {mended}" * bool(mended)))
        if mesh.missing:
            self._say(f"{path}: {mesh.missing[0]} is missing; the colours are generated")
        record = {"file": path.name, "mesh": digest, "pose": alignment, "distance": distance, "mended": mended}
        colours = OwnColours(arrays["colour"], arrays["covered"]) if len(arrays["colour"]) else None
        return OwnHead(arrays["vertices"], colours, record | {"colours": "own" if colours else "made"})

    def _fitted(self, mesh: HeadMesh) -> cache.Arrays:
        if self._fitter is None:
            self._fitter = Fitter(self._head, read(shipped()).template.model)
        fitted = self._fitter.fit(mesh)
        colour, covered = np.zeros((0, 0, 3), np.uint8), np.zeros((0, 0), np.uint8)
        if mesh.has_colours and self._with_colours:
            own = transfer(mesh, fitted.surface, self._head.topology, fitted.vertices, TEXELS)
            colour, covered = own.albedo, own.covered
        notes = np.array([str(fitted.alignment), f"{1000 * fitted.distance:.2f} mm", ", ".join(fitted.mended)])
        return {"vertices": fitted.vertices, "colour": colour, "covered": covered, "notes": notes}


def _digest(mesh: HeadMesh) -> str:
    """The first 16 digits of the sha256 of a mesh with its colours."""
    digest = hashlib.sha256()
    for values in (mesh.vertices, mesh.faces, mesh.uvs, mesh.picture, *mesh.pictures, mesh.colours):
        if values is not None:
            digest.update(repr(values.shape).encode() + np.ascontiguousarray(values).tobytes())
    return digest.hexdigest()[:16]
