"""The open head fitted to someone's head mesh: the same person on the topology that every later stage understands.

Meshes differ in how eyes, mouth and neck are built, if they have them at all. So the mesh is not used itself: its pose,
unit and shape are determined as for the neural rig, by the shape model; then the visible skin of the open head is
pulled onto the mesh, except where that has holes or ends, and everything behind the skin follows. Eyeballs come from
the mesh if it has them. The regions, landmarks, texture layout and facial actions are those of the open head.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from painctl.face.head import Head, eye_centres
from painctl.face.nonrigid import locate, pull_onto
from painctl.face.shell import Shell, hidden_vertices
from painctl.mesh.graph import triangle_components
from painctl.mesh.harmonic import filled
from painctl.rig.neural.alignment import Alignment, align, eyeballs, similarity
from painctl.rig.neural.clean_mesh import CleanMesh
from painctl.rig.neural.head_tensors import UNIT
from painctl.rig.neural.shape_model import ShapeModel, fit_shape
from painctl.scans.lid_edges import lid_edges
from painctl.scans.mesh_file import HeadMesh

# metres from shape model to mesh, median over the face: 0.6 mm for heads of other families, 0.9 mm for a sphere
_FARTHEST = 0.0008
_LEAST = 0.8  # share of the face that must have a counterpart on the mesh
# metres between the inner edges of the lips at the middle of the mouth, in height, above which a mouth is open: up to
# 2.7 mm on neutral people of the open head, at least 4.9 mm with their jaw a fifth open
_OPEN = 0.005
_LIPS = 0.5  # share of the lower lip that must have a counterpart: at least 0.97 where lips are closed, 0.15 in a shout
_MENDED = 0.02  # share of a region without a counterpart above which it is reported
_PART = 0.3  # of the largest part's area: smaller parts, such as teeth, lashes and eyeballs, are not skin
_HEAD, _FACE = ("face", "scalp", "ears", "neck"), "face"


@dataclass(frozen=True, eq=False)
class FittedHead:
    """The open head in the shape of a mesh."""

    vertices: np.ndarray  # float32 [V, 3], metres, origin midway between the eyeballs
    surface: np.ndarray  # float64 [U, 3], the vertices of the mesh in that frame
    alignment: Alignment  # of the mesh
    distance: float  # metres from the face's vertices to the mesh, median
    mended: tuple[str, ...]  # what the mesh lacks, and the open head gave it


class Fitter:
    """Fits the open head to meshes."""

    def __init__(self, head: Head, model: ShapeModel) -> None:
        """`model` is that of the neural rig's training frame. Raises ValueError if it is of another open head."""
        self._head, self._model = head, model
        topology, template = head.topology, head.template.astype(np.float64)
        self._skin = np.flatnonzero(CleanMesh.of(template, topology.faces).parts == 0)
        if len(self._skin) != len(model.mean):
            raise ValueError("the shape model of the neural rig was made from another version of the open head")
        self._template = template
        self._shell = Shell.of(template, topology.faces, hidden_vertices(topology))

    def fit(self, mesh: HeadMesh) -> FittedHead:
        """The open head in the shape of a mesh. Raises ValueError that says why it cannot be a head."""
        clean = CleanMesh.of(mesh.vertices, mesh.faces).outward()
        alignment = align(clean, self._model)
        aligned = clean.moved(alignment.apply(clean.vertices))
        start = self._template.copy()
        start[self._skin] = fit_shape(self._model, aligned).points / UNIT
        surface, faces = aligned.vertices / UNIT, _skin_of(aligned)
        self._check_shape(start, surface, faces)
        balls = [(alignment.apply(c[None])[0] / UNIT, r * alignment.scale / UNIT) for c, r in eyeballs(clean)]
        self._place_eyes(start, balls)
        anchors = self._lid_anchors(start, surface, faces) if balls else None
        vertices, has_counterpart = self._pulled(start, surface, faces, anchors)
        mended = self._mended(has_counterpart)
        self._check_mouth(vertices, has_counterpart)
        self._place_eyes(vertices, balls)
        if not balls:
            mended = ("eyeballs", *mended)
        self._place_tongue(vertices)
        origin = eye_centres(self._head.topology, vertices).mean(0)
        on_face = self._shell_vertices[self._head.topology.region(_FACE)[self._shell_vertices] > 0.5]
        distance = float(np.median(locate(vertices[on_face], surface, faces).distance))
        frame = alignment.apply(mesh.vertices) / UNIT - origin
        return FittedHead((vertices - origin).astype(np.float32), frame, alignment, distance, mended)

    @cached_property
    def _shell_vertices(self) -> np.ndarray:
        return np.unique(self._shell.faces)

    def _check_shape(self, start: np.ndarray, surface: np.ndarray, faces: np.ndarray) -> None:
        """Raises ValueError if the fitted shape model [V, 3] is far from the mesh: it fits heads only."""
        face = self._shell_vertices[self._head.topology.region(_FACE)[self._shell_vertices] > 0.5]
        if (off := float(np.median(locate(start[face], surface, faces).distance))) > _FARTHEST:
            raise ValueError(f"does not fit a human face, {1000 * off:.1f} mm off in the median; is it a head?")

    def _check_mouth(self, vertices: np.ndarray, has_counterpart: np.ndarray) -> None:
        """Raises ValueError if the lips of the head [V, 3] are apart: the face of a neutral head is at rest.

        The shape model has closed lips. So of a mouth that is wide open the lower lip is not fitted, and lies anywhere.
        """
        lower_lip = self._shell.lip(self._template) < 0
        if has_counterpart[lower_lip].mean() < _LIPS:
            raise ValueError("its lips are wide apart, or missing; a neutral head has its lips closed")
        middle = np.linspace(0.3, 0.7, 9)
        upper, lower = (self._shell.lips.at(vertices, middle, edge)[:, 1].mean() for edge in (True, False))
        if (gap := float(upper - lower)) > _OPEN:
            raise ValueError(f"its mouth is open by {1000 * gap:.0f} mm; a neutral head has its lips closed")

    def _lid_anchors(
        self, start: np.ndarray, surface: np.ndarray, faces: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray] | None:
        """The vertices int [N] of the lids' edges, and where they belong on the mesh [N, 3]; None if no eye is seen."""
        topology = self._head.topology
        edges_of_eyes = []
        for side, slit in zip(("left_eye", "right_eye"), self._shell.eyes, strict=True):
            ball = topology.region(side) > 0
            number = np.cumsum(ball) - 1
            triangles = number[topology.faces[ball[topology.faces].all(1)]]
            edges = lid_edges(slit, start, (start[ball], triangles), surface, faces)
            if edges is not None:
                edges_of_eyes.append(edges)
        if not edges_of_eyes:
            return None
        vertices, points = (np.concatenate(column) for column in zip(*edges_of_eyes, strict=True))
        return vertices, points

    def _pulled(
        self,
        start: np.ndarray,
        surface: np.ndarray,
        faces: np.ndarray,
        anchors: tuple[np.ndarray, np.ndarray] | None,
    ) -> tuple[np.ndarray, np.ndarray]:
        """The head [V, 3] with its skin on the mesh, and whether each vertex has a counterpart, bool [V]."""
        shell, skin = self._shell_vertices, self._skin
        fixed, points = (np.searchsorted(shell, anchors[0]), anchors[1]) if anchors else (None, None)
        moved, matched = pull_onto(
            start[shell], np.searchsorted(shell, self._shell.faces), surface, faces, fixed, points
        )
        displacement = np.zeros_like(start)
        displacement[shell] = moved - start[shell]
        hidden = np.isin(skin, shell, invert=True)
        skin_faces = self._head.topology.faces
        skin_faces = np.searchsorted(skin, skin_faces[np.isin(skin_faces, skin).all(1)])
        vertices = start.copy()
        vertices[skin] += filled(displacement[skin], hidden, skin_faces)
        has_counterpart = np.zeros(len(start), bool)
        has_counterpart[shell] = matched
        return vertices, has_counterpart

    def _mended(self, has_counterpart: np.ndarray) -> tuple[str, ...]:
        """The regions of the head that the mesh lacks in part. Raises ValueError if it lacks much of the face."""
        shares = {}
        for name in _HEAD:
            region = self._shell_vertices[self._head.topology.region(name)[self._shell_vertices] > 0.5]
            shares[name] = 1 - float(has_counterpart[region].mean())
        if shares[_FACE] > 1 - _LEAST:
            raise ValueError(f"{shares[_FACE]:.0%} of the face is missing or turned inside; is it a whole head?")
        return tuple(f"{share:.0%} of the {name}" for name, share in shares.items() if share > _MENDED)

    def _place_eyes(self, vertices: np.ndarray, balls: list[tuple[np.ndarray, float]]) -> None:
        """Put the eyeballs of the mesh into the head [V, 3], or if there are none its own, behind its lids."""
        topology, template = self._head.topology, self._template
        for side, centre in zip(("left_eye", "right_eye"), eye_centres(topology, template), strict=True):
            ball = np.flatnonzero(topology.region(side) > 0)
            margin = np.flatnonzero(topology.lid_margins() & (template[:, 0] * centre[0] > 0))
            rotation, scale, shift = similarity(template[margin], vertices[margin], None)
            expected = scale * rotation @ centre + shift
            radius = np.ptp(template[ball, 0]) / 2
            if balls:
                expected, size = min(balls, key=lambda ball: float(np.linalg.norm(ball[0] - expected)))
                scale = size / radius
            vertices[ball] = expected + scale * (template[ball] - centre)

    def _place_tongue(self, vertices: np.ndarray) -> None:
        """Move the tongue with the inside of the mouth."""
        topology, template = self._head.topology, self._template
        tongue, mouth = (np.flatnonzero(topology.region(name) > 0) for name in ("tongue", "mouth_inside"))
        rotation, scale, shift = similarity(template[mouth], vertices[mouth], None)
        vertices[tongue] = scale * template[tongue] @ rotation.T + shift


def _skin_of(mesh: CleanMesh) -> np.ndarray:
    """The triangles int [F', 3] of the parts that are large enough to be skin."""
    part = triangle_components(mesh.faces)
    area = np.bincount(part, mesh.areas)
    return mesh.faces[(area > _PART * area.max())[part]]
