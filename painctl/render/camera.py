"""The portrait camera: a long lens that orbits the middle of the head."""

from __future__ import annotations

import numpy as np

from painctl.records import Camera

DISTANCE = 1.3  # metres from the middle of the head, where a portrait's perspective flatters
MARGIN = 1.16  # of the sphere about the head: room for hair
SIZES = (64, 2048)  # pixels


def portrait_camera(vertices: np.ndarray, size: int = 512, yaw: float = 0.0, pitch: float = 0.0) -> Camera:
    """A camera that sees the whole head, centred, at any angle, and cuts the neck at the picture's bottom.

    vertices [V, 3] are the neutral head in metres; every expression of a person shares its framing. The picture is
    `size` x `size` pixels. yaw and pitch in degrees are the turn of the head to its own left and its nod, positive
    looking up; the camera moves instead, the other way round the middle of the head, and stays upright. The lens is
    so long that the sphere about the head fills the picture but for `MARGIN`. Raises ValueError for a size outside
    64 to 2048 pixels.
    """
    if not SIZES[0] <= size <= SIZES[1]:
        raise ValueError(f"a picture of {size} pixels; the side must be {SIZES[0]} to {SIZES[1]}")
    centre, radius = head_sphere(np.asarray(vertices, np.float64))
    rotation = np.diag([1.0, -1.0, -1.0]) @ _about_x(-pitch) @ _about_y(yaw)
    extrinsics = np.eye(4)
    extrinsics[:3, :3] = rotation
    extrinsics[:3, 3] = [0, 0, DISTANCE] - rotation @ centre
    focal = size / 2 * np.sqrt(DISTANCE**2 - radius**2) / (radius * MARGIN)
    intrinsics = np.array([[focal, 0, size / 2], [0, focal, size / 2], [0, 0, 1]])
    return Camera(intrinsics, extrinsics, size)


def head_sphere(vertices: np.ndarray) -> tuple[np.ndarray, float]:
    """The middle of the head's bounding box, on its midplane, and the radius about it that holds the head.

    The chin is the lowest point of the face's midst in front of the eyes' plane, where no neck comes. The head is
    what lies above a plane that rises from there backwards, below jaw and skull and above the nape.
    """
    x, y, z = vertices.T
    chin = y[(np.abs(x) < 0.03) & (z > -0.01)].min()
    head = vertices[y >= chin - 0.3 * np.minimum(z, 0)]
    centre = (head.min(axis=0) + head.max(axis=0)) / 2 * (0, 1, 1)
    return centre, float(np.linalg.norm(head - centre, axis=1).max())


def _about_x(degrees: float) -> np.ndarray:
    """Rotation by which y turns towards z."""
    c, s = np.cos(np.radians(degrees)), np.sin(np.radians(degrees))
    return np.array([[1, 0, 0], [0, c, -s], [0, s, c]])


def _about_y(degrees: float) -> np.ndarray:
    """Rotation by which z turns towards x."""
    c, s = np.cos(np.radians(degrees)), np.sin(np.radians(degrees))
    return np.array([[c, 0, s], [0, 1, 0], [-s, 0, c]])
