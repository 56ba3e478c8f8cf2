"""Heads with other topologies: other triangulations of the open head, and one like FLAME's."""

import numpy as np
from made_flame_head import skin_of
from scipy.sparse import csr_matrix, identity, vstack

from painctl.rig.neural.clean_mesh import CleanMesh
from painctl.rig.neural.triangulations import Triangulation, plain, remeshed

BALL = 546  # vertices of FLAME's eyeballs


def open_head(head):
    """The open head's own triangulation."""
    return plain(head.topology.faces, len(head.template))


def remeshed_head(head, triangles=7000, seed=91):
    """A different triangulation of the open head, from a seed that is not used in training."""
    return remeshed(open_head(head), head.template, triangles, seed)


def flame_like(head, seed=92):
    """Remeshed skin, cut at the neck, no tongue, and eyeballs of 546 vertices: 5,000 in all, like FLAME.

    A `Triangulation`, so that it applies to any person and expression: the vertices of an eyeball are mixtures of those
    of the open head's eyeball, which moves as a whole.
    """
    skin = remeshed(open_head(head), head.template, 9300, seed)
    points = skin(head.template.astype(float))
    part = CleanMesh.of(points, skin.faces).parts
    kept = skin.faces[((part == 0) & (points[:, 1] > -0.17))[skin.faces].all(1)]
    rows, faces = np.unique(kept, return_inverse=True)
    mixtures, triangles, count = [skin.mixture[rows]], [faces.reshape(-1, 3)], len(rows)
    for side in ("left_eye", "right_eye"):
        ball, shell = _ball(head, side)
        mixtures.append(ball)
        triangles.append(shell + count)
        count += BALL
    return Triangulation("FLAME-like", np.concatenate(triangles), vstack(mixtures).tocsr())


def flame_layout_head(head, faces):
    """The head of `made_flame_head`, with FLAME's `faces`, as mixtures of the open head's vertices.

    Its skin closes at a pole behind each eyeball.
    """
    kept, lids, share, sphere = skin_of(head)
    identity_mixture = identity(len(head.template), format="csr")
    mixtures, balls = [identity_mixture[kept]], []
    for rim, side in zip(lids, ("left_eye", "right_eye"), strict=True):
        members, centre = _eye(head, side)
        radius = np.ptp(head.template[members, 0]) / 2
        middle = _mixed(head, side, centre[None])
        mixtures += [share * identity_mixture[rim] + (1 - share) * vstack([middle] * len(rim)), middle]
        balls.append(_mixed(head, side, centre + radius * sphere))
    return Triangulation("FLAME's file layout", faces.astype(np.int64), vstack([*mixtures, *balls]).tocsr())


def _eye(head, side):
    """The vertices of an eyeball, by number, and its centre in the template."""
    members = np.flatnonzero(head.topology.region(side) > 0)
    shell = head.template[members].astype(float)
    return members, (shell.min(0) + shell.max(0)) / 2


def _mixed(head, side, points):
    """Mixtures of an eyeball's vertices that give points [K, 3] of the template: least squares, weights with sum 1."""
    members, _ = _eye(head, side)
    basis = np.concatenate([head.template[members].astype(float), np.ones((len(members), 1))], 1)
    weights = np.concatenate([points, np.ones((len(points), 1))], 1) @ np.linalg.pinv(basis)
    cells = (np.repeat(np.arange(len(points)), len(members)), np.tile(members, len(points)))
    return csr_matrix((weights.ravel(), cells), (len(points), len(head.template)))


def _ball(head, side):
    """An eyeball of 546 vertices in rings around x: its mixture of the open head's vertices, and its triangles."""
    members, centre = _eye(head, side)
    shell = head.template[members].astype(float)
    radius = np.linalg.norm(shell - centre, axis=1).mean()
    rings, around = 16, 34
    polar = np.pi * np.arange(1, rings + 1) / (rings + 1)
    angle = 2 * np.pi * np.arange(around) / around
    ring = np.stack(
        [
            np.repeat(np.cos(polar), around),
            np.outer(np.sin(polar), np.cos(angle)).ravel(),
            np.outer(np.sin(polar), np.sin(angle)).ravel(),
        ],
        1,
    )
    points = centre + radius * np.concatenate([[[1.0, 0, 0]], ring, [[-1.0, 0, 0]]])
    return _mixed(head, side, points), _shell(rings, around)


def _shell(rings, around):
    index = 1 + np.arange(rings * around).reshape(rings, around)
    turned = np.roll(index, -1, 1)
    caps = [
        *np.stack([np.zeros(around, int), index[0], turned[0]], 1),
        *np.stack([np.full(around, rings * around + 1), turned[-1], index[-1]], 1),
    ]
    upper, lower, upper_next, lower_next = index[:-1], index[1:], turned[:-1], turned[1:]
    sides = np.concatenate(
        [
            np.stack([upper, lower, lower_next], 2).reshape(-1, 3),
            np.stack([upper, lower_next, upper_next], 2).reshape(-1, 3),
        ]
    )
    return np.concatenate([caps, sides])


def both_sides(names, **amounts):
    """Activations [1, A] in the order of `names`; an action without Left or Right in its name acts on both sides."""
    activations = np.zeros((1, len(names)))
    for name, amount in amounts.items():
        for full in (name, f"{name}Left", f"{name}Right"):
            if full in names:
                activations[0, names.index(full)] = amount
    return activations
