"""Lashes of the upper lids: they ride on the lid and mark where it is, open or closed.

About a hundred lashes of 8 to 12 mm to a lid (Na et al., "Ethnic characteristics of eyelashes", British Journal of
Dermatology 2006): here twice as many, thicker than they are and, in men and with age, shorter. Lengths are metres.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from painctl.face.head import eye_centres
from painctl.mesh.normals import unit
from painctl.records import Identity, Strands, Topology
from painctl.runs.draws import draws

_COUNT, _POINTS = 240, 4
_WIDTH = 2.2e-4
_LENGTHS = {"woman": 0.0085, "man": 0.0065}
_OUT, _DOWN, _CURL = 0.75, 0.60, 0.55  # shares of a lash's run: off the eyeball, along the lid, and its bend upwards


@dataclass(frozen=True, eq=False)
class Lashes:
    """L lashes and where they are rooted."""

    topology: Topology
    ends: np.ndarray  # int [L, 2], vertices between which each one is rooted
    share: np.ndarray  # float [L], of the second
    eye: np.ndarray  # int [L], 0 left, 1 right
    length: np.ndarray  # float [L], metres
    lean: np.ndarray  # float [L], sideways, as a share of the length
    colour: np.ndarray  # float32 [3], linear RGB

    def pose(self, vertices: np.ndarray) -> list[Strands]:
        """The lashes of a face [V, 3], of its left eye and of its right one."""
        a, b = vertices[self.ends].transpose(1, 0, 2).astype(float)
        root = a + self.share[:, None] * (b - a)
        off = unit(root - eye_centres(self.topology, vertices)[self.eye])
        down = unit(np.array((0, -1.0, 0)) + off[:, 1:2] * off)
        side = np.cross(off, down)
        along = np.linspace(0, 1, _POINTS)[None, :, None]
        run = (_OUT * off + _DOWN * down + self.lean[:, None] * side)[:, None]
        bend = _CURL * along**2 * np.array((0, 1.0, 0))
        points = root[:, None] + self.length[:, None, None] * (along * run + bend)
        shape = points.shape
        parts = (
            points,
            np.broadcast_to(off[:, None], shape),
            np.broadcast_to(_WIDTH * (1 - 0.4 * along[..., 0]), shape[:2]),
            np.broadcast_to(self.colour, shape),
            np.zeros(shape[:2]),
        )
        return [Strands(*(np.array(part[self.eye == eye], np.float32) for part in parts)) for eye in (0, 1)]


def lashes(person: Identity, topology: Topology, vertices: np.ndarray) -> Lashes:
    """The lashes of a person with the neutral head vertices [V, 3]."""
    generator = draws(person.seed, person.identity, "lashes")
    ends, share, eye = [], [], []
    for number, centre in enumerate(eye_centres(topology, vertices)):
        upper = topology.lid_margins() & (topology.region("upper_lids") > 0.5) & (vertices[:, 0] * centre[0] > 0)
        margin = np.flatnonzero(upper)
        margin = margin[np.argsort(vertices[margin, 0])]
        run = np.cumsum([0, *np.linalg.norm(np.diff(vertices[margin], axis=0), axis=1)])  # along the lid, metres
        place = np.interp(np.sort(generator.uniform(0, run[-1], _COUNT)), run, np.arange(len(margin) - 1e-3))
        first = place.astype(int)
        ends.append(np.stack([margin[first], margin[first + 1]], 1))
        share.append(place - first)
        eye.append(np.full(_COUNT, number))
    roots = np.concatenate(ends)
    outward = np.abs(vertices[roots[:, 0], 0]) - np.abs(eye_centres(topology, vertices)[np.concatenate(eye), 0])
    lean = np.sign(vertices[roots[:, 0], 0]) * np.clip(outward / 0.02, -0.5, 0.55) + 0.12 * generator.standard_normal(
        len(roots)
    )
    length = _LENGTHS[person.gender] * (1 - 0.25 * np.clip((person.age - 40) / 40, 0, 1))
    return Lashes(
        topology,
        roots,
        np.concatenate(share),
        np.concatenate(eye),
        length * generator.uniform(0.7, 1.1, len(roots)),
        lean,
        np.minimum(0.5 * person.hair, 0.012).astype(np.float32),
    )
