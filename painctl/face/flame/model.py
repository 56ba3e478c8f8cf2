"""The FLAME model: from coefficients and joint angles to vertices (Li et al. 2017, after SMPL, Loper et al. 2015).

    shaped  = template + shapes . (betas, expression)
    joints  = joint_regressor shaped
    posed   = shaped + pose_shapes . vec(R(theta_j) - 1 for the joints j except the root)
    vertex  = sum_j weight_j G_j (posed - joint_j),   G_j = G_parent(j) [R(theta_j), joint_j - joint_parent(j)]

where R is the rotation by |theta| about theta, and G_j maps coordinates about joint j at rest to the posed head.
"""

from __future__ import annotations

import cv2
import numpy as np

from painctl.face.flame.model_file import EXPRESSION, JOINTS, SHAPE, FlameArrays

_NONE = np.zeros(0)
_REST = np.zeros((JOINTS, 3))


def vertices(
    model: FlameArrays, betas: np.ndarray = _NONE, expression: np.ndarray = _NONE, pose: np.ndarray = _REST
) -> np.ndarray:
    """Vertices float64 [V, 3] in metres.

    `betas` [up to 300] and `expression` [up to 100] are in standard deviations; missing ones are 0. `pose` [5, 3] has
    the rotations of root, neck, jaw, left and right eye relative to their parents: axis times angle, radians.
    """
    if len(betas) > SHAPE or len(expression) > EXPRESSION:
        raise ValueError(f"FLAME has {SHAPE} coefficients of shape and {EXPRESSION} of expression")
    shapes, expressions = model.shapes[..., : len(betas)], model.shapes[..., SHAPE : SHAPE + len(expression)]
    shaped = model.template + shapes @ betas + expressions @ expression
    joints = model.joint_regressor @ shaped
    turns = np.stack([cv2.Rodrigues(angles)[0] for angles in np.asarray(pose, float)])
    posed = shaped + model.pose_shapes @ (turns[1:] - np.eye(3)).ravel()
    return skinned(posed, joints, turns, model.parents, model.weights)


def skinned(
    points: np.ndarray, joints: np.ndarray, turns: np.ndarray, parents: np.ndarray, weights: np.ndarray
) -> np.ndarray:
    """Linear blend skinning of points [V, 3] by rotations [J, 3, 3] about joints [J, 3], by weights [V, J]."""
    rotations, places = np.empty_like(turns), np.empty_like(joints)
    for joint, parent in enumerate(parents):
        if parent < 0:
            rotations[joint], places[joint] = turns[joint], joints[joint]
        else:
            rotations[joint] = rotations[parent] @ turns[joint]
            places[joint] = places[parent] + rotations[parent] @ (joints[joint] - joints[parent])
    moved = np.einsum("jxy,vjy->vjx", rotations, points[:, None] - joints) + places
    return np.einsum("vj,vjx->vx", weights, moved)
