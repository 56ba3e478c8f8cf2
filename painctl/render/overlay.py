"""Everything outside the head's mesh: hair, lashes, clothing and teeth, shaded at the vertices of their triangles.

They are rasterised at a higher resolution than the picture, lashes at the highest, and composited twice: behind the
head, so that its edges blend with them, and then in front of it wherever they are nearer. They change no label.

The mouth is seen between the lips only, however far the jaw is open: mouth_view.py says where.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import cv2
import numpy as np

from painctl.appearance.beard_hairs import BeardHairs
from painctl.appearance.lashes import Lashes
from painctl.appearance.mouth import Mouth, OpenMouth
from painctl.appearance.occluders.part import Occluder
from painctl.mesh.normals import vertex_normals
from painctl.records import Camera, Mesh, Strands
from painctl.render.hidden_hair import strand_areas
from painctl.render.layer import FINER, Layer, kept, layer_of, part_of, raster_of, square_around
from painctl.render.lighting import Lighting
from painctl.render.mouth_view import MouthView, shade_mouth
from painctl.render.rasterise import GBuffer
from painctl.render.ribbons import casting_ribbons, hair_mesh
from painctl.render.shading import wrapped

_FINEST = 4  # pixels of the overlay per pixel of the picture around the eyes: a lash is a fraction of a pixel wide
_FINE = 3  # the same in the mouth, whose teeth are a few pixels wide


@dataclass(frozen=True, eq=False)
class Hair:
    """Strands of hair, with what is the same in all pictures of them."""

    strands: Strands
    areas: np.ndarray  # float32 [S * P], square metres of the ribbon around each point
    casters: tuple[np.ndarray, np.ndarray]  # see `casting_ribbons`

    @classmethod
    def of(cls, strands: Strands | None) -> Hair | None:
        """`strands` prepared to be drawn; None for None."""
        return None if strands is None else cls(strands, strand_areas(strands).ravel(), casting_ribbons(strands))


class Overlay:
    """A person's hair, beard, lashes, mouth, and everything solid as one mesh.

    Expressions move lashes, beard and mouth only.
    """

    def __init__(
        self,
        hair: Strands | None,
        solid: Mesh,
        lashes: Lashes,
        *,
        mouth: Mouth | None = None,
        beard: BeardHairs | None = None,
    ) -> None:
        self._hair, self._solid, self._lashes, self._mouth, self._beard = hair, solid, lashes, mouth, beard
        self._wearing: tuple[Occluder, ...] = ()
        self._under = Hair.of(hair)
        self._view = None if mouth is None else MouthView(mouth.topology, mouth.neutral)
        self._normals = vertex_normals(solid.vertices, solid.faces).T.astype(np.float32)
        self._latest: OpenMouth | None = None
        self._on_face: tuple[np.ndarray, tuple[list[Strands], Strands | None]] | None = None

    def casters(self, face: np.ndarray, occluders: Sequence[Occluder] = ()) -> tuple[np.ndarray, np.ndarray]:
        """A coarse mesh of everything but the lashes around a face [V, 3], for shadows.

        `occluders` are not in it, but press the hair flat. Returns vertices float32 [N, 3] and triangles int32 [M, 3].
        """
        solid = self._solid
        if self._mouth is not None and (opened := self._open_mouth(face)) is not None:
            solid = Mesh.joined([solid, replace(opened.mesh, faces=opened.mesh.faces[: self._mouth.crowns])])
        vertices, faces = [solid.vertices], [solid.faces]
        if (hair := self._pressed(occluders)) is not None:
            vertices.append(hair.casters[0])
            faces.append(hair.casters[1] + len(solid.vertices))
        return np.concatenate(vertices), np.concatenate(faces)

    def render(
        self,
        face: np.ndarray,
        gbuffer: GBuffer,
        camera: Camera,
        lighting: Lighting,
        occluders: Sequence[Occluder] = (),
    ) -> list[Layer]:
        """The layers over a face [V, 3] whose visible surface is `gbuffer`, back to front: the hair last.

        `occluders` press the hair under them flat; they are not in the layers.
        """
        layers = []
        both, beard = self._grown(face)
        for lashes in both:
            square, mesh = square_around(lashes.points, camera), hair_mesh(lashes, gbuffer, camera, lighting)
            if square and len(mesh.faces):
                layers.append(layer_of(mesh, camera, _FINEST, square))
        layers += self._mouth_layers(face, gbuffer, camera, lighting)
        main = [Mesh(self._solid.vertices, self._solid.faces, self._shade_solid(lighting).T)]
        if (hair := self._pressed(occluders)) is not None:
            main.append(hair_mesh(hair.strands, gbuffer, camera, lighting, hair.areas))
        if beard is not None:
            main.append(hair_mesh(beard, gbuffer, camera, lighting))
        return [*layers, layer_of(Mesh.joined(main), camera, FINER, (0, 0, camera.size))]

    def _grown(self, face: np.ndarray) -> tuple[list[Strands], Strands | None]:
        """The lashes and the beard of a face [V, 3]; the latest are kept, as for `_open_mouth`."""
        if self._on_face is None or not np.array_equal(self._on_face[0], face):
            beard = None if self._beard is None else self._beard.pose(face)
            self._on_face = face.copy(), (self._lashes.pose(face), beard)
        return self._on_face[1]

    def _pressed(self, occluders: Sequence[Occluder]) -> Hair | None:
        """The hair under `occluders`; the latest result is cached."""
        wearing = tuple(occluder for occluder in occluders if occluder.press or occluder.covers_hair)
        if wearing != self._wearing:
            strands = self._hair
            for occluder in wearing:
                strands = None if strands is None else occluder.flatten(strands)
            self._wearing, self._under = wearing, Hair.of(strands)
        return self._under

    def _mouth_layers(self, face: np.ndarray, gbuffer: GBuffer, camera: Camera, lighting: Lighting) -> list[Layer]:
        """What is seen of the teeth and gums of a face [V, 3]: none or one."""
        if self._mouth is None or self._view is None or (opened := self._open_mouth(face)) is None:
            return []
        lips = camera.project(self._mouth.topology.landmarks(face)[48:68].astype(float))
        square = self._view.square(gbuffer, lips)
        if square is None:
            return []
        mesh, crowns = opened.mesh, self._mouth.crowns
        mesh = replace(mesh, colour=shade_mouth(self._mouth, opened, camera, lighting))
        raster = raster_of(mesh, camera, _FINE, square)
        raster.draw(mesh.faces[:crowns])
        crown_depth = raster.depth
        raster.draw(mesh.faces[crowns:])
        depth = raster.depth
        surface = self._view.surface(face, part_of(camera, _FINE, square))
        worn = crown_depth <= depth + np.float32(1e-4)
        layer = Layer(raster.colour, depth, *square, in_front=True, worn=worn)
        behind = cv2.resize(gbuffer.mask[layer.square].astype(np.uint8), surface.shape, interpolation=cv2.INTER_NEAREST)
        surface[worn & (behind == 0)] = np.inf  # from the side, teeth are seen against the background
        is_nearer = depth < surface
        depth = np.where(is_nearer, depth, np.float32(np.inf))
        return [replace(layer, colour=kept(layer.colour, is_nearer), depth=depth)]

    def _open_mouth(self, face: np.ndarray) -> OpenMouth | None:
        """The mouth of a face [V, 3]; the latest is kept, since a face is seen from several views in turn."""
        if self._mouth is None:
            return None
        if self._latest is None or not np.array_equal(self._latest.face, face):
            self._latest = self._mouth.pose(face.astype(np.float32))
        return self._latest

    def _shade_solid(self, lighting: Lighting) -> np.ndarray:
        """Radiance float32 [3, N] of the solid mesh."""
        lights, normal = lighting.lights, self._normals
        total = lights.sky_irradiance(lighting.up @ normal)
        lit = lighting.key_shadow.light(self._solid.vertices)
        for number, (towards, irradiance) in enumerate(zip(lights.directions, lights.irradiance, strict=True)):
            total += irradiance[:, None] * wrapped(towards @ normal) * (lit if number == 0 else 1)
        return (total * self._solid.colour.T).astype(np.float32)
