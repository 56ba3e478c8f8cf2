"""The hunyuan3d engine: maps by Hunyuan3D-Paint 2.1 from a person's portrait and head."""

from __future__ import annotations

import cv2
import numpy as np

from painctl.appearance.hunyuan.painter import Painter
from painctl.appearance.hunyuan.transfer import transfer
from painctl.appearance.hunyuan.wavefront import written
from painctl.appearance.texels import texels
from painctl.images.srgb import to_linear, to_srgb
from painctl.records import Textures, Topology

_INNER = ("eyes", "mouth_inside", "tongue", "sockets")  # which no camera around the head sees well


def paint(
    painter: Painter,
    portrait: np.ndarray,
    shown: np.ndarray,
    vertices: np.ndarray,
    topology: Topology,
    unseen: Textures,
) -> Textures:
    """Maps of the size of `unseen`, the person's procedural maps, from which eyes, mouth and gaps are taken.

    `portrait` uint8 [H, H, 3] sRGB; `shown` bool [H, H], false at the background; `vertices` [V, 3] are the person's
    neutral head in metres. Diffuse reflectance is (1 - metallic) x base colour, as the glTF 2.0 specification has it
    (appendix B); there is no other use for metal on a face. The pipeline makes no normals: those of `unseen` stay.

    Raises as `Painter.paint`.
    """
    painted = painter.paint(written(vertices, topology), _cut_out(portrait, shown))
    metallic, roughness = (np.float32(1 / 255) * grey[..., None] for grey in (painted.metallic, painted.roughness))
    maps = np.concatenate([to_linear(painted.colour) * (1 - metallic), roughness], 2)
    values, share = transfer(maps, painted.mesh, vertices, topology, len(unseen.albedo))
    own = np.concatenate([to_linear(unseen.albedo), np.float32(1 / 255) * unseen.roughness[..., None]], 2)
    mixed = own + (share * _outer(topology, len(own)))[..., None] * (values - own)
    return Textures(to_srgb(mixed[..., :3]), unseen.normal, np.rint(255 * mixed[..., 3].clip(0, 1)).astype(np.uint8))


def _cut_out(portrait: np.ndarray, shown: np.ndarray) -> bytes:
    """A PNG that is transparent where nothing of the person is shown; the pipeline puts white there."""
    alpha = np.where(shown, 255, 0).astype(np.uint8)
    encoded = cv2.imencode(".png", np.dstack([cv2.cvtColor(portrait, cv2.COLOR_RGB2BGR), alpha]))
    return encoded[1].tobytes()


def _outer(topology: Topology, size: int) -> np.ndarray:
    """1 on the outside of the head to 0 in its eyes and mouth, float32 [S, S]."""
    here = texels(topology, size)
    inner = sum(topology.region(name) for name in _INNER)
    return here.picture(1 - np.clip(here.interpolate(np.asarray(inner)), 0, 1))
