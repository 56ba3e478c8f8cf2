"""A head as a distance from its centre in each direction, on which sheets are laid out."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from painctl.images.sampling import sample

_SIZE = 360  # pixels: one degree of azimuth, half a degree of elevation
_REACH = 0.6  # metres, beyond any point of a head


@dataclass(frozen=True, eq=False)
class Relief:
    """The outermost surface of a head in polar coordinates.

    Azimuth is 0 at the front and grows to the subject's left, elevation grows upwards; both in degrees.
    """

    centre: np.ndarray  # float64 [3], metres
    radius: np.ndarray  # float32 [360, 360], metres; columns are azimuths from -180, rows elevations from 90 down

    @classmethod
    def of(cls, vertices: np.ndarray, faces: np.ndarray, centre: np.ndarray) -> Relief:
        """The relief of triangles [F, 3] over vertices [V, 3] in metres, rasterised with the farthest on top."""
        azimuth, elevation, radius = to_polar(vertices, centre)
        corners = azimuth[faces]
        corners = corners[:, :1] + _wrapped(
            corners - corners[:, :1]
        )  # triangles across the seam at the back stay whole
        low, high = corners.min(1), corners.max(1)
        copies = [(corners, faces)]
        copies += [(corners[beyond] + turn, faces[beyond]) for beyond, turn in ((high > 180, -360), (low < -180, 360))]
        x = np.concatenate([copy for copy, _ in copies]).ravel() / 180
        rows = np.concatenate([chosen for _, chosen in copies]).ravel()
        d = 1 - radius[rows] / _REACH
        z = 2 / (2 - d)  # of a perspective depth that is linear in d, as in render/occlusion.py
        placed = np.stack([x * z, elevation[rows] / 90 * z, -z], 1).astype(np.float32)
        depth = np.ones((_SIZE, _SIZE), np.float32)
        triangles = np.arange(len(rows), dtype=np.int32).reshape(-1, 3)
        drawn = cv2.triangleRasterizeDepth(placed, triangles, depth, np.eye(4), np.pi / 2, 1.0, 2.0, _settings())
        distance = _REACH * (1 - np.asarray(drawn))
        for row in range(_SIZE // 4, -1, -1):  # the triangle around the pole has no place on the map
            distance[row] = np.where(distance[row] > 0, distance[row], distance[row + 1])
        return cls(centre, distance.astype(np.float32))

    def spread(self, slope: float) -> Relief:
        """The relief of a cover, its gaps filled from their borders outwards, `slope` metres higher per pixel."""
        wide = np.concatenate([self.radius[:, _SIZE // 2 :], self.radius, self.radius[:, : _SIZE // 2]], 1)
        empty = (wide <= 0).astype(np.uint8)
        if empty.all():
            raise ValueError("a cover without a surface")
        distance, label = cv2.distanceTransformWithLabels(empty, cv2.DIST_L2, 3, labelType=cv2.DIST_LABEL_PIXEL)
        nearest = np.zeros(label.max() + 1, np.float32)
        nearest[label[empty == 0]] = wide[empty == 0]
        filled = nearest[label] + np.float32(slope) * distance
        return Relief(self.centre, np.ascontiguousarray(filled[:, _SIZE // 2 : -(_SIZE // 2)], np.float32))

    def at(self, azimuth: np.ndarray, elevation: np.ndarray) -> np.ndarray:
        """Distance from the centre to the surface, metres, in the shape of the angles."""
        azimuth, elevation = np.broadcast_arrays(azimuth, elevation)
        columns = np.clip((_wrapped(azimuth) + 180) - 0.5, 0, _SIZE - 1)
        rows = np.clip((90 - elevation) * 2 - 0.5, 0, _SIZE - 1)
        return sample(self.radius, columns.ravel(), rows.ravel()).reshape(azimuth.shape).astype(float)

    def points(self, azimuth: np.ndarray, elevation: np.ndarray, lift: np.ndarray | float = 0.0) -> np.ndarray:
        """Points [..., 3] that are `lift` metres above the surface in these directions."""
        radius = self.at(azimuth, elevation) + lift
        return self.centre + radius[..., None] * rays(azimuth, elevation)

    def onto(self, points: np.ndarray, lift: np.ndarray | float = 0.0) -> np.ndarray:
        """Points [..., 3] moved along their rays to `lift` metres above the surface."""
        azimuth, elevation, _ = to_polar(points, self.centre)
        return self.points(azimuth, elevation, lift)


def to_polar(points: np.ndarray, centre: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Azimuth and elevation in degrees and distance in metres of points [..., 3] from a centre."""
    x, y, z = np.moveaxis(np.asarray(points, float) - centre, -1, 0)
    return np.degrees(np.arctan2(x, z)), np.degrees(np.arctan2(y, np.hypot(x, z))), np.sqrt(x * x + y * y + z * z)


def rays(azimuth: np.ndarray, elevation: np.ndarray) -> np.ndarray:
    """Unit vectors [..., 3] in directions in degrees."""
    a, e = np.radians(np.broadcast_arrays(azimuth, elevation))
    return np.stack([np.sin(a) * np.cos(e), np.sin(e), np.cos(a) * np.cos(e)], -1)


def _wrapped(degrees: np.ndarray) -> np.ndarray:
    return (degrees + 180) % 360 - 180


def _settings() -> cv2.TriangleRasterizeSettings:
    settings = cv2.TriangleRasterizeSettings()
    settings.setShadingType(cv2.RASTERIZE_SHADING_SHADED)
    settings.setCullingMode(cv2.RASTERIZE_CULLING_NONE)
    settings.setGlCompatibleMode(cv2.RASTERIZE_COMPAT_INVDEPTH)
    return settings
