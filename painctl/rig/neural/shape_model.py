"""Where each vertex of a head lies on the training template: the open model's shape laid onto it.

A statistical shape model of the open head's people is fitted to the surface by iterated closest points (point to
plane; Amberg, Romdhani and Vetter, "Optimal step nonrigid ICP", 2007, with modes of shape in the place of stiffness).
It slides along the surface only as people differ, so it finds lids and lips without landmarks.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy.spatial import cKDTree
from scipy.spatial.transform import Rotation

from painctl.rig.neural.surface import Surface

_ROUNDS = 18
_APART = 0.1  # decimetres that a point is off for each unit its normal is off: lips touch, and face each other
_REACH = (0.4, 0.05)  # decimetres within which a point is believed, in the first and in the last round
_NOISE = (0.05, 0.005)  # decimetres that a point may miss the surface by, likewise
_STIFF = 1e6  # of the prior of modes that may not act yet
_PRIOR = 0.01  # how much people of average shape are preferred, as a share of what the points say
_FIRST, _ALL = 8, 0.5  # modes in the first round, and share of the rounds after which all of them may act
_RENEW = 4  # rounds between two looks at the normals


@dataclass(frozen=True, eq=False)
class ShapeModel:
    """Heads of P vertices: mean + sum of modes, in the training frame, decimetres. One connected part, the skin."""

    mean: np.ndarray  # float64 [P, 3]
    modes: np.ndarray  # float64 [K, P, 3], scaled to a deviation of 1 among people
    faces: np.ndarray  # int64 [T, 3]

    @classmethod
    def learn(cls, heads: np.ndarray, faces: np.ndarray, modes: int) -> ShapeModel:
        """The principal components of heads [H, P, 3], more than `modes` of them."""
        mean = heads.mean(0)
        _, lengths, directions = np.linalg.svd((heads - mean).reshape(len(heads), -1), full_matrices=False)
        scaled = lengths[:modes, None] / np.sqrt(len(heads) - 1) * directions[:modes]
        return cls(mean, scaled.reshape(modes, *mean.shape), faces)

    def normals(self, points: np.ndarray) -> np.ndarray:
        """Of the model's vertices, [P, 3], where they are at `points`."""
        a, b, c = np.moveaxis(points[self.faces], 1, 0)
        spread = np.repeat(np.cross(b - a, c - a), 3, 0).T
        total = np.stack([np.bincount(self.faces.ravel(), each, len(points)) for each in spread], 1)
        return total / np.maximum(np.linalg.norm(total, axis=1, keepdims=True), 1e-30)

    @cached_property
    def about(self) -> np.ndarray:
        """Triangles about each vertex, int [P, A], the first one repeated to fill a row."""
        order = np.argsort(self.faces.ravel(), kind="stable")
        count = np.bincount(self.faces.ravel(), minlength=len(self.mean))
        start, slot = np.cumsum(count) - count, np.arange(count.max())
        return (order // 3)[start[:, None] + np.where(slot < count[:, None], slot, 0)]


@dataclass(frozen=True, eq=False)
class Fit:
    """A shape model laid onto a surface: scale * turn (its shape) + shift."""

    points: np.ndarray  # float64 [P, 3], its vertices on the surface
    turn: np.ndarray  # float64 [3, 3]
    scale: float
    shift: np.ndarray  # float64 [3]


@dataclass(frozen=True, eq=False)
class Registered:
    """A surface of N vertices on the mean head: each lies on one of the model's triangles."""

    corners: np.ndarray  # int64 [N, 3], vertices of the model
    weights: np.ndarray  # float64 [N, 3], barycentric
    fitted: np.ndarray  # float64 [P, 3], the model laid onto the surface
    off: float  # decimetres between the fitted model and the surface, median over the model's vertices

    def of(self, field: np.ndarray) -> np.ndarray:
        """A field [P, C] of the model where the surface's vertices lie, [N, C]."""
        return np.einsum("nc,nci->ni", self.weights, field[self.corners])


def register(model: ShapeModel, surface: Surface) -> Registered:
    """Where the vertices of a surface in the training frame, decimetres, lie."""
    fitted = fit(model, surface).points
    tree = cKDTree(_keyed(fitted, model.normals(fitted)))
    nearest = tree.query(_keyed(surface.vertices, surface.vertex_normals))[1]
    candidates = model.faces[model.about[nearest]]  # [N, A, 3]
    weights, distance = _closest(surface.vertices[:, None], fitted[candidates])
    row, best = np.arange(len(nearest)), distance.argmin(1)
    off = np.median(cKDTree(surface.vertices).query(fitted)[0])
    return Registered(candidates[row, best], weights[row, best], fitted, float(off))


def fit(model: ShapeModel, surface: Surface, resize: bool = False) -> Fit:
    """The model laid onto a surface: its shape and a small motion, by Gauss-Newton in `_ROUNDS` rounds.

    With `resize` the motion may change its size.
    """
    tree = cKDTree(_keyed(surface.vertices, surface.vertex_normals))
    count = len(model.modes)
    flat = np.ascontiguousarray(model.modes.reshape(count, -1).T).reshape(len(model.mean), 3, count)
    shape, turn, scale, shift = np.zeros(count), np.eye(3), 1.0, np.zeros(3)
    points, free = model.mean, 7 if resize else 6
    for k in range(_ROUNDS):
        reach, noise = (a ** (1 - k / (_ROUNDS - 1)) * b ** (k / (_ROUNDS - 1)) for a, b in (_REACH, _NOISE))
        if k % _RENEW == 0:
            normals = model.normals(points)
        away, nearest = tree.query(_keyed(points, normals))
        planes = surface.vertex_normals[nearest]
        gap = ((surface.vertices[nearest] - points) * planes).sum(1)
        weight = (np.abs(gap) < reach) * (away < 2 * reach) / (1 + (gap / noise) ** 2)
        moved = np.matmul(scale * (planes @ turn)[:, None], flat)[:, 0]
        larger = (points * planes).sum(1, keepdims=True)
        rows = np.concatenate([moved, np.cross(points, planes), planes, larger], 1)[:, : count + free]
        # the coarse modes first: all at once, a thick upper lip may come to lie on the lower one
        acting = np.arange(count) < _FIRST * (count / _FIRST) ** min(1, k / (_ALL * _ROUNDS))
        prior = max(1.0, weight.sum()) / count * _PRIOR * np.append(np.where(acting, 1, _STIFF), np.full(free, 1e-3))
        matrix = (rows * weight[:, None]).T @ rows / noise**2 + np.diag(prior)
        right = rows.T @ (weight * gap) / noise**2 - prior * np.concatenate([shape, np.zeros(free)])
        step = np.linalg.solve(matrix, right)
        shape = shape + step[:count]
        spin, grow = Rotation.from_rotvec(step[count : count + 3]).as_matrix(), 1 + step[count + 6 :].sum()
        turn, scale, shift = spin @ turn, grow * scale, grow * spin @ shift + step[count + 3 : count + 6]
        points = scale * (model.mean + flat @ shape) @ turn.T + shift
    return Fit(points, turn, scale, shift)


def _closest(points: np.ndarray, corners: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Barycentric weights [..., 3] of the point of triangles [..., 3, 3] closest to points [..., 3]; the distance."""
    a, b, c = np.moveaxis(corners, -2, 0)
    ab, ac, ap = b - a, c - a, points - a
    d00, d01, d11 = (ab * ab).sum(-1), (ab * ac).sum(-1), (ac * ac).sum(-1)
    d20, d21 = (ap * ab).sum(-1), (ap * ac).sum(-1)
    area = np.maximum(d00 * d11 - d01**2, 1e-300)
    v, w = (d11 * d20 - d01 * d21) / area, (d00 * d21 - d01 * d20) / area
    inside = np.stack([1 - v - w, v, w], -1)
    options = [np.where((inside >= 0).all(-1, keepdims=True), inside, (1.0, 0, 0))]
    for first, second in ((0, 1), (1, 2), (2, 0)):
        start, way = corners[..., first, :], corners[..., second, :] - corners[..., first, :]
        along = np.clip(((points - start) * way).sum(-1) / np.maximum((way * way).sum(-1), 1e-300), 0, 1)
        option = np.zeros_like(inside)
        option[..., first], option[..., second] = 1 - along, along
        options.append(option)
    stacked = np.stack(options)
    distance = np.linalg.norm(np.einsum("o...c,...ci->o...i", stacked, corners) - points, axis=-1)
    best = distance.argmin(0)[None]
    return np.take_along_axis(stacked, best[..., None], 0)[0], np.take_along_axis(distance, best, 0)[0]


def _keyed(points: np.ndarray, normals: np.ndarray) -> np.ndarray:
    """Points and normals as one: [N, 6]."""
    return np.concatenate([points, _APART * normals], 1)
