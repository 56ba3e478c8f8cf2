"""Finding a head, wherever it stands and whatever its unit: the motion that brings it to the training frame.

Where the mesh has eyeballs, they leave nothing but the turn about the line between them; else many turns are tried.
Each is followed by iterated closest points (Besl and McKay 1992) with the worst pairs left out (Chetverikov et al.
2002), and the best by the fit of the shape model, which knows how people differ from the mean head.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
from scipy.spatial import cKDTree
from scipy.spatial.transform import Rotation

from painctl.rig.neural.head_tensors import UNIT
from painctl.rig.neural.shape_model import Fit, ShapeModel, fit
from painctl.rig.neural.surface import Surface

_TURNS = 72  # at random, besides the 24 that bring axes onto axes
_ABOUT = 16  # turns about the line between the eyes
_EYES_APART = 0.62  # decimetres between the centres of the mean head's eyeballs
_KEPT = 0.8  # share of the pairs that are believed
_POINTS, _FEW = 2000, 200  # on each surface, for the last starts and for the many first ones
_UNITS = {"metres": UNIT, "centimetres": 0.1, "millimetres": 0.01}  # decimetres each
_LIKELY = 0.15  # a head whose size is within this share of a head's in one of them is taken to be in it
_TURNED, _SHIFTED = 10.0, 0.2  # degrees, decimetres: what is less off than this is in the training frame already
_FAR = 0.25  # decimetres of mean distance beyond which a mesh is no head
_ROUND = 0.06  # deviation of the radius, as a share of it, up to which a part is an eyeball


@dataclass(frozen=True, eq=False)
class Alignment:
    """x in the training frame, decimetres = scale * turn x + shift."""

    turn: np.ndarray  # float64 [3, 3]
    scale: float
    shift: np.ndarray  # float64 [3]
    off: float = np.inf  # mean distance of points on both, the worst pairs left out, decimetres
    as_is: bool = False  # the head was in the training frame: metres, looking along z, origin between the eyes

    def to(self, points: np.ndarray) -> np.ndarray:
        return self.scale * points @ self.turn.T + self.shift

    def back(self, vectors: np.ndarray) -> np.ndarray:
        """Displacements [..., 3] in the training frame as they are in the mesh's own."""
        return vectors @ self.turn / self.scale

    def __str__(self) -> str:
        if self.as_is:
            return "in the training frame as it is"
        yaw, pitch, roll = Rotation.from_matrix(self.turn).as_euler("yxz", degrees=True)
        known = [name for name, unit in _UNITS.items() if np.isclose(self.scale, unit)]
        size = f"in {known[0]}" if known else f"{UNIT / self.scale:.4g} units a metre"
        return f"turned by yaw {yaw:.1f}, pitch {pitch:.1f}, roll {roll:.1f} degrees; {size}"


