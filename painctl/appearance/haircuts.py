"""Haircuts: the direction in which hair is combed, its length, lift, fall and thickness, in metres.

A direction may depend on where a hair is and on where its root is: the hair of a fringe and that of either side of a
parting keep their way over the hair that they cross.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from painctl.appearance.smoothstep import smoothstep
from painctl.mesh.normals import unit
from painctl.records import Identity
from painctl.runs.draws import draws

_WHORL = np.array((0.012, 0.088, -0.150))  # on the crown, the centre from which hair radiates
KNOT = np.array((0.0, 0.030, -0.215))  # where tied hair is tied
CROWN_KNOT = np.array((0.0, 0.125, -0.165))  # where a bun sits
SIDE_KNOTS = np.array((0.066, -0.035, -0.130))  # where the left of two plaits begins

Comb = Callable[[np.ndarray, np.ndarray, float], np.ndarray]


@dataclass(frozen=True)
class Haircut:
    """How the hair of one cut grows."""

    comb: Comb  # points [N, 3], their roots [N, 3] and the parting's x to directions [N, 3]
    lift: float  # 0 flat on the scalp, 1 standing off it
    weight: float  # how soon gravity wins, 1 over the length
    thickness: float  # of the hair over the scalp
    strands: int
    width: float  # of a strand
    sides: float = 1.0  # length at the temples and the nape, as a share of that on top
    lock: float = 0.45  # how far hairs gather in locks towards their tips, 0..1
    fringe: bool = False  # the front hair covers the forehead, and is cut above the eyes
    blunt: bool = False  # all hair ends at one height
    parted: bool = False  # hair parts along a line
    bundle: str = ""  # what the ends of tied hair form: tail, bun, plaits
    braided: bool = False  # a strand is one of three that are braided

    @property
    def tied(self) -> bool:
        return bool(self.bundle)


def _from_whorl(points: np.ndarray, roots: np.ndarray, parting: float) -> np.ndarray:
    return points - _WHORL


def _forwards(points: np.ndarray, roots: np.ndarray, parting: float) -> np.ndarray:
    """From the whorl on the crown to the forehead, and down the sides of the head."""
    radial = unit(points - _WHORL)
    top = smoothstep(points[:, 1], 0.06, 0.09)[:, None]
    return radial + top * np.array((0.0, -0.3, 0.9))


def _to_sides(points: np.ndarray, roots: np.ndarray, parting: float) -> np.ndarray:
    """From the parting to the sides, forwards at the front, and down the sides of the head."""
    side = _side(roots, parting)
    down = np.clip((np.abs(points[:, 0]) - 0.04) / 0.03, 0, 1)
    back = smoothstep(-roots[:, 2], 0.10, 0.16)
    return np.stack([side * (1 - 0.85 * down), -0.15 - 0.85 * down - 0.5 * back, 0.25 * (1 - down) - 0.35 * back], 1)


def _back(points: np.ndarray, roots: np.ndarray, parting: float) -> np.ndarray:
    """Away from the forehead, down at the back of the head and along its sides."""
    side = smoothstep(np.abs(points[:, 0]), 0.05, 0.075)
    behind = smoothstep(-points[:, 2], 0.14, 0.20)
    return np.stack([4 * points[:, 0], 0.1 - 0.6 * side - 1.2 * behind, -1 + 0.6 * behind], 1)


def _down(points: np.ndarray, roots: np.ndarray, parting: float) -> np.ndarray:
    """From the parting to the sides, back over the ears, and down."""
    side = _side(roots, parting)
    front, back = np.clip((points[:, 2] + 0.10) / 0.06, 0, 1), np.clip((-0.125 - points[:, 2]) / 0.04, 0, 1)
    return np.stack([side * (1 - 0.85 * back), -0.5 - back, 0.1 - 0.95 * front], 1)


def _down_with_fringe(points: np.ndarray, roots: np.ndarray, parting: float) -> np.ndarray:
    """Down the sides and the back, and from the front of the top over the forehead."""
    forwards = np.stack([0.12 * np.sign(roots[:, 0]) + 6 * (points[:, 0] - 0.6 * roots[:, 0]), 0 * points[:, 0] - 0.5,
                         0 * points[:, 0] + 1.0], 1)  # fmt: skip
    return np.where(in_fringe(roots)[:, None], forwards, _down(points, roots, parting))


def _swept(points: np.ndarray, roots: np.ndarray, parting: float) -> np.ndarray:
    """Forwards from the whorl, with the front hair swept over the forehead from the parting."""
    sideways = unit(np.stack([-np.sign(parting or 1.0) + 0 * points[:, 0], 0 * points[:, 0] - 0.55,
                              0 * points[:, 0] + 0.55], 1))  # fmt: skip
    return np.where(in_fringe(roots)[:, None], sideways, _forwards(points, roots, parting))


def _to_knot(points: np.ndarray, roots: np.ndarray, parting: float) -> np.ndarray:
    return KNOT - points


def _to_crown(points: np.ndarray, roots: np.ndarray, parting: float) -> np.ndarray:
    return CROWN_KNOT - points


def _to_side_knots(points: np.ndarray, roots: np.ndarray, parting: float) -> np.ndarray:
    return _side(roots, 0.0)[:, None] * np.array((1, 0, 0)) * SIDE_KNOTS + SIDE_KNOTS * (0, 1, 1) - points


def _side(roots: np.ndarray, parting: float) -> np.ndarray:
    """1 for roots [N, 3] to the left of the parting, -1 for those to its right."""
    return np.where(roots[:, 0] > parting, 1.0, -1.0)


def in_fringe(roots: np.ndarray) -> np.ndarray:
    """Which roots [N, 3] are in front of the crown, where a fringe begins: bool [N]."""
    return (roots[:, 2] > -0.080 + 0.4 * np.abs(roots[:, 0])) & (np.abs(roots[:, 0]) < 0.062) & (roots[:, 1] > 0.055)


HAIRCUTS = {
    "receding": Haircut(_from_whorl, 0.25, 0.0, 0.004, 5200, 5.0e-4, sides=0.7),
    "buzz": Haircut(_from_whorl, 0.45, 0.0, 0.001, 9000, 4.0e-4),
    "crop": Haircut(_forwards, 0.30, 0.1, 0.011, 7000, 6.0e-4, sides=0.4, lock=0.55),
    "fade": Haircut(_forwards, 0.50, 0.1, 0.014, 7000, 6.0e-4, sides=0.12, lock=0.5),
    "forward": Haircut(_forwards, 0.18, 0.4, 0.013, 6500, 6.5e-4, sides=0.35, lock=0.45, fringe=True),
    "quiff": Haircut(_back, 0.55, 0.1, 0.022, 6000, 7e-4, sides=0.18),
    "side part": Haircut(_to_sides, 0.18, 0.4, 0.015, 6000, 7e-4, sides=0.40, parted=True),
    "swept back": Haircut(_back, 0.11, 0.15, 0.014, 5600, 7e-4, sides=0.7),
    "afro": Haircut(_from_whorl, 4.0, 0.0, 0.002, 5600, 8e-4, lock=0.0),
    "pixie": Haircut(_swept, 0.15, 0.8, 0.018, 6500, 7e-4, sides=0.5, lock=0.45, fringe=True),
    "permed": Haircut(_from_whorl, 0.75, 0.1, 0.024, 4200, 8e-4, sides=0.7, lock=0.75),
    "bob": Haircut(_down, 0.15, 1.0, 0.018, 4600, 9e-4, parted=True, blunt=True),
    "fringe bob": Haircut(_down_with_fringe, 0.15, 1.0, 0.018, 4800, 9e-4, fringe=True, blunt=True),
    "long": Haircut(_down, 0.12, 1.0, 0.018, 4400, 9.5e-4, parted=True, blunt=True),
    "fringe": Haircut(_down_with_fringe, 0.12, 1.0, 0.018, 4600, 9.5e-4, fringe=True, blunt=True),
    "tied": Haircut(_to_knot, 0.0, 0.0, 0.007, 4600, 7e-4, lock=0.2, bundle="tail"),
    "bun": Haircut(_to_crown, 0.0, 0.0, 0.007, 4600, 7e-4, lock=0.2, bundle="bun"),
    "plaits": Haircut(_to_side_knots, 0.0, 0.0, 0.008, 4600, 7e-4, lock=0.2, parted=True, bundle="plaits"),
    "braids": Haircut(_down, 0.04, 1.0, 0.008, 250, 2.6e-3, lock=0.0, parted=True, braided=True),
}


def combed(person: Identity, points: np.ndarray) -> np.ndarray:
    """The direction in which a person's hair is combed at points [N, 3] of the scalp: unit vectors [N, 3]."""
    return unit(HAIRCUTS[person.haircut].comb(points, points, parting(person)))


def parting(person: Identity) -> float:
    """Where the hair parts, metres to the left of the midline."""
    if person.haircut == "plaits":
        return 0.0
    return float(draws(person.seed, person.identity, "hairstyle/parting").choice([-0.03, 0.0, 0.03]))
