"""The portrait camera: a long lens that orbits the centre of the head."""

from __future__ import annotations

import numpy as np

from painctl.records import Camera

DISTANCE = 1.3  # metres from the centre of the head, the flattering perspective of a portrait
MARGIN = 1.16  # of the sphere around the head: room for hair
SIZES = (64, 2048)  # pixels


def portrait_camera(vertices: np.ndarray, size: int, yaw: float = 0.0, pitch: float = 0.0, roll: float = 0.0) -> Camera:
    """A camera that frames the whole head, centred, at any angle, with the neck cut off by the bottom of the picture.

    vertices [V, 3] are the neutral head in metres, so that all expressions of a person are framed alike. The picture
    is `size` x `size` pixels. yaw, pitch and roll in degrees turn the head to its own left, upwards, and
    towards its left shoulder; it is the camera that moves, the opposite way around the centre of the head. The focal
    length makes the sphere around the head fill the picture up to `MARGIN`. Raises ValueError for a size outside 64 to
    2048 pixels.
    """
    if not SIZES[0] <= size <= SIZES[1]:
        raise ValueError(f"picture size of {size} pixels; expected {SIZES[0]} to {SIZES[1]}")
    centre, radius = head_sphere(np.asarray(vertices, np.float64))
    rotation = _about_z(roll) @ np.diag([1.0, -1.0, -1.0]) @ _about_x(-pitch) @ _about_y(yaw)
    extrinsics = np.eye(4)
    extrinsics[:3, :3] = rotation
    extrinsics[:3, 3] = [0, 0, DISTANCE] - rotation @ centre
    focal = size / 2 * np.sqrt(DISTANCE**2 - radius**2) / (radius * MARGIN)
    intrinsics = np.array([[focal, 0, size / 2], [0, focal, size / 2], [0, 0, 1]])
    return Camera(intrinsics, extrinsics, size)


def head_sphere(vertices: np.ndarray) -> tuple[np.ndarray, float]:
    """The bounding sphere of a head [V, 3] without its neck: centre [3], on the midplane, and radius, metres.

    The chin is the lowest point near the midplane in front of the eyes, where there is no neck. The head is everything
    above a plane that rises from there backwards, below the jaw and skull but above the nape. Raises ValueError for
    vertices that are not a head.
    """
    x, y, z = vertices.T
    front = y[(np.abs(x) < 0.03) & (z > -0.01)]
    if not len(front):
        raise ValueError("no vertex of the head is in front of the eyes, near the midplane")
    chin = front.min()
    head = vertices[y >= chin - 0.3 * np.minimum(z, 0)]
    centre = (head.min(axis=0) + head.max(axis=0)) / 2 * (0, 1, 1)
    return centre, float(np.linalg.norm(head - centre, axis=1).max())


def position_of(camera: Camera) -> np.ndarray:
    """The centre of projection, float64 [3], metres in the head's frame."""
    return -camera.extrinsics[:3, :3].T @ camera.extrinsics[:3, 3]


def _about_x(degrees: float) -> np.ndarray:
    """Rotation that turns y towards z."""
    c, s = np.cos(np.radians(degrees)), np.sin(np.radians(degrees))
    return np.array([[1, 0, 0], [0, c, -s], [0, s, c]])


def _about_y(degrees: float) -> np.ndarray:
    """Rotation that turns z towards x."""
    c, s = np.cos(np.radians(degrees)), np.sin(np.radians(degrees))
    return np.array([[c, 0, s], [0, 1, 0], [-s, 0, c]])


def _about_z(degrees: float) -> np.ndarray:
    """Rotation that turns x towards y."""
    c, s = np.cos(np.radians(degrees)), np.sin(np.radians(degrees))
    return np.array([[c, -s, 0], [s, c, 0], [0, 0, 1]])
