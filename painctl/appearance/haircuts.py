"""Haircuts: the direction in which hair is combed, its lift, fall and thickness, and its strands, in metres."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from painctl.mesh.normals import unit
from painctl.records import Identity
from painctl.runs.draws import draws

_WHORL = np.array((0.012, 0.088, -0.150))  # on the crown, the centre from which hair radiates
KNOT = np.array((0.0, 0.030, -0.215))  # where tied hair is tied


@dataclass(frozen=True)
class Haircut:
    """How the hair of one cut grows."""

    comb: Callable[[np.ndarray, float], np.ndarray]  # points [N, 3] and the parting's x to directions [N, 3]
    lift: float  # 0 flat on the scalp, 1 standing off it
    weight: float  # how soon gravity wins, 1 over the length
    thickness: float  # of the hair over the scalp
    strands: int
    points: int  # per strand
    width: float  # of a strand

    @property
    def tied(self) -> bool:
        return self.comb is _to_knot


def _from_whorl(points: np.ndarray, parting: float) -> np.ndarray:
    return points - _WHORL


def _to_sides(points: np.ndarray, parting: float) -> np.ndarray:
    """From the parting to the sides, forwards at the front, and down the sides of the head."""
    side = np.where(points[:, 0] > parting, 1.0, -1.0)
    down = np.clip((np.abs(points[:, 0]) - 0.04) / 0.03, 0, 1)
    return np.stack([side * (1 - 0.8 * down), -0.15 - 0.85 * down, 0.25 * (1 - down)], 1)


def _back(points: np.ndarray, parting: float) -> np.ndarray:
    return np.stack([0.25 * np.sign(points[:, 0]), 0.1 + 0 * points[:, 0], -np.ones(len(points))], 1)


def _down(points: np.ndarray, parting: float) -> np.ndarray:
    """From the parting to the sides, back over the ears, and down."""
    side = np.where(points[:, 0] > parting, 1.0, -1.0)
    front, back = np.clip((points[:, 2] + 0.11) / 0.06, 0, 1), np.clip((-0.125 - points[:, 2]) / 0.04, 0, 1)
    return np.stack([side * (1 - 0.85 * back), -0.5 - back, 0.1 - 1.15 * front], 1)


def _to_knot(points: np.ndarray, parting: float) -> np.ndarray:
    return KNOT - points


HAIRCUTS = {
    "receding": Haircut(_from_whorl, 0.25, 0.0, 0.004, 4600, 4, 5.5e-4),
    "buzz": Haircut(_from_whorl, 0.45, 0.0, 0.001, 9000, 2, 4.5e-4),
    "crop": Haircut(_from_whorl, 0.26, 0.1, 0.009, 6500, 5, 6.5e-4),
    "side part": Haircut(_to_sides, 0.16, 0.5, 0.014, 4800, 8, 8e-4),
    "swept back": Haircut(_back, 0.16, 0.15, 0.012, 4600, 9, 8e-4),
    "afro": Haircut(_from_whorl, 4.0, 0.0, 0.002, 4200, 9, 1.0e-3),
    "bob": Haircut(_down, 0.15, 1.0, 0.016, 3000, 14, 1.15e-3),
    "long": Haircut(_down, 0.12, 1.0, 0.016, 2800, 20, 1.25e-3),
    "tied": Haircut(_to_knot, 0.0, 0.0, 0.005, 3800, 16, 8e-4),
}


def combed(person: Identity, points: np.ndarray) -> np.ndarray:
    """The direction in which a person's hair is combed at points [N, 3] of the scalp: unit vectors [N, 3]."""
    return unit(HAIRCUTS[person.haircut].comb(points, parting(person)))


def parting(person: Identity) -> float:
    """Where the hair parts, metres to the left of the midline."""
    return float(draws(person.seed, person.identity, "hairstyle/parting").choice([-0.03, 0.0, 0.03]))
