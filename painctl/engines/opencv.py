"""The rasteriser of OpenCV, on one core."""

from __future__ import annotations

import numpy as np

from painctl.records import Camera
from painctl.render.rasterise import Rasteriser
from painctl.render.rasterise_opencv import OpenCVRasteriser


def probe() -> str:
    """Renders a triangle."""
    return render_triangle(OpenCVRasteriser())


def build(device: str = "cpu") -> OpenCVRasteriser:
    """Raises ValueError for a device other than the CPU."""
    if device != "cpu":
        raise ValueError(f"--device {device}: opencv runs on the CPU; leave it out, or add --renderer pytorch3d")
    return OpenCVRasteriser()


def render_triangle(rasteriser: Rasteriser) -> str:
    """Raises RuntimeError if a triangle that fills the picture does not."""
    camera = Camera(np.array([[8.0, 0, 4], [0, 8, 4], [0, 0, 1]]), np.diag([1.0, -1, -1, 1]), 8)
    corners = np.array([[-9, -9, -1], [9, -9, -1], [0, 9, -1]], np.float32)
    if not (rasteriser.visible_faces(corners, np.array([[0, 1, 2]], np.int32), camera) == 0).all():
        raise RuntimeError("a triangle in front of the camera is not rendered")
    return ""
