"""Alignment of a head in any pose and unit: the similarity transform that brings it to the training frame.

If the mesh has eyeballs, only the rotation about the line between them is unknown; otherwise many rotations are tried.
Each start is refined by iterated closest points (Besl and McKay 1992) without the worst pairs (Chetverikov et al.
2002), and the best one by fitting the shape model, which accounts for individual differences from the mean head.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
from scipy.spatial import cKDTree
from scipy.spatial.transform import Rotation

from painctl.rig.neural.clean_mesh import CleanMesh
from painctl.rig.neural.head_tensors import UNIT
from painctl.rig.neural.shape_model import ShapeFit, ShapeModel, fit_shape

_ROTATIONS = 72  # random starts, besides the 24 that map axes to axes
_AROUND = 16  # rotations about the line between the eyes
_EYE_DISTANCE = 0.62  # decimetres between the centres of the mean head's eyeballs
_INLIERS = 0.8  # share of the pairs that are kept
_POINTS, _COARSE_POINTS = 2000, 200  # on each surface: for the best starts, and for all of them
_UNITS = {"metres": UNIT, "centimetres": 0.1, "millimetres": 0.01}  # decimetres in each
_UNIT_TOLERANCE = 0.15  # a head this close to the mean size in one of the units is taken to be in that unit
_ROTATED, _SHIFTED = 10.0, 0.2  # degrees, decimetres: a head less off than this is in the training frame already
_MAX_ERROR = 0.25  # decimetres of mean distance; a mesh beyond that is not a head
_WHOLE_ERROR = 0.09  # decimetres above which parts of the head are tried too: without the bust, and without the back
_PART_ERROR = 0.07  # decimetres of mean distance to such a part; anything may fit a small part badly
_PARTS = ((-1.5, -9.0), (-9.0, -1.1), (-1.5, -1.1), (-1.5, -0.5))  # decimetres: lowest y and lowest z of these parts
_ROUNDNESS = 0.06  # standard deviation of the radius, as a share of it, up to which a part is an eyeball


@dataclass(frozen=True, eq=False)
class Alignment:
    """x in the training frame, decimetres = scale * rotation x + translation."""

    rotation: np.ndarray  # float64 [3, 3]
    scale: float
    translation: np.ndarray  # float64 [3]
    error: float = np.inf  # mean distance of pairs of points without the worst, decimetres
    in_training_frame: bool = False  # the mesh was: metres, facing along z, origin between the eyes

    def apply(self, points: np.ndarray) -> np.ndarray:
        """Points [N, 3] of the mesh in the training frame."""
        return self.scale * points @ self.rotation.T + self.translation

    def restore(self, displacements: np.ndarray) -> np.ndarray:
        """Displacements [..., 3] in the training frame, in the frame and unit of the mesh."""
        return displacements @ self.rotation / self.scale

    def __str__(self) -> str:
        if self.in_training_frame:
            return "in the training frame"
        yaw, pitch, roll = Rotation.from_matrix(self.rotation).as_euler("yxz", degrees=True)
        units = [name for name, unit in _UNITS.items() if np.isclose(self.scale, unit)]
        size = f"in {units[0]}" if units else f"at {UNIT / self.scale:.4g} units per metre"
        return f"rotated by yaw {yaw:.1f}, pitch {pitch:.1f}, roll {roll:.1f} degrees, {size}"


def align(mesh: CleanMesh, model: ShapeModel) -> Alignment:
    """Align a mesh in any pose and unit to a shape model. Raises ValueError if it does not fit in any orientation."""
    goal, points = (_sample(surface, _POINTS) for surface in (CleanMesh.of(model.mean, model.faces), mesh))
    balls = [centre for centre, _ in eyeballs(mesh)]

    # already in the training frame?
    identity = Alignment(np.eye(3), UNIT, np.zeros(3))
    refined = _iterated_closest_points(points, goal, identity, rounds=12, resize=False)
    angle = np.degrees(Rotation.from_matrix(refined.rotation).magnitude())
    if angle < _ROTATED and np.linalg.norm(refined.translation) < _SHIFTED and refined.error < _MAX_ERROR:
        return _between_eyes(balls, replace(identity, error=refined.error, in_training_frame=True))

    best = _best_of_many(points, goal, balls)
    if best.error > _WHOLE_ERROR:  # a scan may end at the neck, and lack the back of the head
        parts = [goal[(goal[:, 1] > low) & (goal[:, 2] > back)] for low, back in _PARTS]
        on_parts = (_best_of_many(points, part, balls) for part in parts)
        best = min([best, *(a for a in on_parts if a.error < _PART_ERROR)], key=lambda a: a.error)
    if best.error > _MAX_ERROR:
        raise ValueError(
            f"the mesh does not fit a head in any orientation, {100 * best.error:.0f} mm off at best; is it a head?"
        )

    # the mesh's unit, then the rest by the shape model, which cannot tell a small head from an adult nearby: its modes
    # contain size, so it would shrink a head whose unit is unknown
    units = [unit for unit in _UNITS.values() if abs(best.scale / unit - 1) < _UNIT_TOLERANCE]
    best = _between_eyes(balls, _rescaled(best, units[0], points.mean(0)) if units else best)
    for _ in range(2):
        fit = fit_shape(model, mesh.moved(best.apply(mesh.vertices)))
        best = _between_eyes(balls, _corrected(best, fit))
    return best


def _best_of_many(points: np.ndarray, goal: np.ndarray, balls: list[np.ndarray]) -> Alignment:
    """The best alignment of points [N, 3] to points [M, 3]: many starts on few points, the best four on all."""
    sparse, sparse_goal = points[:: len(points) // _COARSE_POINTS], goal[:: max(1, len(goal) // _COARSE_POINTS)]
    starts = _starts_from_eyes(balls) if balls else _starts_from_centres(points, goal)
    coarse = sorted(
        (_iterated_closest_points(sparse, sparse_goal, start, 6) for start in starts), key=lambda a: a.error
    )
    return min((_iterated_closest_points(points, goal, start, 25) for start in coarse[:4]), key=lambda a: a.error)


def eyeballs(mesh: CleanMesh) -> list[tuple[np.ndarray, float]]:
    """Centre [3] and radius of both eyeballs, which are two spherical parts of similar size; empty without them."""
    balls = []
    for part in range(1, mesh.parts.max() + 1):
        members = mesh.vertices[mesh.parts == part]
        centre, radius = sphere(members)
        if len(members) >= 8 and np.linalg.norm(members - centre, axis=1).std() < _ROUNDNESS * radius:
            balls.append((len(members), radius, centre))
    balls.sort(key=lambda ball: -ball[0])
    for (_, radius, centre), (_, next_radius, next_centre) in pairwise(balls):
        if abs(radius / next_radius - 1) < 0.1 and np.linalg.norm(centre - next_centre) > 2 * radius:
            return [(centre, radius), (next_centre, next_radius)]
    return []


def sphere(points: np.ndarray) -> tuple[np.ndarray, float]:
    """Centre and radius of the sphere closest to points [N, 3], in algebraic least squares."""
    middle = points.mean(0)
    local = points - middle
    rows = np.concatenate([2 * local, np.ones((len(points), 1))], 1)
    solution = np.linalg.lstsq(rows, np.square(local).sum(1), rcond=None)[0]
    return solution[:3] + middle, float(np.sqrt(max(solution[3] + solution[:3] @ solution[:3], 0)))


def _between_eyes(balls: list[np.ndarray], alignment: Alignment) -> Alignment:
    """The alignment with the origin midway between the eyeballs, if there are any."""
    if not balls:
        return alignment
    return replace(alignment, translation=-alignment.scale * alignment.rotation @ np.mean(balls, 0))


def _starts_from_eyes(balls: list[np.ndarray]) -> Iterator[Alignment]:
    """Rotations that bring either eyeball to the left, with the point midway between them at the origin."""
    for right, left in (balls, balls[::-1]):
        across = (left - right) / np.linalg.norm(left - right)
        level = Rotation.align_vectors([[1.0, 0, 0]], [across])[0]
        scale = _EYE_DISTANCE / np.linalg.norm(left - right)
        for angle in np.arange(_AROUND) * 360 / _AROUND:
            rotation = (Rotation.from_euler("x", angle, degrees=True) * level).as_matrix()
            yield Alignment(rotation, scale, -scale * rotation @ (left + right) / 2)


def _starts_from_centres(points: np.ndarray, goal: np.ndarray) -> Iterator[Alignment]:
    """Rotations of all kinds, with equal centroids and root mean square radii."""
    middle = points.mean(0)
    scale = np.sqrt(np.square(goal - goal.mean(0)).sum(1).mean() / np.square(points - middle).sum(1).mean())
    random = Rotation.random(_ROTATIONS, np.random.default_rng(0)).as_matrix()
    for rotation in [*Rotation.create_group("O").as_matrix(), *random]:
        yield Alignment(rotation, scale, goal.mean(0) - scale * rotation @ middle)


def _iterated_closest_points(
    points: np.ndarray, goal: np.ndarray, start: Alignment, rounds: int, resize: bool = True
) -> Alignment:
    """`start` refined, with pairs from points to goal and from goal to points."""
    goal_tree, point_tree, current = cKDTree(goal), cKDTree(points), start
    for _ in range(rounds):
        to_goal, goals = goal_tree.query(current.apply(points))
        to_points, closest = point_tree.query((goal - current.translation) @ current.rotation / current.scale)
        to_points *= current.scale
        near, near_goal = to_goal <= np.quantile(to_goal, _INLIERS), to_points <= np.quantile(to_points, _INLIERS)
        source = np.concatenate([points[near], points[closest[near_goal]]])
        target = np.concatenate([goal[goals[near]], goal[near_goal]])
        error = float(to_goal[near].mean() + to_points[near_goal].mean()) / 2
        current = Alignment(*similarity(source, target, None if resize else current.scale), error)
    return current


def _rescaled(alignment: Alignment, scale: float, centre: np.ndarray) -> Alignment:
    """The alignment with another scale, which keeps a point [3] of the mesh in place."""
    translation = alignment.translation + (alignment.scale - scale) * alignment.rotation @ centre
    return replace(alignment, scale=scale, translation=translation)


def _corrected(alignment: Alignment, fit: ShapeFit) -> Alignment:
    """The alignment, then the inverse of the motion by which the model was fitted to the aligned mesh."""
    rotation = fit.rotation.T @ alignment.rotation
    return replace(alignment, rotation=rotation, translation=fit.rotation.T @ (alignment.translation - fit.translation))


def _sample(mesh: CleanMesh, count: int) -> np.ndarray:
    """Points [count, 3] drawn uniformly on a mesh, from a fixed seed."""
    generator = np.random.default_rng(0)
    corners = mesh.vertices[mesh.faces[generator.choice(len(mesh.faces), count, p=mesh.areas / mesh.areas.sum())]]
    return np.einsum("nc,nci->ni", generator.dirichlet(np.ones(3), count), corners)


def similarity(source: np.ndarray, target: np.ndarray, scale: float | None) -> tuple[np.ndarray, float, np.ndarray]:
    """The least-squares similarity transform of points [N, 3] onto others (Umeyama 1991); rigid if `scale` is given."""
    a, b = source - source.mean(0), target - target.mean(0)
    u, lengths, v = np.linalg.svd(b.T @ a)
    mirror = np.array([1, 1, np.sign(np.linalg.det(u @ v))])
    rotation = (u * mirror) @ v
    if scale is None:
        scale = float((lengths * mirror).sum() / np.square(a).sum())
    return rotation, scale, target.mean(0) - scale * rotation @ source.mean(0)
