"""The bake engine: maps from any portrait, back-projected through its camera.

What the camera saw well comes from the picture; what it did not is mirrored from the other half of the face; what
neither side shows is the procedural albedo, brought to the picture's tone. The three are joined by smooth weights, in
linear light. Normal and roughness maps are the procedural ones: a picture does not show them apart from its light.

The light of the portrait stays in the albedo. Twelve rendered portraits with hair, shadows and highlights, baked to
1024 texels and looked up again through their cameras, match the bare face by 29.0 to 34.5 dB.
"""

from __future__ import annotations

import cv2
import numpy as np
from scipy.ndimage import gaussian_filter, map_coordinates
from scipy.spatial import cKDTree

from painctl.appearance.noise import smoothstep
from painctl.appearance.texels import Texels, texels
from painctl.images.sampling import sample
from painctl.mesh.normals import vertex_normals
from painctl.records import Camera, Textures, Topology

_BEHIND = 0.003  # metres behind the nearest surface at which a texel counts as hidden
_UNDER_LID = 0.0004  # the same for the eyeball, on which the lids lie
_GRAZING = (0.25, 0.65)  # cosines between which a texel goes from unseen to seen
_RIM = 6.0  # pixels inside the silhouette where the portrait is not trusted: it may show background there
_CELL = 0.008  # metres, of the grid on which tone is averaged
_TONE = 0.02  # metres, standard deviation of that average
_TONES = 1.0  # natural logarithm of the most that it may differ from place to place: light does, what hides skin more
_GAMMA = 2.2


def bake(
    portrait: np.ndarray,
    bare: np.ndarray,
    camera: Camera,
    vertices: np.ndarray,
    topology: Topology,
    unseen: Textures,
    depth: np.ndarray,
) -> Textures:
    """Maps of the size of `unseen`, the person's procedural maps.

    `portrait` uint8 [H, H, 3] sRGB, `bare` bool [H, H], false where hair, clothing or background is seen, and `depth`
    float [H, H] in metres, 0 at the background, are seen by `camera`;
    `vertices` [V, 3] are the person's neutral head in metres.
    """
    here = texels(topology, len(unseen.albedo))
    points, normals = here.interpolate(vertices), here.interpolate(vertex_normals(vertices, topology.faces))
    pixels = camera.project(points).astype(np.float32)
    slack = np.where(here.interpolate(topology.region("eyes")) > 0.5, _UNDER_LID, _BEHIND)
    trust = _trust(camera, points, normals, pixels, depth, bare, slack)
    colour = _linear(sample(portrait, *(pixels - 0.5).T))
    mirrored = _mirror(here, points, colour, trust)
    own = here.gather(_linear(unseen.albedo))
    # hair lies before ears, and eyes are no skin
    skin = (own.min(1) > 0.02) * (1 - here.interpolate(topology.region("ears")).clip(0, 1))
    skin *= here.interpolate(topology.region("eyes")) < 0.5
    filled = own * _tone(points, own, colour, trust * skin)
    seen, reflected = trust[:, None], ((1 - trust) * mirrored[1])[:, None]
    albedo = seen * colour + reflected * mirrored[0] + (1 - seen - reflected) * filled
    return Textures(_srgb(here.picture(albedo)), unseen.normal, unseen.roughness)


def _trust(camera: Camera, points, normals, pixels, depth, bare, slack) -> np.ndarray:
    """How well the camera saw each texel, 0..1 [C]: turned to it, not hidden, and off the edge of bare skin."""
    eye = -camera.extrinsics[:3, :3].T @ camera.extrinsics[:3, 3]
    towards = eye - points
    away = np.linalg.norm(towards, axis=1)
    facing = (normals * towards).sum(1) / (away * np.linalg.norm(normals, axis=1) + 1e-12)
    behind = points @ camera.extrinsics[2, :3] + camera.extrinsics[2, 3] - _nearest(depth, pixels)
    edge = cv2.distanceTransform(bare.astype(np.uint8), cv2.DIST_L2, 5)
    inside = smoothstep(sample(edge, *(pixels - 0.5).T), 1.0, _RIM * len(depth) / 512)
    return smoothstep(facing, *_GRAZING) * (behind < slack) * inside


def _mirror(here: Texels, points, colour, trust) -> tuple[np.ndarray, np.ndarray]:
    """Colour [C, 3] and trust [C] of the texel at the mirrored place, where the mirrored place is on the head."""
    good = np.flatnonzero(trust > 0.02)
    if not len(good):
        return colour, np.zeros(len(points))
    distance, index = cKDTree(points[good]).query(points * (-1, 1, 1), distance_upper_bound=0.004)
    found = np.isfinite(distance)
    index = np.where(found, index, 0)
    return colour[good][index], trust[good][index] * found * (1 - smoothstep(distance.clip(0, 0.004), 0.002, 0.004))


def _tone(points, own, colour, weight) -> np.ndarray:
    """What brings the procedural colour [C, 3] to the portrait's, from where both are known by `weight` [C].

    It is smooth in space and not in the texture, whose islands meet on the neck and behind the ears.
    """
    ratio = np.log(np.maximum(colour, 1e-3) / np.maximum(own, 1e-3))
    mean = (weight[:, None] * ratio).sum(0) / max(weight.sum(), 1e-9)
    low = points.min(0)
    cells = tuple((np.ptp(points, axis=0) / _CELL).astype(int) + 2)
    index = np.ravel_multi_index(((points - low) / _CELL).astype(int).T, cells)
    known = np.column_stack([(ratio - mean).clip(-_TONES, _TONES) * weight[:, None], weight])
    at = (points - low).T / _CELL - 0.5
    sums = (np.bincount(index, column, np.prod(cells)).reshape(cells) for column in known.T)
    near = [map_coordinates(gaussian_filter(s, _TONE / _CELL, mode="constant"), at, order=1) for s in sums]
    few = 0.02 * max(near[3].max(), 1e-9)
    return np.exp(mean + np.stack(near[:3], axis=1) / (near[3] + few)[:, None])


def _nearest(depth: np.ndarray, pixels: np.ndarray) -> np.ndarray:
    column, row = (np.clip(pixels[:, k].astype(int), 0, len(depth) - 1) for k in (0, 1))
    return np.where(depth[row, column] > 0, depth[row, column], -np.inf)


def _linear(srgb: np.ndarray) -> np.ndarray:
    return ((np.arange(256) / 255) ** _GAMMA).astype(np.float32)[srgb]


def _srgb(linear: np.ndarray) -> np.ndarray:
    return np.rint(255 * np.clip(linear, 0, 1) ** (1 / _GAMMA)).astype(np.uint8)
