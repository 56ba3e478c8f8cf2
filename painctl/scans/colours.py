"""The colours of a head mesh in the texture layout of the open head that was fitted to it."""

from __future__ import annotations

import cv2
import numpy as np

from painctl.appearance.texels import texels
from painctl.face.nonrigid import locate
from painctl.images.sampling import sample
from painctl.mesh.normals import face_normals, unit, vertex_normals
from painctl.records import OwnColours, Topology
from painctl.scans.mesh_file import HeadMesh

_NOT_SKIN = ("eyes", "sockets", "mouth_inside", "tongue")  # painted as on every head
_FARTHEST = 0.004  # metres from the fitted head to the mesh; farther colours are of something else
_CANDIDATES = 4  # triangles among which the closest is searched: the head lies on the mesh already
_BATCH = 60_000  # texels at a time
_CLOSED = 5  # texels: smaller gaps in what is covered are closed


def transfer(mesh: HeadMesh, surface: np.ndarray, topology: Topology, vertices: np.ndarray, size: int) -> OwnColours:
    """The colours of a mesh whose vertices are `surface` [U, 3] on the head `vertices` [V, 3] that was fitted to it."""
    layout = texels(topology, size)
    skin = 1 - np.max([topology.region(name) for name in _NOT_SKIN], axis=0)
    chosen = np.flatnonzero(layout.interpolate(skin) > 0.5)
    points = layout.interpolate(vertices)[chosen].astype(np.float64)
    normals = unit(layout.interpolate(vertex_normals(vertices, topology.faces))[chosen].astype(np.float64))
    faces, corners = _coloured(mesh)
    mesh_faces, facing = mesh.faces[faces], face_normals(surface, mesh.faces[faces])
    colour, covered = np.zeros((len(layout.covered), 3), np.uint8), np.zeros(len(layout.covered), np.uint8)
    for start in range(0, len(chosen), _BATCH):
        part = slice(start, start + _BATCH)
        place = locate(points[part], surface, mesh_faces, normals[part], candidates=_CANDIDATES)
        good = place.distance < _FARTHEST
        good &= np.abs((facing[place.triangles] * normals[part]).sum(1)) > 0.3
        colour[chosen[part]] = _sampled(mesh, faces[place.triangles], place.barycentric, corners)
        covered[chosen[part]] = 255 * good
    mask = np.zeros(size * size, np.uint8)
    mask[layout.covered] = covered
    closed = cv2.morphologyEx(mask.reshape(size, size), cv2.MORPH_CLOSE, np.ones((_CLOSED, _CLOSED), np.uint8))
    closed.ravel()[np.setdiff1d(layout.covered, layout.covered[chosen])] = 0
    return OwnColours(layout.picture(colour), np.where(closed > 0, 255, 0).astype(np.uint8))


def _coloured(mesh: HeadMesh) -> tuple[np.ndarray, np.ndarray | None]:
    """The triangles of the mesh that have a colour, int [N], and the colours of all corners if they have no picture."""
    if mesh.colours is not None:
        return np.arange(len(mesh.faces)), mesh.colours
    return np.flatnonzero(mesh.picture >= 0), None


def _sampled(mesh: HeadMesh, faces: np.ndarray, barycentric: np.ndarray, corners: np.ndarray | None) -> np.ndarray:
    """Colours uint8 [N, 3] at points of triangles int [N], with weights [N, 3]."""
    if corners is not None:
        return np.rint(np.einsum("nc,nci->ni", barycentric, corners[faces])).astype(np.uint8)
    uv = np.einsum("nc,nci->ni", barycentric, mesh.uvs[faces]) % 1.0
    colours = np.zeros((len(faces), 3), np.uint8)
    for number, picture in enumerate(mesh.pictures):
        chosen = mesh.picture[faces] == number
        height, width = picture.shape[:2]
        colours[chosen] = sample(picture, uv[chosen, 0] * width - 0.5, (1 - uv[chosen, 1]) * height - 0.5)
    return colours
