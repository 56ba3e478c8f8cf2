"""Expressions of one person by both rigs, on the open head and on a head like FLAME's."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
from made_heads import flame_like, open_head

from painctl.face.head import Head
from painctl.mesh.normals import vertex_normals
from painctl.pain.action_units import ACTION_UNITS
from painctl.render.camera import portrait_camera
from painctl.render.rasterise_opencv import OpenCVRasteriser
from painctl.rig.blendshapes import BlendshapeRig
from painctl.rig.neural.activation import activations
from painctl.rig.neural.prepared_head import PreparedHead
from painctl.rig.neural.rig import NeuralRig
from painctl.rig.neural.weights import Weights

_SIZE, _CROP = 420, slice(125, 365)  # pixels of a portrait, and the rows that are shown
_WIDE = _CROP.stop - _CROP.start
_SKIN, _EYE = np.array([0.80, 0.66, 0.58]), np.array([0.95, 0.95, 0.97])
_LIGHT = np.array([0.35, 0.45, 0.82]) / np.linalg.norm([0.35, 0.45, 0.82])


def picture(head: Head, weights: Weights, neutral: np.ndarray, path: Path) -> None:
    """Write a sheet with rows of units at 1, 3 and 5; columns are both rigs on one head, then on the other."""
    rows = [_header()]
    flame = flame_like(head)
    prepared = PreparedHead.of(flame(neutral.astype(float)), flame.faces, weights)
    blendshapes, neural = BlendshapeRig(head.topology), NeuralRig(head.topology, weights)
    eyes = head.topology.region("eyes") > 0.5
    for unit, name in enumerate(ACTION_UNITS):
        levels = (1, 3, 5) if name != "AU43" else (1,)
        units = np.zeros((len(levels), 6), int)
        units[:, unit] = levels
        even = np.zeros(units.shape)
        by_blendshapes, by_network = blendshapes.deform(neutral, units, even), neural.deform(neutral, units, even)
        points = flame(neutral.astype(float))
        transferred = np.stack([points + flame(face.astype(float) - neutral) for face in by_blendshapes])
        predicted = points + prepared.displacements(activations(units, even))
        for k, level in enumerate(levels):
            tiles = [_tile(faces[k], open_head(head).faces, neutral, eyes) for faces in (by_blendshapes, by_network)]
            tiles += [
                _tile(faces[k], flame.faces, neutral, flame(eyes[:, None].astype(float))[:, 0] > 0.5)
                for faces in (transferred, predicted)
            ]
            rows.append(_labelled(np.concatenate(tiles, 1), f"{name} {level}"))
    half = (len(rows) - 1) // 2 + 1
    left, right = np.concatenate(rows[:half]), np.concatenate([rows[0], *rows[half:]])
    height = max(len(left), len(right))
    sheet = np.concatenate(
        [np.pad(half, ((0, height - len(half)), (0, 0), (0, 0)), constant_values=255) for half in (left, right)], 1
    )
    cv2.imwrite(str(path), sheet[..., ::-1])


def _tile(vertices: np.ndarray, faces: np.ndarray, neutral: np.ndarray, eyes: np.ndarray) -> np.ndarray:
    """A smoothly shaded picture of one face: uint8 [S, S, 3]."""
    camera = portrait_camera(neutral, _SIZE)
    raster = OpenCVRasteriser()(vertices.astype(np.float32), faces.astype(np.int32), camera)
    normals = vertex_normals(vertices, faces)
    pixel = np.einsum("yxc,yxci->yxi", raster.barycentric, normals[faces[raster.face]])
    shade = np.clip(pixel @ _LIGHT, 0, 1) * 0.85 + 0.12
    colour = np.where(eyes[faces[raster.face]].all(-1)[..., None], _EYE, _SKIN)
    image = np.where(raster.mask[..., None], shade[..., None] * colour, 1.0)
    return (255 * np.clip(image, 0, 1)).astype(np.uint8)[_CROP, 90:330]


def _labelled(row: np.ndarray, text: str) -> np.ndarray:
    row = row.copy()
    row[:24, :64] = 255
    return cv2.putText(row, text, (6, 17), cv2.FONT_HERSHEY_SIMPLEX, 0.5, (0, 0, 0), 1, cv2.LINE_AA)


def _header() -> np.ndarray:
    head = np.full((24, 4 * _WIDE, 3), 255, np.uint8)
    for k, text in enumerate(("open: blendshapes", "open: neural", "FLAME-like: blendshapes", "FLAME-like: neural")):
        cv2.putText(head, text, (k * _WIDE + 6, 16), cv2.FONT_HERSHEY_SIMPLEX, 0.42, (0, 0, 0), 1, cv2.LINE_AA)
    return head
