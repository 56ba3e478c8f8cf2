"""The hunyuan3d engine: maps painted by Hunyuan3D-Paint 2.1 from a person's portrait and head."""

from __future__ import annotations

import cv2
import numpy as np

from painctl.appearance.hunyuan.painter import Painter
from painctl.appearance.hunyuan.transfer import transfer
from painctl.appearance.hunyuan.wavefront import write_obj
from painctl.appearance.texels import texels
from painctl.images.srgb import to_linear, to_srgb
from painctl.records import Textures, Topology

_INNER = ("eyes", "mouth_inside", "tongue", "sockets")  # regions that no camera around the head sees well


def paint(
    painter: Painter,
    portrait: np.ndarray,
    visible: np.ndarray,
    vertices: np.ndarray,
    topology: Topology,
    procedural: Textures,
) -> Textures:
    """Maps of the size of the person's `procedural` maps, which supply eyes, mouth and gaps, and the normals.

    `portrait` is uint8 [H, H, 3] sRGB; `visible` bool [H, H] is false at the background; `vertices` [V, 3] are the
    person's neutral head in metres. Diffuse reflectance is (1 - metallic) x base colour, as in appendix B of the glTF
    2.0 specification; the metallic map has no other use on a face. The pipeline makes no normals.

    Raises what `Painter.paint` raises.
    """
    painted = painter.paint(write_obj(vertices, topology), _cut_out(portrait, visible))
    metallic, roughness = (np.float32(1 / 255) * grey[..., None] for grey in (painted.metallic, painted.roughness))
    maps = np.concatenate([to_linear(painted.colour) * (1 - metallic), roughness], 2)
    values, share = transfer(maps, painted.mesh, vertices, topology, len(procedural.albedo))
    base = np.concatenate([to_linear(procedural.albedo), np.float32(1 / 255) * procedural.roughness[..., None]], 2)
    mixed = base + (share * _outer(topology, len(base)))[..., None] * (values - base)
    return Textures(
        to_srgb(mixed[..., :3]), procedural.normal, np.rint(255 * mixed[..., 3].clip(0, 1)).astype(np.uint8)
    )


def _cut_out(portrait: np.ndarray, visible: np.ndarray) -> bytes:
    """A PNG, transparent at the background, which the pipeline makes white."""
    alpha = np.where(visible, 255, 0).astype(np.uint8)
    encoded = cv2.imencode(".png", np.dstack([cv2.cvtColor(portrait, cv2.COLOR_RGB2BGR), alpha]))
    return encoded[1].tobytes()


def _outer(topology: Topology, size: int) -> np.ndarray:
    """1 on the outside of the head, 0 in its eyes and mouth, float32 [S, S]."""
    layout = texels(topology, size)
    inner = sum(topology.region(name) for name in _INNER)
    return layout.picture(1 - np.clip(layout.interpolate(np.asarray(inner)), 0, 1))
