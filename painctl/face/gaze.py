"""Where the eyes of a neutral head look: straight ahead, as a viewer perceives it.

A head model's eyeballs are spheres that fill the sockets, larger than real eyes and not always level with the opening
of the lids. Viewers judge the direction of a gaze by the position of the iris between the lids (Gibson and Pick,
"Perception of another person's looking behavior", 1963), so that position is matched: on an adult looking straight
ahead the margin of the upper lid is 4.2 mm above the centre of the pupil and that of the lower lid 5.2 mm below it
(Bartley et al., "An anthropometric analysis of eyelid position", 1995).
"""

from __future__ import annotations

import numpy as np

from painctl.face.head import eye_centres
from painctl.records import Topology

HEIGHT = 5.2 / (5.2 + 4.2)  # of the pupil's centre above the lower lid, as a share of the opening of the eye
_MIDDLE = 0.005  # metres to either side of the eyeball's centre within which the margins are measured


def turned(topology: Topology, neutral: np.ndarray, face: np.ndarray, sight: np.ndarray) -> np.ndarray:
    """Where the left and the right eye of a face [V, 3] look, [2, 3], if both look along `sight` [3] on the neutral.

    The eyeballs of the face are those of the neutral [V, 3], rotated about their centres by the shortest way, as eyes
    turn (Listing's law): the rotation that takes their frontmost vertex along.
    """
    directions = []
    for side, centre in zip(("left_eye", "right_eye"), eye_centres(topology, neutral), strict=True):
        ball = np.flatnonzero(topology.region(side) > 0)
        front = ball[np.argmax((neutral[ball] - centre) @ sight)]
        before, after = (_unit(vertices[front] - centre) for vertices in (neutral, face))
        axis = np.cross(before, after)
        across = np.cross(axis, sight)
        directions.append(sight + across + np.cross(axis, across) / (1 + before @ after))
    return np.stack(directions)


def _unit(vector: np.ndarray) -> np.ndarray:
    return vector / np.sqrt((vector * vector).sum())


def line_of_sight(topology: Topology, vertices: np.ndarray) -> np.ndarray:
    """The unit vector [3] along which both eyes of a neutral head [V, 3] look, in the head's frame."""
    directions = []
    for side, centre in zip(("left_eye", "right_eye"), eye_centres(topology, vertices), strict=True):
        radius = np.ptp(vertices[topology.region(side) > 0, 0]) / 2
        margin = vertices[topology.lid_margins() & (vertices[:, 0] * centre[0] > 0)] - centre
        across = margin[:, 0]
        ends = margin[[across.argmin(), across.argmax()]]
        above = margin[:, 1] > np.interp(across, *ends[:, :2].T)
        near = np.abs(across) < _MIDDLE
        low, high = (margin[near & part, 1].mean() for part in (~above, above))
        up = low + HEIGHT * (high - low)
        directions.append(np.array((0, up, np.sqrt(radius**2 - up**2))) / radius)
    mean = np.mean(directions, axis=0)
    return mean / np.linalg.norm(mean)