def align(surface: Surface, model: ShapeModel) -> Alignment:
    """The alignment of a mesh in any pose and unit to a shape model. ValueError if nothing fits."""
    goal, points = (_spread(each, _POINTS) for each in (Surface.of(model.mean, model.faces), surface))
    balls = [centre for centre, _ in eyeballs(surface)]
    rest = _refined(points, goal, Alignment(np.eye(3), UNIT, np.zeros(3)), rounds=12, resize=False)
    angle = np.degrees(Rotation.from_matrix(rest.turn).magnitude())
    if angle < _TURNED and np.linalg.norm(rest.shift) < _SHIFTED and rest.off < _FAR:
        return _between_eyes(balls, Alignment(np.eye(3), UNIT, np.zeros(3), rest.off, True))
    few, goals = points[:: len(points) // _FEW], goal[:: len(goal) // _FEW]
    starts = _by_eyes(balls) if balls else _by_middle(points, goal)
    found = sorted((_refined(few, goals, start, 6) for start in starts), key=lambda each: each.off)
    best = min((_refined(points, goal, each, 25) for each in found[:4]), key=lambda each: each.off)
    if best.off > _FAR:
        raise ValueError(f"the mesh is {100 * best.off:.0f} mm off a head however it is turned; is it one?")
    known = [unit for unit in _UNITS.values() if abs(best.scale / unit - 1) < _LIKELY]
    best = _between_eyes(balls, _resized(best, known[0], points.mean(0)) if known else best)
    for _ in range(2):
        laid = fit(model, surface.moved(best.to(surface.vertices)), resize=not known)
        best = _between_eyes(balls, _after(best, laid))
    return best


def eyeballs(surface: Surface) -> list[tuple[np.ndarray, float]]:
    """Centre [3] and radius of the two eyeballs, parts that are spheres of one size; or none."""
    balls = []
    for part in range(1, surface.parts.max() + 1):
        members = surface.vertices[surface.parts == part]
        centre, radius = sphere(members)
        if len(members) >= 8 and np.linalg.norm(members - centre, axis=1).std() < _ROUND * radius:
            balls.append((len(members), radius, centre))
    balls.sort(key=lambda ball: -ball[0])
    for (_, radius, one), (_, other_radius, other) in pairwise(balls):
        if abs(radius / other_radius - 1) < 0.1 and np.linalg.norm(one - other) > 2 * radius:
            return [(one, radius), (other, other_radius)]
    return []


def sphere(points: np.ndarray) -> tuple[np.ndarray, float]:
    """Centre and radius of the sphere closest to points [N, 3], in algebraic least squares."""
    middle = points.mean(0)
    local = points - middle
    rows = np.concatenate([2 * local, np.ones((len(points), 1))], 1)
    solution = np.linalg.lstsq(rows, np.square(local).sum(1), rcond=None)[0]
    return solution[:3] + middle, float(np.sqrt(max(solution[3] + solution[:3] @ solution[:3], 0)))


def _between_eyes(balls: list[np.ndarray], aligned: Alignment) -> Alignment:
    """The same with the origin midway between the eyeballs, if there are any."""
    return replace(aligned, shift=-aligned.scale * aligned.turn @ np.mean(balls, 0)) if balls else aligned


def _by_eyes(balls: list[np.ndarray]) -> Iterator[Alignment]:
    """Every turn that brings one eyeball or the other to the left, the middle between them to the origin."""
    for right, left in (balls, balls[::-1]):
        across = (left - right) / np.linalg.norm(left - right)
        onto = Rotation.align_vectors([[1.0, 0, 0]], [across])[0]
        scale = _EYES_APART / np.linalg.norm(left - right)
        for angle in np.arange(_ABOUT) * 360 / _ABOUT:
            turn = (Rotation.from_euler("x", angle, degrees=True) * onto).as_matrix()
            yield Alignment(turn, scale, -scale * turn @ (left + right) / 2)


def _by_middle(points: np.ndarray, goal: np.ndarray) -> Iterator[Alignment]:
    """Turns of every kind, the middle of one onto the middle of the other, to the same mean radius."""
    middle = points.mean(0)
    scale = np.sqrt(np.square(goal - goal.mean(0)).sum(1).mean() / np.square(points - middle).sum(1).mean())
    turns = [*Rotation.create_group("O").as_matrix(), *Rotation.random(_TURNS, np.random.default_rng(0)).as_matrix()]
    for turn in turns:
        yield Alignment(turn, scale, goal.mean(0) - scale * turn @ middle)


def _refined(ours: np.ndarray, goal: np.ndarray, start: Alignment, rounds: int, resize: bool = True) -> Alignment:
    """`start` after iterated closest points, both ways."""
    to_goal, to_ours, at = cKDTree(goal), cKDTree(ours), start
    for _ in range(rounds):
        away, nearest = to_goal.query(at.to(ours))
        back, closest = to_ours.query((goal - at.shift) @ at.turn / at.scale)
        back *= at.scale
        near, met = away <= np.quantile(away, _KEPT), back <= np.quantile(back, _KEPT)
        source, target = (
            np.concatenate([ours[near], ours[closest[met]]]),
            np.concatenate([goal[nearest[near]], goal[met]]),
        )
        off = float(away[near].mean() + back[met].mean()) / 2
        at = Alignment(*_similarity(source, target, None if resize else at.scale), off)
    return at


def _resized(aligned: Alignment, scale: float, middle: np.ndarray) -> Alignment:
    """Another scale about a point of the mesh, which stays where it is."""
    shift = aligned.shift + (aligned.scale - scale) * aligned.turn @ middle
    return replace(aligned, scale=scale, shift=shift)


def _after(first: Alignment, laid: Fit) -> Alignment:
    """First `first`, then the motion undone by which the model was laid onto the mesh there."""
    turn, shift = laid.turn.T @ first.turn, laid.turn.T @ (first.shift - laid.shift) / laid.scale
    return replace(first, turn=turn, scale=first.scale / laid.scale, shift=shift)


def _spread(surface: Surface, count: int) -> np.ndarray:
    """Points evenly on a surface, the same every time: [count, 3]."""
    generator = np.random.default_rng(0)
    corners = surface.vertices[
        surface.faces[generator.choice(len(surface.faces), count, p=surface.areas / surface.areas.sum())]
    ]
    return np.einsum("nc,nci->ni", generator.dirichlet(np.ones(3), count), corners)


def _similarity(source: np.ndarray, target: np.ndarray, scale: float | None) -> tuple[np.ndarray, float, np.ndarray]:
    """The least-squares motion of points [N, 3] onto others (Umeyama 1991); with its scale unless one is given."""
    a, b = source - source.mean(0), target - target.mean(0)
    u, lengths, v = np.linalg.svd(b.T @ a)
    mirror = np.array([1, 1, np.sign(np.linalg.det(u @ v))])
    turn = (u * mirror) @ v
    if scale is None:
        scale = float((lengths * mirror).sum() / np.square(a).sum())
    return turn, scale, target.mean(0) - scale * turn @ source.mean(0)
