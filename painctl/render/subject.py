"""A person in front of the camera: everything that their frames share."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

import numpy as np

from painctl.appearance.occluders.part import Occluder
from painctl.face.gaze import line_of_sight, turned
from painctl.records import Textures, Topology
from painctl.render.camera import head_sphere
from painctl.render.corners import Corners
from painctl.render.maps import Maps
from painctl.render.mouth_view import MouthLight, inside_mouth
from painctl.render.occlusion import ambient_occlusion
from painctl.render.overlay import Overlay

_Value = TypeVar("_Value")


@dataclass(frozen=True, eq=False)
class _OfFace(Generic[_Value]):
    """What was computed for a face."""

    vertices: np.ndarray  # [V, 3], metres, a copy: the caller's may change
    worn: tuple[Occluder, ...]
    value: _Value

    def is_of(self, vertices: np.ndarray, worn: tuple[Occluder, ...] = ()) -> bool:
        """Whether it is of this face with these occluders."""
        return self.worn == worn and np.array_equal(self.vertices, vertices)


class Subject:
    """A head with its mip-mapped textures, hair and clothing, and the shading frames of its latest pose."""

    def __init__(
        self,
        topology: Topology,
        textures: Textures,
        neutral: np.ndarray,
        overlay: Overlay | None = None,
    ) -> None:
        """`neutral` [V, 3] are the vertices of the neutral head in metres."""
        self.topology = topology
        # the axis of the corneas at rest [3]; the gaze of the painted irises deviates from it by up to 3 degrees
        self._neutral, self._sight = neutral, line_of_sight(topology, neutral)
        self.overlay = overlay
        self.maps = Maps(textures)
        self.corners = Corners.of(topology)
        eyes = [topology.region(name) for name in ("left_eye", "right_eye")]
        self.eyes = np.stack([eye[topology.faces[:, 0]] > 0 for eye in eyes])  # bool [2, F], faces of either eyeball
        self.wet = np.asarray(self.eyes.any(axis=0))
        self.inside = inside_mouth(topology)[topology.faces].any(axis=1)  # bool [F], faces inside the mouth
        self._mouth = MouthLight(topology, neutral)
        face = topology.region("face")[self.corners.vertex] > 0
        albedo, _, _ = self.maps.look_up(self.corners.uv[face].T, self.maps.size / 64)
        # linear RGB [3]; the last digits of a mean depend on the order in which the values lie in memory
        self.skin = np.asfortranarray(albedo).mean(axis=1)
        self._looking: _OfFace[np.ndarray] | None = None
        self._posed: _OfFace[np.ndarray] | None = None
        self._casters: _OfFace[tuple[np.ndarray, np.ndarray]] | None = None

    def eye_axes(self, vertices: np.ndarray) -> np.ndarray:
        """The axes of the left and the right cornea on a face [V, 3]: float32 [2, 3]. The latest result is cached."""
        if self._looking is None or not self._looking.is_of(vertices):
            axes = turned(self.topology, self._neutral, vertices, self._sight).astype(np.float32)
            self._looking = _OfFace(vertices.copy(), (), axes)
        return self._looking.value

    def pose(self, vertices: np.ndarray, occluders: Sequence[Occluder] = ()) -> np.ndarray:
        """Shading frames of a face [V, 3], float32 [C, 11]: position 3, normal 3, tangent 3, handedness, open sky.

        The latest result is cached, since a face is rendered from several views in turn.
        """
        worn = _casting(occluders)
        if self._posed is None or not self._posed.is_of(vertices, worn):
            vertices = vertices.astype(np.float32)
            frames = self.corners.frames(vertices)
            normals = np.empty_like(vertices)
            normals[self.corners.vertex] = frames[:, :3]
            casters = self.casters(vertices, worn)
            open_sky = ambient_occlusion(vertices, normals, head_sphere(vertices), *casters)
            self._mouth.let_in(vertices, normals, open_sky)
            at = self.corners.vertex
            posed = np.concatenate([vertices[at], frames, open_sky[at, None]], axis=1)
            self._posed = _OfFace(vertices, worn, posed)
        return self._posed.value

    def casters(self, vertices: np.ndarray, occluders: Sequence[Occluder] = ()) -> tuple[np.ndarray, np.ndarray]:
        """Everything that casts a shadow on a face [V, 3], itself included: vertices [N, 3], triangles int32 [M, 3].

        The latest result is cached.
        """
        worn = _casting(occluders)
        if self._casters is None or not self._casters.is_of(vertices, worn):
            meshes = [(vertices, self.topology.faces)]
            if self.overlay is not None:
                meshes.append(self.overlay.casters(vertices, worn))
            meshes += [(part.mesh.vertices, part.mesh.faces) for each in worn for part in each.parts if part.casts]
            starts = np.cumsum([0, *(len(points) for points, _ in meshes)])[:-1].astype(np.int32)
            faces = [triangles + start for (_, triangles), start in zip(meshes, starts, strict=True)]
            joined = np.concatenate([points for points, _ in meshes]), np.concatenate(faces)
            self._casters = _OfFace(vertices.copy(), worn, joined)
        return self._casters.value


def _casting(occluders: Sequence[Occluder]) -> tuple[Occluder, ...]:
    return tuple(occluder for occluder in occluders if occluder.casts)
