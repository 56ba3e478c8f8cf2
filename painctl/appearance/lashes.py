"""Lashes of the upper lids: they move with the lid and show where it is, open or closed.

A lid has about a hundred lashes of 8 to 12 mm (Na et al., "Ethnic characteristics of eyelashes", British Journal of
Dermatology 2006); these are twice as many, thicker than real ones, and shorter in men and with age. Lengths are metres.
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
_OUT, _DOWN, _CURL = 0.75, 0.42, 0.55  # shares of a lash's length: off the eyeball, down the lid, and bent upwards


@dataclass(frozen=True, eq=False)
class Lashes:
    """L lashes and their roots."""

    topology: Topology
    ends: np.ndarray  # int [L, 2], the vertices between which each lash is rooted
    share: np.ndarray  # float [L], of the way from the first to the second
    eye: np.ndarray  # int [L], 0 left, 1 right
    length: np.ndarray  # float [L], metres
    lean: np.ndarray  # float [L], sideways, as a share of the length
    colour: np.ndarray  # float32 [3], linear RGB

    def pose(self, vertices: np.ndarray) -> list[Strands]:
        """The lashes of the left and of the right eye of a face [V, 3]."""
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
            np.broadcast_to(_WIDTH * (1 - 0.7 * along[..., 0]), shape[:2]),
            np.broadcast_to(self.colour, shape),
            np.zeros(shape[:2]),
        )
        return [Strands(*(np.array(part[self.eye == eye], np.float32) for part in parts)) for eye in (0, 1)]


def lashes(person: Identity, topology: Topology, vertices: np.ndarray) -> Lashes:
    """The lashes of a person whose neutral head is `vertices` [V, 3]."""
    generator = draws(person.seed, person.identity, "lashes")
    ends, share, eye = [], [], []
    for number, centre in enumerate(eye_centres(topology, vertices)):
        upper = topology.lid_margins() & (topology.region("upper_lids") > 0.5) & (vertices[:, 0] * centre[0] > 0)
        margin = np.flatnonzero(upper)
        margin = margin[np.argsort(vertices[margin, 0])]
        run = np.cumsum([0, *np.linalg.norm(np.diff(vertices[margin], axis=0), axis=1)])  # along the lid, metres
        position = np.interp(np.sort(generator.uniform(0, run[-1], _COUNT)), run, np.arange(len(margin) - 1e-3))
        first = position.astype(int)
        ends.append(np.stack([margin[first], margin[first + 1]], 1))
        share.append(position - first)
        eye.append(np.full(_COUNT, number))
    roots = np.concatenate(ends)
    outward = np.abs(vertices[roots[:, 0], 0]) - np.abs(eye_centres(topology, vertices)[np.concatenate(eye), 0])
    lean = np.sign(vertices[roots[:, 0], 0]) * np.clip(outward / 0.02, -0.5, 0.4) + 0.12 * generator.standard_normal(
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
